import type { AnyFn, Certainly, EventsOf, InputOf, IsA, NameOf, OutputOf, Returned } from '../../types.ts'
import type { Answers, Proper, Slot } from '../slot.ts'
import type { AtOnce } from '../compatible-inputs.ts'
import type { Label, Mismatch, StepMismatch, Taking } from '../chain.ts'

/** The argument of a mapper or predicate: the flow's input, the value of the step before, and every earlier output by name. */
export interface StepView<I, V, Outputs> {
  readonly input: I
  readonly value: V
  readonly outputs: Outputs
}

/** The second argument of a step: after a name, the step's own function; after a function, the mapper of its input. */
// The whole type is conditional: only then the input's type is the contextual type of the mapper's result.
type Make<T, View, R> = [T] extends [string]
  ? (view: View) => R | Promise<R>
  : [T] extends [{ run(input: infer I, ...rest: never): unknown }]
    ? (view: View) => I
    : never

/** The name of a step, and its output. */
type KeyOf<T> = T extends string ? T : NameOf<T>
type ValueOf<T, R> = T extends string ? Awaited<R> : OutputOf<T>
type NewEvents<T> = T extends string ? never : EventsOf<T>

/** A child that accepts the value of the step before; else an error with the reason. */
type Following<F, V, Before extends string, A extends Answers> = Certainly<
  Kind<F, V, A>,
  A['name'],
  StepMismatch<`a step of its own needs a function`, { write: `'${F & string}', ({ input, value, outputs }) => …` }>,
  Certainly<
    Kind<F, V, A>,
    A['plain'],
    StepMismatch<'a plain function needs a name', { write: "'name', ({ input, value, outputs }) => …" }>,
    Proper<
      F,
      Certainly<
        Kind<F, V, A>,
        A['no'],
        StepMismatch<`${Label<NameOf<F>, 'this step'>} cannot follow ${Before}`, Mismatch<V, InputOf<F>>>,
        IsA<V, InputOf<F>, F, Taking<V>>
      >,
      A
    >
  >
>
type Kind<F, V, A extends Answers> = F extends string
  ? A['name']
  : F extends AnyFn
    ? IsA<V, InputOf<F>, A['yes'], A['no']>
    : F extends (...args: never) => unknown
      ? A['plain']
      : never

type Add<Outputs, N, O> = Outputs & { readonly [K in N & string]: O }
type Then<I, Outputs, Ev, Ends, T, R = never> = Steps<
  I,
  ValueOf<T, R>,
  Add<Outputs, KeyOf<T>, ValueOf<T, R>>,
  Ev | NewEvents<T>,
  Label<KeyOf<T>, 'the step before'>,
  Ends
>

type Maybe<Outputs, N, O> = Outputs & { readonly [K in N & string]?: O }
type ThenMaybe<I, V, Outputs, Ev, Before extends string, Ends, T, R = never> = Steps<
  I,
  V | ValueOf<T, R>,
  Maybe<Outputs, KeyOf<T>, ValueOf<T, R>>,
  Ev | NewEvents<T>,
  `${Label<KeyOf<T>, 'the step before'>} or ${Before}`,
  Ends
>

/** What `flow` infers from its steps: the output and the events. */
export interface Flowed<V, Ev> {
  readonly '~flow'?: { value: V; events: Ev }
}

/** The steps of a flow so far; each call adds one. */
// One signature for each number of arguments: an error is then reported once, and at its position.
export interface Steps<
  I,
  V,
  Outputs,
  Ev,
  Before extends string,
  Ends = never,
  A extends Answers = Answers,
> extends Flowed<V | Ends, Ev> {
  /** A step whose input is the value of the step before. */
  step<const F extends Slot>(child: Following<F, V, Before, A>): Then<I, Outputs, Ev, Ends, F>
  /** A tinyllm function, whose input is the result of the mapper; or a name and a plain function of the view. */
  step<const T extends AnyFn | string, R extends Returned>(
    child: T,
    make: Make<T, StepView<I, V, Outputs>, R>,
  ): Then<I, Outputs, Ev, Ends, T, R>

  /**
   * A step that runs only if the predicate is true. Otherwise it is skipped: the value is unchanged, and `outputs` does not
   * have it. The predicate is synchronous; one that throws fails the step, as a mapper does.
   */
  when<const F extends Slot>(
    predicate: (view: StepView<I, V, Outputs>) => boolean,
    child: Following<F, V, Before, A>,
  ): ThenMaybe<I, V, Outputs, Ev, Before, Ends, F>
  when<const T extends AnyFn | string, R extends Returned>(
    predicate: (view: StepView<I, V, Outputs>) => boolean,
    child: T,
    make: Make<T, StepView<I, V, Outputs>, R>,
  ): ThenMaybe<I, V, Outputs, Ev, Before, Ends, T, R>

  /** Ends the flow here if the predicate is true, with the value of the step before as its output. */
  endWhen(predicate: (view: StepView<I, V, Outputs>) => boolean): Steps<I, V, Outputs, Ev, Before, Ends | V>
  /** Ends the flow here if the predicate is true, with the (synchronous) result of `result` as its output. */
  endWhen<R extends Returned>(
    predicate: (view: StepView<I, V, Outputs>) => boolean,
    result: ((view: StepView<I, V, Outputs>) => R) & AtOnce<R, A>,
  ): Steps<I, V, Outputs, Ev, Before, Ends | R>
}

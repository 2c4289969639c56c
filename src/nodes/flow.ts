import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import type {
  AnyFn,
  CancelEvent,
  EventsOf,
  Fn,
  Frame,
  InputOf,
  NameOf,
  OutputOf,
  Policy,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { type Label, type Mismatch, sequence, type Step, type StepMismatch } from './chain.ts'
import { asFn, asNamed } from './function.ts'

/** What a step's mapper sees: the flow's input, the value of the step before, and every earlier output by name. */
export interface StepView<I, V, Outputs> {
  readonly input: I
  readonly value: V
  readonly outputs: Outputs
}

type Add<Outputs, N, O> = Outputs & { readonly [K in N & string]: O }
type Next<I, Outputs, Ev, F> = Steps<
  I,
  OutputOf<F>,
  Add<Outputs, NameOf<F>, OutputOf<F>>,
  Ev | EventsOf<F>,
  Label<NameOf<F>, 'the step before'>
>

/** All that the flow itself needs to know of its steps. */
export interface Flowed<V, Ev> {
  readonly '~flow'?: { value: V; events: Ev }
}

/** The steps of a flow so far; each call adds one. */
export interface Steps<I, V, Outputs, Ev, Before extends string> extends Flowed<V, Ev> {
  /** Fed with the value of the step before. */
  step<F extends AnyFn>(
    child: [V] extends [InputOf<F>]
      ? F
      : StepMismatch<`${Label<NameOf<F>, 'this step'>} cannot follow ${Before}`, Mismatch<V, InputOf<F>>>,
  ): Next<I, Outputs, Ev, F>
  /** Fed with what the mapper makes. */
  step<F extends AnyFn>(child: F, input: (view: StepView<I, V, Outputs>) => InputOf<F>): Next<I, Outputs, Ev, F>
  /** A step of its own, from a function of what is there. */
  step<const N extends string, R>(
    name: N,
    run: (view: StepView<I, V, Outputs>) => R,
  ): Steps<I, Awaited<R>, Add<Outputs, N, Awaited<R>>, Ev, `'${N}'`>
}

/**
 * A chain whose steps may look at the flow's input and at every earlier output.
 * A mapper that throws fails the step that it feeds. Throws a `TypeError` without steps, or on two of one name.
 *
 * @example
 * const answer = flow({
 *   name: 'answer',
 *   input: z.object({ question: z.string() }),
 *   steps: (s) => s.step(search, ({ input }) => input.question).step(write, ({ input, outputs }) => ({ ...input, ...outputs })),
 * })
 */
export function flow<const N extends string, S extends StandardSchema, O, Ev extends { type: string }>(
  config: Policy & {
    name: N
    input: S
    steps: (s: Steps<SchemaOutput<S>, SchemaOutput<S>, object, CancelEvent, "the flow's input">) => Flowed<O, Ev>
  },
): Fn<SchemaInput<S>, O, N, Ev> {
  checkFactory('flow', config, ['input', 'steps'])
  const { name, input, steps, ...policy } = config as unknown as FlowConfig
  const owner = `flow ${String(name)}`
  if (typeof steps !== 'function') throw new TypeError(`${owner} has no steps. Give it steps: (s) => s.step(…).`)
  return define(sequence({ kind: 'flow', name, policy, input, steps: gather(owner, steps), keep, holds })) as never
}

type View = StepView<unknown, unknown, Readonly<Record<string, unknown>>>
type Mapper = (view: View) => unknown
type Builder = { step(target: unknown, mapper?: Mapper): Builder }
type FlowConfig = Policy & { name: string; input?: StandardSchema; steps: (s: Builder) => unknown }

function gather(owner: string, steps: FlowConfig['steps']): Step[] {
  const list: Step[] = []
  const builder: Builder = {
    step(target, mapper) {
      if (typeof target === 'string') {
        list.push({ child: { key: target, fn: asFn(mapper, target, owner) }, feed: viewOf, views: true })
      } else {
        if (mapper !== undefined && typeof mapper !== 'function') {
          throw new TypeError(
            `${owner}: what feeds step ${list.length + 1} is no function. Give ({ input, value, outputs }) => its input.`,
          )
        }
        const feed = mapper ? (frame: Frame) => mapper(viewOf(frame)) : (frame: Frame) => viewOf(frame).value
        list.push({ child: asNamed(target, list.length, owner), feed, mapped: mapper !== undefined })
      }
      return builder
    },
  }
  steps(builder)
  return list
}

/** Before the first step has given anything, the value is the input. */
const viewOf = ({ input, value, outputs }: Frame): View => ({
  input,
  value: outputs ? value : input,
  outputs: outputs ?? {},
})

const keep = (frame: Frame, name: string, output: unknown): Frame => ({
  ...frame,
  value: output,
  outputs: { ...frame.outputs, [name]: output },
})

/** An output that is undefined is lost when it is saved. */
const holds = ({ outputs = {} }: Frame, names: readonly string[]): boolean =>
  Object.keys(outputs).every((name) => names.includes(name))

import { type Lifecycle, lifecycle } from '../compile/lifecycle.ts'
import type { DataFlow, Facts, Layout, Node, NodeChild, Scope, State } from '../compile/scope.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import type {
  CancelEvent,
  Certainly,
  DescribedBy,
  EventsOf,
  Fn,
  Frame,
  InputOf,
  IsA,
  NameOf,
  OutputOf,
  Policy,
  StandardSchema,
} from '../types.ts'
import { listOf } from './function.ts'
import type { Answers, Mistake, Proper, Slot, Infer } from './slot.ts'
import type { Spread } from './compatible-inputs.ts'

/** A name for a message: the function's own, or its position. */
export type Label<N, Otherwise extends string> = N extends string
  ? string extends N
    ? Otherwise
    : `'${N}'`
  : Otherwise

/** What the compiler shows at the child that does not fit. */
export interface StepMismatch<Message extends string, Details> {
  readonly '~error': [Message, Details]
}
/** The difference of two types: for objects the keys that are missing or of another type. */
export type Mismatch<Got, Need> = [Need] extends [object]
  ? [Got] extends [object]
    ? { missingOrWrong: WrongKeys<Got, Need>; received: Got; expected: Need }
    : { received: Got; expected: Need }
  : { received: Got; expected: Need }
type WrongKeys<Got, Need> = {
  [K in keyof Need]-?: K extends keyof Got
    ? [Got[K]] extends [Need[K]]
      ? never
      : K
    : object extends Pick<Need, K>
      ? never
      : K
}[keyof Need]

/** Each child under the index of the next one: one lookup an element, so a chain of any length is checked. */
type Before<C extends readonly unknown[]> = readonly [unknown, ...C]
type Places<C extends readonly unknown[]> = { readonly [K in keyof C]: K }
type Checked<C extends readonly unknown[], A extends Answers = Answers> = {
  readonly [K in keyof C]: Proper<
    C[K],
    K extends '0'
      ? C[K]
      : K extends keyof Before<C> & `${number}`
        ? After<Before<C>[K], C[K], Before<Places<C>>[K & keyof Before<Places<C>>], K, A>
        : C[K],
    A
  >
}
type After<P, F, J, K extends string, A extends Answers> = Certainly<
  IsA<OutputOf<P>, InputOf<F>, A['yes'], A['no']>,
  A['no'],
  StepMismatch<
    `${Label<NameOf<F>, `children[${K}]`>} cannot follow ${Label<NameOf<P>, `children[${J & string}]`>}`,
    Mismatch<OutputOf<P>, InputOf<F>>
  >,
  IsA<OutputOf<P>, InputOf<F>, F, Taking<OutputOf<P>>>
>
/** A function that accepts a `T`: with it TypeScript itself compares types with parameters. */
export type Taking<T> =
  | { readonly run: (input: T, ...rest: never) => unknown }
  | ((input: T, ...rest: never) => unknown)

/** In a list of unknown length, each child must be able to follow each other one, and those before the list. */
type Listed<C extends readonly unknown[], A extends Answers = Answers> = C extends readonly []
  ? Mistake<'a chain needs a child'>
  : number extends C['length']
    ? Spread<C> & Certainly<IsA<Unfit<C, never>, never, A['yes'], A['no']>, A['no'], Unfit<C, never>, unknown>
    : unknown
type Unfit<C extends readonly unknown[], Lead> = C extends readonly [infer H, ...infer T]
  ? Unfit<T, H>
  : C extends readonly [...infer T, infer L]
    ? Unfit<T, Lead> | Following<OutputOf<Last<T, Lead>>, L, 'what follows the list'>
    : Following<OutputOf<Lead> | OutputOf<C[number]>, C[number], 'a child of the list'>
type Following<Out, F, Who extends string> = [F] extends [never]
  ? never
  : TakenByAll<F> extends infer I
    ? [Out] extends [I]
      ? never
      : StepMismatch<`${Who} cannot follow what may be before it`, Mismatch<Out, I>>
    : never
type First<C extends readonly unknown[], Follow = never> = C extends readonly [infer F, ...unknown[]]
  ? F
  : C extends readonly [...infer T, infer L]
    ? First<T, L>
    : C[number] | Follow
/** The input of the chain: each child that may be the first must accept it. */
type Taken<C extends readonly unknown[]> = (
  C extends readonly [infer F, ...unknown[]] ? (input: InputOf<F>) => void : (input: TakenByAll<First<C>>) => void
) extends (input: infer I) => void
  ? I
  : never
// A child that takes `any` is not checked.
type TakenByAll<F> = 0 extends InputOf<F> & 1
  ? InputOf<F>
  : (F extends unknown ? (input: InputOf<F>) => void : never) extends (input: infer I) => void
    ? I
    : never
type Last<C extends readonly unknown[], Lead = never> = C extends readonly [...unknown[], infer L]
  ? L
  : C extends readonly [infer H, ...infer T]
    ? Last<T, H>
    : C[number] | Lead

/**
 * Runs its children in sequence: the input of each child is the output of the one before. Children are tinyllm functions
 * or plain ones. Throws a `TypeError` without children, or if two have the same name.
 *
 * @example
 * const shout = chain({ name: 'shout', children: [greet, (text: string) => text.toUpperCase()] })
 */
export function chain<
  const N extends string,
  C extends readonly [Slot, ...Slot[]] | readonly Slot[],
  R,
  D extends string = never,
  Unset = never,
>(
  config: Policy & {
    name: N
    description?: D | undefined
    children: Checked<C> & Listed<C> & Infer<C, R, Unset>
  },
): Fn<Taken<C>, OutputOf<Last<C>>, N, CancelEvent | EventsOf<C[number]>> & DescribedBy<D, First<C>> {
  checkFactory('chain', config, ['children'])
  const { name, children, ...policy } = config as unknown as Policy & { name: string; children: readonly unknown[] }
  const steps = listOf(children, `chain ${String(name)}`).map((child, index) => ({
    child,
    feed: index === 0 ? takeInput : takeValue,
  }))
  return define(sequence({ kind: 'chain', name, policy, steps, dataFlow: CHAIN, layout: 'row' })) as never
}

const CHAIN: DataFlow = { input: 'first', children: 'previous', output: 'last', fails: 'by children' }

const takeInput = (frame: Frame): unknown => frame.input
const takeValue = (frame: Frame): unknown => frame.value

export type Step = {
  child: NodeChild
  feed: (frame: Frame) => unknown
  /** Whether the feed is user code, which may throw. */
  mapped?: boolean
  /** Whether its input is the whole view, not the value of the step before. */
  views?: boolean
  /** The state before it that decides whether it runs. */
  gate?: Gate
}
/** A transient state between steps: `flow` has them. */
export type Gate = {
  key: string
  /** The step after it; without one it decides whether the sequence ends. */
  step?: string | undefined
  /** Its transitions lead to `yes` and `no`; with `isLast` one of them ends the sequence. */
  state(scope: Scope, life: Lifecycle, to: { yes: string; no: string; isLast: boolean }): State
}
type Sequence = {
  kind: string
  name: string
  policy: Policy
  steps: readonly (Step | { gate: Gate; child?: never })[]
  input?: StandardSchema | undefined
  dataFlow: DataFlow
  layout: Layout
  facts?: Facts
  /** Stores a step's output in the frame. */
  keep?: (frame: Frame, key: string, output: unknown) => Frame
  /** Whether a frame has outputs of these steps only. */
  holds?: (frame: Frame, keys: readonly string[]) => boolean
}

/** The node of sequential states; `flow` is the same with mappers and gates. */
export function sequence(given: Sequence): Node {
  const { kind, name, policy, steps, input, dataFlow, layout, facts, keep = keepValue, holds } = given
  const children = steps.filter((step) => step.child !== undefined)
  const keys = children.map(({ child }) => child.key)
  const mapped = children.filter(({ mapped, views }) => mapped || views).map(({ child }) => child.key)
  return {
    kind,
    name,
    policy,
    input,
    children: children.map(({ child }) => child),
    dataFlow,
    layout,
    facts: { mapped, ...facts },
    compile: (scope) =>
      lifecycle(scope, {
        running: (life) => {
          const begins = steps.map(({ gate, child }) => gate?.key ?? (child as NodeChild).key)
          const states = steps.flatMap((step, index): [string, State][] => {
            const next = begins[index + 1] ?? life.nextAt
            const { gate, child } = step
            const isLast = next === life.nextAt
            const gated = gate && gate.state(scope, life, { yes: child?.key ?? life.nextAt, no: next, isLast })
            const asked: [string, State][] = gate && gated ? [[gate.key, gated]] : []
            if (!child) return asked
            const part = scope.child(child, step.feed, { mapped: step.mapped ?? false })
            const take = scope.action(
              `take:${part.key}`,
              (frame, { slots }) => keep(frame, part.key, part.frame(slots).value),
              { drop: true },
            )
            const onDone = [...life.failBy(part), { target: next, actions: take }]
            return [...asked, [part.key, { ...part.state, onDone }]]
          })
          scope.restores((frame, _, [state, child]) => {
            if (state !== 'running' || !holds) return
            const asked = steps.find((step) => step.child?.key === child)?.gate?.key
            if (frame.choice !== asked) return `chose ${String(frame.choice)}, and is in ${String(child)}`
            if (holds(frame, keys.slice(0, keys.indexOf(child as string)))) return
            return `holds other outputs than those of the steps before ${String(child)}`
          })
          return { initial: begins[0] as string, states: Object.fromEntries(states) }
        },
      }),
  }
}

const keepValue = (frame: Frame, _: string, value: unknown): Frame => ({ ...frame, value })

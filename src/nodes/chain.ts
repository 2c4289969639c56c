import { type Lifecycle, lifecycle } from '../compile/lifecycle.ts'
import type { Facts, Node, NodeChild, Scope, State } from '../compile/scope.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import type {
  CancelEvent,
  Child,
  EventsOf,
  Fn,
  Frame,
  InputOf,
  NameOf,
  OutputOf,
  Policy,
  StandardSchema,
} from '../types.ts'
import { type Force, listOf } from './function.ts'

/* The element check is one lookup an element: not recursive, so a long chain stays cheap to check. */
interface Previous {
  '1': '0'; '2': '1'; '3': '2'; '4': '3'; '5': '4'; '6': '5'; '7': '6'; '8': '7'; '9': '8'; '10': '9'
  '11': '10'; '12': '11'; '13': '12'; '14': '13'; '15': '14'; '16': '15'; '17': '16'; '18': '17'; '19': '18'; '20': '19'
  '21': '20'; '22': '21'; '23': '22'; '24': '23'; '25': '24'; '26': '25'; '27': '26'; '28': '27'; '29': '28'; '30': '29'
  '31': '30'; '32': '31'; '33': '32'; '34': '33'; '35': '34'; '36': '35'; '37': '36'; '38': '37'; '39': '38'; '40': '39'
} // prettier-ignore

/** A name for a message: the function's own, or its place. */
export type Label<N, Otherwise extends string> = N extends string
  ? string extends N
    ? Otherwise
    : `'${N}'`
  : Otherwise

/** What the compiler shows at the child that does not fit. */
export interface StepMismatch<Message extends string, Details> {
  readonly '~error': [Message, Details]
}
/** What differs: for objects the keys that are missing or of another type. */
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

type Checked<C extends readonly unknown[]> = {
  readonly [K in keyof C]: K extends keyof Previous
    ? [OutputOf<C[Previous[K] & keyof C]>] extends [InputOf<C[K]>]
      ? C[K]
      : StepMismatch<
          `${Label<NameOf<C[K]>, `children[${K}]`>} cannot follow ${Label<NameOf<C[Previous[K] & keyof C]>, `children[${Previous[K]}]`>}`,
          Mismatch<OutputOf<C[Previous[K] & keyof C]>, InputOf<C[K]>>
        >
    : C[K]
}
type First<C extends readonly unknown[]> = C extends readonly [infer F, ...unknown[]] ? F : never
type Last<C extends readonly unknown[]> = C extends readonly [...unknown[], infer L] ? L : never

/**
 * One after the other: each child gets what the one before gave. Children are functions of ours or plain ones.
 * Throws a `TypeError` without children, or when two have the same name.
 *
 * @example
 * const shout = chain({ name: 'shout', children: [greet, (text: string) => text.toUpperCase()] })
 */
export function chain<const N extends string, C extends readonly [Child, ...Child[]], R extends readonly unknown[]>(
  config: Policy & { name: N; children: Checked<C> & { readonly [K in keyof R]: Force<R[K]> } },
): Fn<InputOf<First<C>>, OutputOf<Last<C>>, N, CancelEvent | EventsOf<C[number]>> {
  checkFactory('chain', config, ['children'])
  const { name, children, ...policy } = config as unknown as Policy & { name: string; children: readonly unknown[] }
  const steps = listOf(children, `chain ${String(name)}`).map((child, index) => ({
    child,
    feed: index === 0 ? takeInput : takeValue,
  }))
  return define(sequence({ kind: 'chain', name, policy, steps })) as never
}

const takeInput = (frame: Frame): unknown => frame.input
const takeValue = (frame: Frame): unknown => frame.value

export type Step = {
  child: NodeChild
  feed: (frame: Frame) => unknown
  /** The feed is a mapper of the user's, and may throw. */
  mapped?: boolean
  /** It is fed with all that is there, not with the value of the step before. */
  views?: boolean
  /** Asks whether it runs. */
  gate?: Gate
}
/** A transient state between steps: `flow` has them. */
export type Gate = {
  key: string
  /** The step that it stands before; without one it asks whether the sequence ends. */
  step?: string | undefined
  /** Its answers lead to `yes` and `no`; `isLast` says that one of them ends the sequence. */
  state(scope: Scope, life: Lifecycle, to: { yes: string; no: string; isLast: boolean }): State
}
type Sequence = {
  kind: string
  name: string
  policy: Policy
  steps: readonly (Step | { gate: Gate; child?: never })[]
  input?: StandardSchema | undefined
  facts?: Facts
  /** What becomes of a step's output. */
  keep?: (frame: Frame, key: string, output: unknown) => Frame
  /** Whether a frame holds what was kept of these steps, and of no other. */
  holds?: (frame: Frame, keys: readonly string[]) => boolean
}

/** The node of sequential states; `flow` is the same with mappers and gates. */
export function sequence({ kind, name, policy, steps, input, facts, keep = keepValue, holds }: Sequence): Node {
  const children = steps.filter((step) => step.child !== undefined)
  const keys = children.map(({ child }) => child.key)
  const mapped = children.filter(({ mapped, views }) => mapped || views).map(({ child }) => child.key)
  return {
    kind,
    name,
    policy,
    input,
    children: children.map(({ child }) => child),
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

import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { assertSync } from '../border/shape.ts'
import { define } from '../define.ts'
import { checkFactory, checkOptions } from '../border/options.ts'
import type { CancelEvent, Described, EventsOf, Fn, InputOf, Policy } from '../types.ts'
import { asFn, type Flat, type InputsOf, type OutputGiven } from './function.ts'
import type { Answers, Mistake, Proper, Slot } from './slot.ts'
import type { Agreed, Fits, Seen, Spread } from './compatible-inputs.ts'
import { formatValue } from '../border/format-value.ts'

type Thens = readonly [Slot, ...Slot[]] | readonly Slot[]
/** A predicate whose parameter is annotated. */
type AnnotatedPredicate<W> = W extends (input: infer I) => unknown ? (input: I) => boolean : never
/** The intersection of the predicates' inputs, which may be more than the cases take. */
type PredicateInput<W extends readonly unknown[]> = {
  [K in keyof W]: (input: Seen<W[K]>) => void
}[number] extends (input: infer I) => void
  ? I
  : never

/** Without an `otherwise`, `E` is its bound, which keeps the literal types of messages; `never` would lose them. */
type IfNone<E, Yes, No> = [Slot] extends [E] ? Yes : No
type BranchFn<N extends string, T extends Thens, E, I> = Fn<
  I,
  OutputGiven<T[number], I> | IfNone<E, never, OutputGiven<E, I>>,
  N,
  CancelEvent | EventsOf<T[number]> | IfNone<E, never, EventsOf<E>>
>
type Inputs<T, E> = InputsOf<T> & IfNone<E, unknown, InputOf<E>>
/** A case whose input is incompatible with that of another case or of a predicate is an error at its position. */
type BranchConfig<N, T extends Thens, W extends readonly unknown[], E, A extends Answers = Answers> = Policy & {
  name: N
  cases: {
    readonly [K in keyof T]: {
      readonly name: string
      readonly when: ((input: InputOf<T[K]>) => boolean) | AnnotatedPredicate<At<W, K>>
      readonly then: Proper<
        T[K],
        Agreed<T, K, Fits<T[K], PredicateInput<W>, 'then cannot have the input of when', A>, A>,
        A
      >
    }
  } & { readonly [K in keyof W]: { readonly name: string; readonly when: W[K]; readonly then: unknown } } & Some<T> &
    Spread<T>
  otherwise?:
    | Proper<
        E,
        IfNone<E, E, Fits<E, InputsOf<T> & PredicateInput<W>, 'otherwise cannot have the input of the cases', A>>,
        A
      >
    | undefined
}
type At<T, K> = T[K & keyof T]
type Some<T> = T extends readonly [] ? Mistake<'a branch needs a case'> : unknown

/**
 * Runs the first case whose predicate is true, with the input of the branch; else `otherwise`. Without an `otherwise`, it
 * fails with `invalid_choice` if no case matches. Predicates are synchronous; one that throws fails the branch. Throws a
 * `TypeError` if two cases have the same name.
 *
 * @example
 * const route = branch({
 *   name: 'route',
 *   cases: [{ name: 'large', when: (order: { total: number }) => order.total > 1000, then: review }],
 *   otherwise: accept,
 * })
 */
export function branch<
  const N extends string,
  T extends Thens,
  W extends readonly unknown[],
  E extends Slot = Slot,
  D extends string = never,
>(
  config: BranchConfig<N, T, W, E> & { description?: D | undefined },
): BranchFn<N, T, E, Flat<Inputs<T, E> & PredicateInput<W>>> & Described<D, never, never> {
  checkFactory('branch', config, ['cases', 'otherwise'])
  const { name, cases = [], otherwise, ...policy } = config as unknown as UntypedConfig
  const owner = `branch ${String(name)}`
  if (!Array.isArray(cases))
    throw new TypeError(`${owner}: cases is not an array but ${formatValue(cases)}. Give [{ name, when, then }].`)
  const ways = (cases as UntypedConfig['cases']).map((one, index) => {
    checkOptions(`${owner}: case ${index + 1}`, one, ['name', 'when', 'then'])
    const { name: key, when, then } = one
    if (typeof when !== 'function') {
      throw new TypeError(
        `${owner}: the case ${String(key)} has no predicate: when is ${formatValue(when)}. Give it when: (input) => boolean.`,
      )
    }
    return { key, when, fn: asFn(then, key, owner), text: key === 'deciding' }
  })
  if (otherwise !== undefined) {
    const key = 'otherwise'
    ways.push({ key, when: () => true, fn: asFn(otherwise, key, owner), text: false })
  }
  return define({
    kind: 'branch',
    name,
    policy,
    children: ways,
    dataFlow: { children: 'input', output: 'chosen' },
    layout: 'choice',
    facts: { cases: ways.map(({ when }) => when) },
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ broken, fail, yieldTo }) => {
          const parts = ways.map((way) => scope.child(way, (frame) => frame.input))
          scope.restores(({ choice }, _, [state, child]) =>
            state !== 'running' || choice === child ? undefined : `chose ${String(choice)}, and is in ${String(child)}`,
          )
          const choose = scope.action(
            'choose',
            (frame) => {
              const chosen = ways.findIndex((way) => holds(way, frame.input))
              const choice = parts[chosen]?.key
              return choice === undefined ? frame : { ...frame, choice }
            },
            { failpoint: {} },
          )
          const none = fail('refuse', ({ attempt }) => noCase(scope.path, attempt), { from: 'inside' })
          const chosen = parts.map(({ key }, index) => {
            if (otherwise !== undefined && index === ways.length - 1) return { target: key }
            return { guard: scope.guard(`chose:${key}`, (frame) => frame.choice === key), target: key }
          })
          return {
            initial: 'deciding',
            states: {
              // The predicates run in the entry action, where a throw fails the branch and not the actor.
              deciding: {
                entry: choose,
                always: [broken('inside'), ...chosen, ...(otherwise === undefined ? none : [])],
              },
              ...Object.fromEntries(parts.map((part) => [part.key, yieldTo(part)])),
            },
          }
        },
      }),
  }) as never
}

const noCase = (path: string, attempts: number) =>
  new PipelineError({
    code: 'invalid_choice',
    path,
    state: 'running',
    attempts,
    message: `No case of ${path} matches its input, and it has no otherwise. Add one.`,
  })

type Case = { key: string; when: (input: unknown) => unknown }
type UntypedConfig = Policy & {
  name: string
  cases: readonly { name: string; when: Case['when']; then: unknown }[]
  otherwise?: unknown
}

const holds = ({ key, when }: Case, input: unknown): boolean =>
  Boolean(assertSync(when(input), `the predicate of ${key}`, 'use a decision for asynchronous work'))

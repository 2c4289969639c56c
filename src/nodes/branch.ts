import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { isLate } from '../border/shape.ts'
import { define } from '../define.ts'
import { checkFactory, checkOptions } from '../border/options.ts'
import type { CancelEvent, Child, Described, EventsOf, Fn, InputOf, Policy } from '../types.ts'
import { asFn, type Flat, type InputsOf, type OutputGiven } from './function.ts'
import type { Agreeing, Annotated, Fits } from './together.ts'

/** A case whose predicate says itself what it looks at. */
type Case = { readonly name: string; readonly when: (input: never) => boolean; readonly then: Child }
type Thens<C extends readonly Case[]> = { readonly [K in keyof C]: C[K]['then'] }
type Asked<C extends readonly Case[]> = {
  [K in keyof C]: (input: Parameters<C[K]['when']>[0]) => void
}[number] extends (input: infer I) => void
  ? I
  : never

/** Without an `otherwise` `E` is its bound, which has the literals of messages; `never` would hide it. */
type IfNone<E, Yes, No> = [Child] extends [E] ? Yes : No
type BranchFn<N extends string, T extends readonly Child[], E, I> = Fn<
  I,
  OutputGiven<T[number], I> | IfNone<E, never, OutputGiven<E, I>>,
  N,
  CancelEvent | EventsOf<T[number]> | IfNone<E, never, EventsOf<E>>
>
type Inputs<T, E> = InputsOf<T> & IfNone<E, unknown, InputOf<E>>
/** A way that cannot have the same input as another, or as what the predicates look at, is an error at its place. */
type Ways<C extends readonly Case[]> = {
  readonly [K in keyof C]: Way<
    C[K],
    At<Agreeing<Thens<C>>, K> & Fits<C[K]['then'], Asked<C>, 'then cannot have the input of when'>
  >
}
type Way<Case, Then> = unknown extends Then ? unknown : Omit<Case, 'then'> & { readonly then: Then }
type At<T, K> = T[K & keyof T]
type Last<E, I> = Annotated<E, IfNone<E, unknown, Fits<E, I, 'otherwise cannot have the input of the cases'>>>

/**
 * The first case whose predicate holds runs with the input; else `otherwise`; without one, no case is
 * `invalid_choice`. Predicates are synchronous; one that throws fails the branch. Throws a `TypeError` on two
 * cases of one name.
 *
 * @example
 * const route = branch({
 *   name: 'route',
 *   cases: [{ name: 'large', when: (order: { total: number }) => order.total > 1000, then: review }],
 *   otherwise: accept,
 * })
 */
// Two signatures: here a predicate's parameter is what its `then` takes …
export function branch<
  const N extends string,
  T extends readonly [Child, ...Child[]],
  E extends Child = Child,
  D extends string = never,
>(
  config: Policy & {
    name: N
    description?: D
    cases: {
      readonly [K in keyof T]: {
        readonly name: string
        readonly when: (input: InputOf<T[K]>) => boolean
        readonly then: T[K] & At<Agreeing<T>, K>
      }
    }
    otherwise?: E & Last<E, InputsOf<T>>
  },
): BranchFn<N, T, E, Flat<Inputs<T, E>>> & Described<D, never, never>
// … and here it is annotated, and may look at more.
export function branch<
  const N extends string,
  C extends readonly [Case, ...Case[]],
  E extends Child = Child,
  D extends string = never,
>(
  config: Policy & {
    name: N
    description?: D
    cases: C & Ways<C>
    otherwise?: E & Last<E, InputsOf<Thens<C>> & Asked<C>>
  },
): BranchFn<N, Thens<C>, E, Flat<Inputs<Thens<C>, E> & Asked<C>>> & Described<D, never, never>
export function branch(config: object): unknown {
  checkFactory('branch', config, ['cases', 'otherwise'])
  const { name, cases = [], otherwise, ...policy } = config as unknown as BranchConfig
  const owner = `branch ${String(name)}`
  if (!Array.isArray(cases)) throw new TypeError(`${owner}: cases is not an array. Give [{ name, when, then }].`)
  const ways = (cases as BranchConfig['cases']).map((one, index) => {
    checkOptions(`${owner}: case ${index + 1}`, one, ['name', 'when', 'then'])
    const { name: key, when, then } = one
    if (typeof when !== 'function') {
      throw new TypeError(`${owner}: the case ${String(key)} has no predicate. Give it when: (input) => boolean.`)
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
    facts: { cases: ways.map(({ when }) => when) },
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ broken, fail, yieldTo }) => {
          const parts = ways.map((way) => scope.child(way, (frame) => frame.input))
          scope.restores(({ choice }, _, [state, child]) =>
            state !== 'running' || choice === child ? undefined : `chose ${String(choice)}, and is in ${String(child)}`,
          )
          const choose = scope.action('choose', (frame) => {
            const chosen = ways.findIndex((way) => holds(way, frame.input))
            const choice = parts[chosen]?.key
            return choice === undefined ? frame : { ...frame, choice }
          })
          const none = fail('refuse', ({ attempt }) => noCase(scope.path, attempt), { from: 'inside' })
          const chosen = parts.map(({ key }, index) => {
            if (otherwise !== undefined && index === ways.length - 1) return { target: key }
            return { guard: scope.guard(`chose:${key}`, (frame) => frame.choice === key), target: key }
          })
          return {
            initial: 'deciding',
            states: {
              // The predicates run in its entry action, where a throw is the branch's failure and not the actor's.
              deciding: {
                entry: choose,
                always: [broken('inside'), ...chosen, ...(otherwise === undefined ? none : [])],
              },
              ...Object.fromEntries(parts.map((part) => [part.key, yieldTo(part)])),
            },
          }
        },
      }),
  })
}

const noCase = (path: string, attempts: number) =>
  new PipelineError({
    code: 'invalid_choice',
    path,
    state: 'running',
    attempts,
    message: `No case of ${path} matches its input, and it has no otherwise. Add one.`,
  })

type Given = { key: string; when: (input: unknown) => unknown }
type BranchConfig = Policy & {
  name: string
  cases: readonly { name: string; when: Given['when']; then: unknown }[]
  otherwise?: unknown
}

function holds({ key, when }: Given, input: unknown): boolean {
  const answer = when(input)
  if (isLate(answer)) {
    throw new TypeError(
      `the predicate of ${key} returned a promise, and must be synchronous; use a decision for asynchronous work`,
    )
  }
  return Boolean(answer)
}

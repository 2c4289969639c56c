import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import type { CancelEvent, Child, EventsOf, Fn, InputOf, Policy } from '../types.ts'
import { asFn, type Flat, type InputsOf, type OutputGiven } from './function.ts'

type BranchInput<T, E, I> = Flat<I & InputsOf<T> & ([E] extends [never] ? unknown : InputOf<E>)>

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
export function branch<
  const N extends string,
  T extends readonly [Child, ...Child[]],
  I = unknown,
  E extends Child = never,
>(
  config: Policy & {
    name: N
    cases: {
      readonly [K in keyof T]: {
        readonly name: string
        readonly when: (input: I & InputOf<T[K]>) => boolean
        readonly then: T[K]
      }
    }
    otherwise?: E
  },
): Fn<
  BranchInput<T, E, I>,
  OutputGiven<T[number], BranchInput<T, E, I>> | ([E] extends [never] ? never : OutputGiven<E, BranchInput<T, E, I>>),
  N,
  CancelEvent | EventsOf<T[number]> | ([E] extends [never] ? never : EventsOf<E>)
> {
  const { name, cases, otherwise, ...policy } = config as unknown as BranchConfig
  const owner = `branch ${String(name)}`
  const ways = (cases ?? []).map(({ name: key, when, then }) => {
    if (typeof when !== 'function') {
      throw new TypeError(`${owner}: the case ${String(key)} has no predicate. Give it when: (input) => boolean.`)
    }
    return { key, when, fn: asFn(then, key, owner), text: key === 'deciding' }
  })
  if (otherwise) {
    const key = 'otherwise'
    ways.push({ key, when: () => true, fn: asFn(otherwise, key, owner), text: false })
  }
  return define({
    kind: 'branch',
    name,
    policy,
    children: ways,
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ failed, fail, yieldTo }) => {
          const parts = ways.map((way) => scope.child(way, (frame) => frame.input))
          const choose = scope.action('choose', (frame) => {
            const chosen = ways.findIndex((way) => holds(way, frame.input))
            return { ...frame, value: parts[chosen]?.key ?? null }
          })
          const none = fail('refuse', ({ attempt }) => noCase(scope.path, attempt), { from: 'inside' })
          const chosen = parts.map(({ key }) => ({
            guard: scope.guard(`chose:${key}`, (frame) => frame.value === key),
            target: key,
          }))
          return {
            initial: 'deciding',
            states: {
              // The predicates run in its entry action, where a throw is the branch's failure and not the actor's.
              deciding: { entry: choose, always: [failed, ...chosen, ...(otherwise ? [] : none)] },
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
    message: `No case of ${path} holds for its input, and it has no otherwise. Add one.`,
  })

type Way = { key: string; when: (input: unknown) => unknown }
type BranchConfig = Policy & {
  name: string
  cases: readonly { name: string; when: Way['when']; then: unknown }[]
  otherwise?: unknown
}

function holds({ key, when }: Way, input: unknown): boolean {
  const answer = when(input)
  if (typeof (answer as { then?: unknown } | null | undefined)?.then === 'function') {
    throw new TypeError(
      `the predicate of ${key} gives a promise and must answer at once; use a decision for what takes time`,
    )
  }
  return Boolean(answer)
}

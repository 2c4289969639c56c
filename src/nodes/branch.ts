import { PipelineError } from '../errors.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { checkChildren, checkName, checkUnique, toKey } from '../compile/names.ts'
import { define } from '../define.ts'
import type { CancelEvent, Child, EventsOf, Flat, Fn, InputOf, InputsOf, OutputGiven, Policy } from '../types.ts'
import { asFn } from './function.ts'

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
  checkChildren(owner, cases)
  const ways = cases.map(({ name: label, when, then }) => {
    checkName(label, `A case of ${owner}`)
    if (typeof when !== 'function')
      throw new TypeError(`${owner}: the case ${label} has no predicate. Give it when: (input) => boolean.`)
    return { label, key: toKey(label), when, fn: asFn(then, label, owner) }
  })
  if (otherwise)
    ways.push({ label: 'otherwise', key: 'otherwise', when: () => true, fn: asFn(otherwise, 'otherwise', owner) })
  checkUnique(
    owner,
    ways.map((way) => way.label),
  )
  return define({
    kind: 'branch',
    name,
    policy,
    compile: (scope) =>
      lifecycle(scope, {
        policy,
        running: ({ nextAt, failed, fail, failBy }) => {
          const choose = scope.action('choose', (frame) => ({
            ...frame,
            value: ways.find((way) => holds(way, frame.input))?.key ?? null,
          }))
          const none = fail(
            'refuse',
            ({ attempt }) =>
              new PipelineError({
                code: 'invalid_choice',
                path: scope.path,
                state: 'running',
                attempts: attempt,
                message: `No case of ${scope.path} holds for its input, and it has no otherwise. Add one.`,
              }),
            { from: 'inside' },
          )
          const chosen = ways.map(({ key }) => ({
            guard: scope.guard(`chose:${key}`, (frame) => frame.value === key),
            target: key,
          }))
          const parts = ways.map(({ key, fn }) => {
            const part = scope.child(key, fn, (frame) => frame.input)
            const take = scope.action(
              `take:${key}`,
              (frame, { slots }) => ({ ...frame, value: part.frame(slots).value }),
              { drop: true },
            )
            return [key, { ...part.state, onDone: [...failBy(part), { target: nextAt, actions: take }] }] as const
          })
          return {
            initial: 'deciding',
            states: {
              // The predicates run in its entry action, where a throw is the branch's failure and not the actor's.
              deciding: { entry: choose, always: [failed, ...chosen, ...(otherwise ? [] : none)] },
              ...Object.fromEntries(parts),
            },
          }
        },
      }),
  }) as never
}

type Way = { label: string; when: (input: unknown) => unknown }
type BranchConfig = Policy & {
  name: string
  cases: readonly { name: string; when: Way['when']; then: unknown }[]
  otherwise?: unknown
}

function holds({ label, when }: Way, input: unknown): boolean {
  const answer = when(input)
  if (typeof (answer as { then?: unknown } | null | undefined)?.then === 'function') {
    throw new TypeError(
      `the predicate of ${label} gives a promise and must answer at once; use a decision for what takes time`,
    )
  }
  return Boolean(answer)
}

import { failure, isPipelineError, LONGEST_WISH, type PipelineError, toData, toError } from '../errors.ts'
import { isUnexpectedPromise } from '../border/shape.ts'
import type { Frame, Policy } from '../types.ts'
import { isPlacedIn } from './begun.ts'
import type { Slots, Transition } from './chart.ts'
import { isMissing } from './getting.ts'
import type { Part, Scope, Update } from './scope.ts'

export type ErrorOf = (frame: Frame, seen: { event: { error?: unknown }; slots: Slots }) => PipelineError | undefined
export type FailOptions = {
  /** A guard that must hold for it to be a failure at all. */
  when?: string
  /** The frames below end with it. */
  drop?: boolean
  /** Whence the transition leaves: a state beside `running` (the default), or one inside it. */
  from?: 'beside' | 'inside'
}

export type Failing = {
  /** The transitions of a failure: wait and try again while the policy allows it, else `failed`. */
  fail(verb: string, errorOf: ErrorOf, options?: FailOptions): Transition[]
  /** The same for a failed child; for the `onDone` of its state. */
  failBy(child: Part): Transition[]
  /** The way out once an action has left an error in this function's own frame; it is not tried again. */
  broken(from?: FailOptions['from']): Transition
  /** Whether any of these was asked for: what cannot fail has no `failed` state. */
  canFail(): boolean
}

/** How one function fails. Failing is a path of the chart like any other: named guards, named actions, targets. */
export function failing(scope: Scope): Failing {
  const { retry } = scope.node.policy
  const targetOf = (state: string, from: FailOptions['from']) => (from === 'inside' ? `#${scope.id}.${state}` : state)
  let used = false

  const fail: Failing['fail'] = (verb, errorOf, { when, drop = false, from } = {}) => {
    used = true
    const keep: Update = (frame, seen) => {
      const error = errorOf(frame, seen) as PipelineError
      return { ...frame, error: toData(scope.dress?.(error, frame, seen.slots, seen.self) ?? error) }
    }
    const actions = scope.action(verb, keep, { drop })
    const giveUp = { ...(when && { guard: when }), target: targetOf('failed', from), actions }
    if (!retry) return [giveUp]
    const mayRetry = scope.guard(`${verb}:mayRetry`, (frame, seen) => {
      if (frame.attempt >= retry.attempts) return false
      const error = errorOf(frame, seen)
      return error !== undefined && wants(retry, error)
    })
    return [{ guard: mayRetry, target: targetOf('waitingToRetry', from), actions }, giveUp]
  }

  const failBy: Failing['failBy'] = (child) => {
    if (!child.canFail) return []
    const verb = `failBy:${child.key}`
    const errorOf: ErrorOf = (_, { slots }) => errorIn(child.frame(slots))
    const when = scope.guard(verb, (_, { slots }) => child.frame(slots)?.error !== undefined)
    return fail(verb, errorOf, { when, drop: true, from: 'inside' })
  }

  const broken: Failing['broken'] = (from) => {
    used = true
    return { guard: scope.guard('failed', (frame) => frame.error !== undefined), target: targetOf('failed', from) }
  }

  return { fail, failBy, broken, canFail: () => used }
}

export const errorIn = (frame: Frame | undefined): PipelineError | undefined => frame?.error && toError(frame.error)

/** What an actor threw, as the failure of its function; of what runs below it, an error is its own already. */
export const thrown =
  (path: string, state: string, own = false): ErrorOf =>
  ({ attempt }, { event: { error } }) =>
    isPipelineError(error) && (own || isPlacedIn(error, path))
      ? error
      : failure(error, { code: 'run', path, state, attempts: attempt })

/**
 * A predicate that throws, or does not answer at once, gives up, and the first error stands. So does an error that asks
 * for more time than anybody would wait, and that of a key without a value.
 */
function wants({ when }: NonNullable<Policy['retry']>, error: PipelineError): boolean {
  if ((error.retryAfter ?? 0) > LONGEST_WISH || isMissing(error)) return false
  try {
    const answer: unknown = when?.(error) ?? true
    return !isUnexpectedPromise(answer) && Boolean(answer)
  } catch {
    return false
  }
}

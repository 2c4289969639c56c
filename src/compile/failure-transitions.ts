import { failure, isPipelineError, MAX_RETRY_AFTER, type PipelineError, toError, toErrorData } from '../errors.ts'
import { isUnexpectedPromise } from '../border/shape.ts'
import type { Frame, Policy } from '../types.ts'
import { isPlacedIn } from './leaf-run.ts'
import type { Slots, Transition } from './chart.ts'
import { isMissingValue } from './get-provided.ts'
import type { CompiledChild, Scope, Update } from './scope.ts'

export type ErrorOf = (frame: Frame, seen: { event: { error?: unknown }; slots: Slots }) => PipelineError | undefined
export type FailOptions = {
  /** A guard for all transitions. */
  when?: string
  /** Removes the frames below. */
  drop?: boolean
  /** The source of the transition: a state beside `running` (the default), or one inside it. */
  from?: 'beside' | 'inside'
}

export type FailureTransitions = {
  /** The transitions of a failure: to `waitingToRetry` while the policy allows it, else to `failed`. */
  fail(verb: string, errorOf: ErrorOf, options?: FailOptions): Transition[]
  /** The same for a failed child, for the `onDone` of its state. */
  failBy(child: CompiledChild): Transition[]
  /** The transition for an error that an action has stored in the frame; it is not retried. */
  broken(from?: FailOptions['from']): Transition
  /** Whether any of these was used; a function that cannot fail has no `failed` state. */
  canFail(): boolean
}

/** The transitions with which a function fails: named guards, named actions, targets. */
export function failureTransitions(scope: Scope): FailureTransitions {
  const { retry } = scope.node.policy
  const targetOf = (state: string, from: FailOptions['from']) => (from === 'inside' ? `#${scope.id}.${state}` : state)
  let used = false

  const fail: FailureTransitions['fail'] = (verb, errorOf, { when, drop = false, from } = {}) => {
    used = true
    const keep: Update = (frame, seen) => {
      const error = errorOf(frame, seen) as PipelineError
      return { ...frame, error: toErrorData(scope.dress?.(error, frame, seen.slots, seen.self) ?? error) }
    }
    const actions = scope.action(verb, keep, { drop })
    const giveUp = { ...(when && { guard: when }), target: targetOf('failed', from), actions }
    if (!retry) return [giveUp]
    const mayRetry = scope.guard(`${verb}:mayRetry`, (frame, seen) => {
      if (frame.attempt >= retry.attempts) return false
      const error = errorOf(frame, seen)
      return error !== undefined && isRetryable(retry, error)
    })
    return [{ guard: mayRetry, target: targetOf('waitingToRetry', from), actions }, giveUp]
  }

  const failBy: FailureTransitions['failBy'] = (child) => {
    if (!child.canFail) return []
    const verb = `failBy:${child.key}`
    const errorOf: ErrorOf = (_, { slots }) => frameErrorOf(child.frame(slots))
    const when = scope.guard(verb, (_, { slots }) => child.frame(slots)?.error !== undefined)
    return fail(verb, errorOf, { when, drop: true, from: 'inside' })
  }

  const broken: FailureTransitions['broken'] = (from) => {
    used = true
    return { guard: scope.guard('failed', (frame) => frame.error !== undefined), target: targetOf('failed', from) }
  }

  return { fail, failBy, broken, canFail: () => used }
}

export const frameErrorOf = (frame: Frame | undefined): PipelineError | undefined =>
  frame?.error && toError(frame.error)

/** The error of an actor as the failure of its function; an error from below it has its own path already. */
export const actorErrorOf =
  (path: string, state: string, own = false): ErrorOf =>
  ({ attempt }, { event: { error } }) =>
    isPipelineError(error) && (own || isPlacedIn(error, path))
      ? error
      : failure(error, { code: 'run', path, state, attempts: attempt })

/**
 * Whether to retry. Not if `retry.when` throws or returns a promise, if the error has a `retryAfter` beyond the maximum,
 * or if it is the error of a key without a value.
 */
function isRetryable({ when }: NonNullable<Policy['retry']>, error: PipelineError): boolean {
  if ((error.retryAfter ?? 0) > MAX_RETRY_AFTER || isMissingValue(error)) return false
  try {
    const answer: unknown = when?.(error) ?? true
    return !isUnexpectedPromise(answer) && Boolean(answer)
  } catch {
    return false
  }
}

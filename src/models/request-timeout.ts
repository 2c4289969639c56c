import type { Policy, RunContext } from '../types.ts'
import { rejectedAnswersIn } from '../border/rejected-answers.ts'
import { MAX_TIMER_DELAY, timeoutsOf } from '../border/timeouts.ts'
import { ModelError, type ModelProblem } from './failure/model-error.ts'
import type { StreamTimeouts } from './stream-timeouts.ts'

/** One request: the signal that aborts it, and what to call when data arrives (`token`: the data has content). */
export type TimedRequest = { signal: AbortSignal; onActivity(token: boolean): void }

/**
 * Runs one request under its own signal. It rejects at once when the run is aborted or a timeout passes, even if the
 * server or its SDK ignores the signal. Leaves no timer and no listener behind.
 */
export async function withTimeouts<T>(
  { signal }: Pick<RunContext, 'signal'>,
  { firstTokenTimeout, idleTimeout }: StreamTimeouts,
  work: (call: TimedRequest) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw abortReason(signal)
  const own = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let reject: (reason: unknown) => void
  const ended = new Promise<never>((_, no) => (reject = no))
  const end = (reason: unknown) => {
    reject(reason)
    own.abort(reason)
  }
  // A delay longer than a timer supports is split into several.
  const later = (ms: number, then: () => void) => {
    const rest = ms - MAX_TIMER_DELAY
    timer = rest > 0 ? setTimeout(later, MAX_TIMER_DELAY, rest, then) : setTimeout(then, ms)
  }
  const wait = (ms: number | undefined, problem: ModelProblem) => {
    clearTimeout(timer)
    if (ms !== undefined) later(ms, () => end(timeoutError(problem, ms)))
  }
  let begun = firstTokenTimeout === undefined
  const onActivity = (token: boolean) => {
    // Data that arrives after the abort starts no timer.
    if (own.signal.aborted) return
    begun ||= token
    if (begun) wait(idleTimeout, 'idle_timeout')
  }
  const onAbort = () => end(abortReason(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  wait(firstTokenTimeout, 'first_token_timeout')
  try {
    return await Promise.race([work({ signal: own.signal, onActivity }), ended])
  } catch (thrown) {
    own.abort(thrown)
    throw thrown
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * The `timeout` option for an SDK that has a timeout of its own, in ms: one second more than the function's, so that
 * the function's comes first, and at most what a timer supports. Empty if the function has no timeout.
 */
export function sdkTimeout(timeout: Policy['timeout']): { timeout?: number } {
  if (timeout === undefined) return {}
  const { attempt = Infinity } = timeoutsOf(timeout)
  return { timeout: Math.min(attempt + 1000, MAX_TIMER_DELAY) }
}

/** A signal of another library may have no reason. */
const abortReason = ({ reason }: AbortSignal): unknown =>
  reason ?? new DOMException('This operation was aborted', 'AbortError')

type IdempotencyContext = Pick<RunContext, 'idempotencyKey'>

/** A key for each request: with the same key, a server may return the rejected answer again. */
function requestKey(ctx: IdempotencyContext): string {
  const { length } = rejectedAnswersIn(ctx)
  return length === 0 ? ctx.idempotencyKey : `${ctx.idempotencyKey}:refused${length}`
}

/** The same for an HTTP header, which allows only printable ASCII. */
export const idempotencyHeader = (ctx: IdempotencyContext): string =>
  requestKey(ctx).replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent)

const timeoutError = (problem: ModelProblem, ms: number): ModelError =>
  new ModelError(
    problem,
    problem === 'idle_timeout'
      ? `no data arrived for ${ms} ms (idleTimeout). Raise idleTimeout, or set retry: { attempts: 3 }`
      : `no token arrived within ${ms} ms (firstTokenTimeout). Raise firstTokenTimeout, or set retry: { attempts: 3 }`,
  )

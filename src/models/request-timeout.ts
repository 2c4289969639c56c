import type { Policy, RunContext } from '../types.ts'
import { refusedIn } from '../border/refused.ts'
import { LONGEST_TIMER, timesOf } from '../border/times.ts'
import { ModelError, type ModelProblem } from './failure/model-error.ts'
import type { StreamTimeouts } from './stream-timeouts.ts'

/** One call to a server: the signal that ends it, and whom to tell that something came. */
export type TimedRequest = { signal: AbortSignal; onActivity(token: boolean): void }

/**
 * One call of a server under a signal of its own, which ends at once when the run's does or when patience runs out,
 * whatever the server or its SDK do about it. Nothing stays behind: no timer, no listener on the run's signal.
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
  // What a timer cannot hold is waited for in several goes.
  const later = (ms: number, then: () => void) => {
    const rest = ms - LONGEST_TIMER
    timer = rest > 0 ? setTimeout(later, LONGEST_TIMER, rest, then) : setTimeout(then, ms)
  }
  const wait = (ms: number | undefined, problem: ModelProblem) => {
    clearTimeout(timer)
    if (ms !== undefined) later(ms, () => end(timeoutError(problem, ms)))
  }
  let begun = firstTokenTimeout === undefined
  const onActivity = (token: boolean) => {
    // Whoever comes too late begins no wait.
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
 * The option for whoever makes calls with a timeout of their own: a second more than the function's, which comes first,
 * and no more than their timers can hold. Where only silence ends the call, as long as that.
 */
export function sdkTimeout(timeout: Policy['timeout']): { timeout?: number } {
  if (timeout === undefined) return {}
  const { attempt = Infinity } = timesOf(timeout)
  return { timeout: Math.min(attempt + 1000, LONGEST_TIMER) }
}

/** A signal that another library made may have no reason. */
const abortReason = ({ reason }: AbortSignal): unknown =>
  reason ?? new DOMException('This operation was aborted', 'AbortError')

type IdempotencyContext = Pick<RunContext, 'idempotencyKey'>

/** The key of one request: by the same, a server may give an answer that was refused once more. */
function requestKey(ctx: IdempotencyContext): string {
  const { length } = refusedIn(ctx)
  return length === 0 ? ctx.idempotencyKey : `${ctx.idempotencyKey}:refused${length}`
}

/** The same as a header can hold it: plain ASCII only. */
export const idempotencyHeader = (ctx: IdempotencyContext): string =>
  requestKey(ctx).replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent)

const timeoutError = (problem: ModelProblem, ms: number): ModelError =>
  new ModelError(
    problem,
    problem === 'idle_timeout'
      ? `the answer stalled for longer than its idleTimeout of ${ms} ms. Raise it, or set retry: { attempts: 3 }`
      : `no token came within the firstTokenTimeout of ${ms} ms. Raise it, or set retry: { attempts: 3 }`,
  )

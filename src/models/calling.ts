import type { Policy, RunContext } from '../types.ts'
import { rejectedAnswersIn } from '../border/rejected-answers.ts'
import { MAX_TIMER_DELAY, timeoutsOf } from '../border/timeouts.ts'
import { ModelError, type ModelProblem } from './failure/error.ts'
import type { Patience } from './patience.ts'

/** One call to a server: the signal that ends it, and whom to tell that something came. */
export type Call = { signal: AbortSignal; heard(token: boolean): void }

/**
 * One call of a server under a signal of its own, which ends at once when the run's does or when patience runs out,
 * whatever the server or its SDK do about it. Nothing stays behind: no timer, no listener on the run's signal.
 */
export async function calling<T>(
  { signal }: Pick<RunContext, 'signal'>,
  { firstTokenTimeout, idleTimeout }: Patience,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw reasonOf(signal)
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
    const rest = ms - MAX_TIMER_DELAY
    timer = rest > 0 ? setTimeout(later, MAX_TIMER_DELAY, rest, then) : setTimeout(then, ms)
  }
  const wait = (ms: number | undefined, problem: ModelProblem) => {
    clearTimeout(timer)
    if (ms !== undefined) later(ms, () => end(tooSlow(problem, ms)))
  }
  let begun = firstTokenTimeout === undefined
  const heard = (token: boolean) => {
    // Whoever comes too late begins no wait.
    if (own.signal.aborted) return
    begun ||= token
    if (begun) wait(idleTimeout, 'idle_timeout')
  }
  const onAbort = () => end(reasonOf(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  wait(firstTokenTimeout, 'first_token_timeout')
  try {
    return await Promise.race([work({ signal: own.signal, heard }), ended])
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
export function outlasting(timeout: Policy['timeout']): { timeout?: number } {
  if (timeout === undefined) return {}
  const { attempt = Infinity } = timeoutsOf(timeout)
  return { timeout: Math.min(attempt + 1000, MAX_TIMER_DELAY) }
}

/** A signal that another library made may have no reason. */
const reasonOf = ({ reason }: AbortSignal): unknown =>
  reason ?? new DOMException('This operation was aborted', 'AbortError')

type Keyed = Pick<RunContext, 'idempotencyKey'>

/** The key of one request: by the same, a server may give an answer that was refused once more. */
function requestKey(ctx: Keyed): string {
  const { length } = rejectedAnswersIn(ctx)
  return length === 0 ? ctx.idempotencyKey : `${ctx.idempotencyKey}:refused${length}`
}

/** The same as a header can hold it: plain ASCII only. */
export const headerKey = (ctx: Keyed): string => requestKey(ctx).replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent)

const tooSlow = (problem: ModelProblem, ms: number): ModelError =>
  new ModelError(
    problem,
    problem === 'idle_timeout'
      ? `the answer stalled for longer than its idleTimeout of ${ms} ms. Raise it, or set retry: { attempts: 3 }`
      : `no token came within the firstTokenTimeout of ${ms} ms. Raise it, or set retry: { attempts: 3 }`,
  )

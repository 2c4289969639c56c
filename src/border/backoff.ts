import { MAX_RETRY_AFTER } from '../errors.ts'
import type { Frame, Policy } from '../types.ts'
import { DAY, positiveOrZero } from './ranges.ts'

type Retry = NonNullable<Policy['retry']>

/** The default backoff of a leaf that calls a model, in ms; jitter spreads the requests of many runs. */
export const MODEL_BACKOFF: NonNullable<Retry['backoff']> = /* @__PURE__ */ Object.freeze({
  initial: 500,
  max: 30_000,
  jitter: true,
})

/**
 * The delay after a failed attempt, in ms: the `retryAfter` of its error, or the backoff of the policy; with a custom
 * backoff, the longer of both.
 */
export function retryDelay(retry: Retry, { attempt, error }: Pick<Frame, 'attempt' | 'error'>): number {
  const named = Math.min(Math.ceil(positiveOrZero(error?.retryAfter)), MAX_RETRY_AFTER)
  if (named > 0 && retry.backoff === MODEL_BACKOFF) return named
  const delay = backoffDelay(retry, attempt)
  return Math.max(named, Math.round(retry.backoff?.jitter ? delay * (0.5 + Math.random() / 2) : delay))
}

/** The same without jitter and `retryAfter`. */
export function backoffDelay({ backoff: delays }: Retry, attempt: number): number {
  const { initial = 0, factor = 2, max = DAY } = delays ?? {}
  const delay = initial * factor ** (attempt - 1)
  // 0 * Infinity is NaN: a delay of 0 stays 0.
  return Number.isNaN(delay) ? 0 : Math.min(max, delay)
}

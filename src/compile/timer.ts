import type { AnyActorRef } from 'xstate'
import { MODEL_BACKOFF } from '../border/backoff.ts'
import { positiveOrZero, DAY } from '../border/ranges.ts'
import { MAX_TIMER_DELAY } from '../border/timeouts.ts'
import { freshSnapshot, isUnreported, SnapshotMismatch, RESUME, type Resumable } from '../border/restore.ts'
import { LONGEST_WISH } from '../errors.ts'
import type { Frame, Policy } from '../types.ts'
import { type WaitLogic, waitLogic } from './waiting.ts'
import { formatValue } from '../border/format-value.ts'

type Clock = {
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(id: unknown): void
  now?(): number
}

const clockOf = (self: AnyActorRef): Clock => (self as unknown as { clock: Clock }).clock

/** The time by the actor's clock, in epoch ms; a simulated clock has its own. */
export const now = (self: AnyActorRef): number => clockOf(self).now?.() ?? Date.now()

/**
 * Waits until `at` (epoch ms: a restore does not put it off) or for `ms` (begins again with its attempt).
 * An invoked actor and not `after`, because XState does not take up pending `after` timers when it restores.
 */
export const timer: WaitLogic<Wait> & Resumable = {
  ...waitLogic<Wait>((input, { self, done }) => callAt(self, 'at' in input ? input.at : now(self) + input.ms, done)),

  /** A deadline stands. It cannot be further away than the latest one that could be set now. */
  [RESUME]: (saved, input) => {
    const fresh = input as Wait
    if ('ms' in fresh) return freshSnapshot(fresh)
    if (isUnreported(saved)) return freshSnapshot({ at: 0 })
    const { at } = Object((saved as { input?: unknown }).input) as { at?: unknown }
    if (typeof at !== 'number' || !Number.isFinite(at))
      throw new SnapshotMismatch('', `has a timer whose deadline is not a time but ${formatValue(at)}`)
    return freshSnapshot({ at: Math.min(at, fresh.latest ?? fresh.at) })
  },
}
/** `latest`: where `at` is drawn by chance, what it can be at most. */
type Wait = { at: number; latest?: number } | { ms: number }

/** Calls back at that time of the actor's clock; returns how to call it off. */
export function callAt(self: AnyActorRef, at: number, callback: () => void): () => void {
  const clock = clockOf(self)
  let id: unknown
  const wait = () => {
    const left = Math.max(at - now(self), 0)
    // What setTimeout cannot hold is waited for in several goes.
    id = clock.setTimeout(left > MAX_TIMER_DELAY ? wait : callback, Math.min(left, MAX_TIMER_DELAY))
  }
  wait()
  return () => clock.clearTimeout(id)
}

type Retry = NonNullable<Policy['retry']>

/**
 * How long to wait after the attempt that failed, in ms: the time that its error names, or the policy's own, which is the
 * least where somebody gave it.
 */
export function backoff(retry: Retry, { attempt, error }: Pick<Frame, 'attempt' | 'error'>): number {
  const named = Math.min(Math.ceil(positiveOrZero(error?.retryAfter)), LONGEST_WISH)
  if (named > 0 && retry.backoff === MODEL_BACKOFF) return named
  const delay = delayAfter(retry, attempt)
  return Math.max(named, Math.round(retry.backoff?.jitter ? delay * (0.5 + Math.random() / 2) : delay))
}

/** The same without jitter and without what an error wishes for. */
export function delayAfter({ backoff: delays }: Retry, attempt: number): number {
  const { initial = 0, factor = 2, max = DAY } = delays ?? {}
  const delay = initial * factor ** (attempt - 1)
  // 0 * Infinity: a delay that begins with nothing stays nothing, however fast it would grow.
  return Number.isNaN(delay) ? 0 : Math.min(max, delay)
}

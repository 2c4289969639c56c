import type { AnyActorRef } from 'xstate'
import { MAX_TIMER_DELAY } from '../border/timeouts.ts'
import { freshSnapshot, isUnreported, type Resumable, RESUME, SnapshotMismatch } from '../border/restore.ts'
import { type WaitLogic, waitLogic } from './wait-logic.ts'
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
 * A timer until `at` (epoch ms; a restore keeps the deadline) or for `ms` (a restore starts again with the attempt). An
 * invoked actor and not `after`, because XState does not restore pending `after` timers.
 */
export const timer: WaitLogic<TimerInput> & Resumable = {
  ...waitLogic<TimerInput>((input, { self, done }) =>
    callAt(self, 'at' in input ? input.at : now(self) + input.ms, done),
  ),

  /** The deadline is kept, but not beyond the latest one that could be set now. */
  [RESUME]: (saved, input) => {
    const fresh = input as TimerInput
    if ('ms' in fresh) return freshSnapshot(fresh)
    if (isUnreported(saved)) return freshSnapshot({ at: 0 })
    const { at } = Object((saved as { input?: unknown }).input) as { at?: unknown }
    if (typeof at !== 'number' || !Number.isFinite(at))
      throw new SnapshotMismatch('', `has a timer whose deadline is not a time but ${formatValue(at)}`)
    return freshSnapshot({ at: Math.min(at, fresh.latest ?? fresh.at) })
  },
}
/** `latest`: the maximum of `at`, where that is random (jitter). */
type TimerInput = { at: number; latest?: number } | { ms: number }

/** Calls back at that time of the actor's clock; returns the function that cancels it. */
export function callAt(self: AnyActorRef, at: number, callback: () => void): () => void {
  const clock = clockOf(self)
  let id: unknown
  const wait = () => {
    const left = Math.max(at - now(self), 0)
    // A delay beyond the maximum of setTimeout takes several timers.
    id = clock.setTimeout(left > MAX_TIMER_DELAY ? wait : callback, Math.min(left, MAX_TIMER_DELAY))
  }
  wait()
  return () => clock.clearTimeout(id)
}

import { freshSnapshot, type Resumable, RESUME } from '../border/restore.ts'
import type { AnyActorRef } from 'xstate'
import { observeWork, type OngoingWork, type WorkObserver } from './work-observers.ts'
import { callAt, now } from './timer.ts'
import { type WaitLogic, waitLogic } from './wait-logic.ts'
import { parentOf } from '../border/actors.ts'

type TimeoutInput = { ms: number; left?: number }

/** The stopwatches by the input of their actors, which is in the snapshots. */
const stopwatches = new WeakMap<TimeoutInput, Stopwatch>()

/**
 * The actor `PATH#timeout` of a function that waits for approvals: a timeout that pauses while no leaf in the function
 * works and something in it waits for an external event. The remaining time is persisted.
 */
export const pausableTimeout = (path: string): WaitLogic<TimeoutInput> & Resumable => ({
  ...waitLogic<TimeoutInput>((time, { self, done }) => {
    const watch = new Stopwatch(self, time.left ?? time.ms, done)
    stopwatches.set(time, watch)
    const leave = observeWork(parentOf(self) as AnyActorRef, path, watch)
    return () => {
      leave()
      watch.stop()
    }
  }),
  getPersistedSnapshot: ({ input, ...snapshot }) =>
    ({
      ...snapshot,
      input: input && { ms: input.ms, left: stopwatches.get(input)?.left ?? input.left ?? input.ms },
    }) as never,
  [RESUME]: (saved, input) => {
    const { left } = Object((saved as { input?: unknown }).input) as { left?: unknown }
    const fresh = input as TimeoutInput
    const isKnown = typeof left === 'number' && left >= 0 && left <= fresh.ms
    return freshSnapshot(isKnown ? { ...fresh, left } : fresh)
  },
})

class Stopwatch implements WorkObserver {
  readonly #self: AnyActorRef
  readonly #done: () => void
  readonly #works = new Set<OngoingWork>()
  #waiting = 0
  #left: number
  /** When it was started; undefined while it is paused. */
  #since: number | undefined
  #callOff: (() => void) | undefined

  constructor(self: AnyActorRef, left: number, done: () => void) {
    this.#self = self
    this.#left = left
    this.#done = done
    this.#look()
  }

  get left(): number {
    return this.#since === undefined ? this.#left : Math.max(0, this.#left - (now(this.#self) - this.#since))
  }

  begin(work: OngoingWork): void {
    this.#works.add(work)
    this.#look()
  }

  end(work: OngoingWork): void {
    this.#works.delete(work)
    this.#look()
  }

  wait(by: 1 | -1): void {
    this.#waiting += by
    this.#look()
  }

  stop(): void {
    this.#callOff?.()
  }

  #look(): void {
    for (const work of this.#works) if (!work.isActive) this.#works.delete(work)
    const stands = this.#waiting > 0 && this.#works.size === 0
    if (stands && this.#since !== undefined) {
      this.#left = this.left
      this.#since = undefined
      this.#callOff?.()
    } else if (!stands && this.#since === undefined) {
      this.#since = now(this.#self)
      this.#callOff = callAt(this.#self, this.#since + this.#left, this.#done)
    }
  }
}

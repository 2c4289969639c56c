import { freshSnapshot, RESUME, type Resumable } from '../border/restore.ts'
import type { AnyActorRef } from 'xstate'
import { type Ongoing, oversee, type Overseer } from './overseeing.ts'
import { callAt, now } from './timer.ts'
import { type WaitLogic, waitLogic } from './waiting.ts'

type Time = { ms: number; left?: number }

/** By the input of the actor, which its snapshots have. */
const watches = new WeakMap<Time, Stopwatch>()

/**
 * The actor `PATH#timeout` of a function that waits for people: it ends when the time of the function is over, and stands
 * still while nothing works in the function and something in it waits for an event from outside. What is left is saved.
 */
export const stopwatch = (path: string): WaitLogic<Time> & Resumable => ({
  ...waitLogic<Time>((time, { self, done }) => {
    const watch = new Stopwatch(self, time.left ?? time.ms, done)
    watches.set(time, watch)
    const leave = oversee(self._parent as AnyActorRef, path, watch)
    return () => {
      leave()
      watch.stop()
    }
  }),
  getPersistedSnapshot: ({ input, ...snapshot }) =>
    ({
      ...snapshot,
      input: input && { ms: input.ms, left: watches.get(input)?.left ?? input.left ?? input.ms },
    }) as never,
  [RESUME]: (saved, input) => {
    const { left } = Object((saved as { input?: unknown }).input) as { left?: unknown }
    const fresh = input as Time
    const isKnown = typeof left === 'number' && left >= 0 && left <= fresh.ms
    return freshSnapshot(isKnown ? { ...fresh, left } : fresh)
  },
})

class Stopwatch implements Overseer {
  readonly #self: AnyActorRef
  readonly #done: () => void
  readonly #works = new Set<Ongoing>()
  #waiting = 0
  #left: number
  /** Since when it runs; it stands still without. */
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

  begin(work: Ongoing): void {
    this.#works.add(work)
    this.#look()
  }

  end(work: Ongoing): void {
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

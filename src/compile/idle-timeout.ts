import type { AnyActorRef } from 'xstate'
import { restartOnRestore, type Resumable } from '../border/restore.ts'
import { observeWork, type OngoingWork, type WorkObserver } from './work-observers.ts'
import { callAt, now } from './timer.ts'
import { type WaitLogic, waitLogic } from './wait-logic.ts'
import { parentOf } from '../border/actors.ts'

/**
 * The actor `PATH#idle`: it ends when the function at this path has had no activity for `ms`. Activity is any emitted
 * event; in a composite also the start and end of a leaf. `own`: the function is a leaf itself. A composite in which all
 * leaves wait (for external events, limits, retries) is not idle.
 */
export const idleTimeout = (path: string, own: boolean): WaitLogic<{ ms: number }> & Resumable =>
  restartOnRestore(
    waitLogic(({ ms }, { self, done }) => {
      const parent = parentOf(self) as AnyActorRef
      const watch = new IdleWatch(self, { ms, own, done })
      const leave = observeWork(parent, path, watch)
      // Custom actor logic has no `ctx`: its emitted events and snapshots count as activity.
      if (own) queueMicrotask(() => observeActor(parent, path, watch))
      return () => {
        leave()
        watch.stop()
      }
    }),
  )

function observeActor(parent: AnyActorRef, path: string, watch: IdleWatch): void {
  const { children } = parent.getSnapshot() as { children: Record<string, AnyActorRef | undefined> }
  const hear = () => watch.hear()
  children[path]?.on('*', hear)
  children[path]?.subscribe({ next: hear, error: () => {} })
}

type IdleOptions = { ms: number; own: boolean; done: () => void }

/** Stores the time of the last activity, and checks it when the timer fires: a timer per token would be expensive. */
class IdleWatch implements WorkObserver {
  readonly #self: AnyActorRef
  readonly #options: IdleOptions
  readonly #works = new Set<OngoingWork>()
  #heard: number
  #callOff: (() => void) | undefined

  constructor(self: AnyActorRef, options: IdleOptions) {
    this.#self = self
    this.#options = options
    this.#heard = now(self)
    if (options.own) this.#wait()
  }

  begin(work: OngoingWork): void {
    this.#works.add(work)
    this.hear()
    if (!this.#callOff) this.#wait()
  }

  end(work: OngoingWork): void {
    this.#works.delete(work)
    this.hear()
  }

  hear(): void {
    this.#heard = now(this.#self)
  }

  stop(): void {
    this.#callOff?.()
  }

  #wait(): void {
    this.#callOff = callAt(this.#self, this.#heard + this.#options.ms, () => this.#look())
  }

  #look(): void {
    this.#callOff = undefined
    if (!this.#isAtWork()) return
    if (now(this.#self) < this.#heard + this.#options.ms) this.#wait()
    else this.#options.done()
  }

  #isAtWork(): boolean {
    for (const work of this.#works) if (!work.isActive) this.#works.delete(work)
    return this.#options.own || this.#works.size > 0
  }
}

import type { AnyActorRef } from 'xstate'
import { restartOnRestore, type Resumable } from '../border/restore.ts'
import { type Ongoing, oversee, type Overseer } from './overseeing.ts'
import { callAt, now } from './timer.ts'
import { type WaitLogic, waitLogic } from './waiting.ts'

/**
 * The actor `PATH#idle`: it ends when no sign of life came from the function at this path for `ms`. Any event that a leaf
 * lets out is one; in a composite also that a leaf begins or ends. `own`: the function is a leaf itself. In a composite
 * that only waits (for events from outside, limits, another attempt) nothing is at work, and nothing can be late.
 */
export const silence = (path: string, own: boolean): WaitLogic<{ ms: number }> & Resumable =>
  restartOnRestore(
    waitLogic(({ ms }, { self, done }) => {
      const parent = self._parent as AnyActorRef
      const watch = new Watch(self, { ms, own, done })
      const leave = oversee(parent, path, watch)
      // Logic of the user's own has no `ctx`: what it emits, and each state that it comes to, is a sign as well.
      if (own) queueMicrotask(() => listen(parent, path, watch))
      return () => {
        leave()
        watch.stop()
      }
    }),
  )

function listen(parent: AnyActorRef, path: string, watch: Watch): void {
  const { children } = parent.getSnapshot() as { children: Record<string, AnyActorRef | undefined> }
  const hear = () => watch.hear()
  children[path]?.on('*', hear)
  children[path]?.subscribe({ next: hear, error: () => {} })
}

type Options = { ms: number; own: boolean; done: () => void }

/** Keeps the time of the last sign, and looks at it when the timer runs out: a timer for each token would cost much. */
class Watch implements Overseer {
  readonly #self: AnyActorRef
  readonly #options: Options
  readonly #works = new Set<Ongoing>()
  #heard: number
  #callOff: (() => void) | undefined

  constructor(self: AnyActorRef, options: Options) {
    this.#self = self
    this.#options = options
    this.#heard = now(self)
    if (options.own) this.#wait()
  }

  begin(work: Ongoing): void {
    this.#works.add(work)
    this.hear()
    if (!this.#callOff) this.#wait()
  }

  end(work: Ongoing): void {
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

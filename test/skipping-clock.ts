import type { AnyFn } from 'tinyllm'
import { createActor, toPromise } from 'xstate'

/** A clock whose timers end at once: a test sees how long is waited, in ms, and waits for none of it. */
export class SkippingClock {
  readonly waits: number[] = []
  #now = 0

  readonly now = (): number => this.#now

  readonly setTimeout = (callback: () => void, ms: number): unknown => {
    this.waits.push(ms)
    return setTimeout(() => {
      this.#now += ms
      callback()
    })
  }

  readonly clearTimeout = (id: unknown): void => clearTimeout(id as NodeJS.Timeout)

  /** The output of a run by this clock. */
  async run(fn: AnyFn, input: unknown, id = 'run'): Promise<unknown> {
    return toPromise(createActor(fn.machine, { clock: this, input, id }).start())
  }
}

import type { AnyFn } from 'tinyllm'
import { type AnyActorRef, createActor, type Snapshot } from 'xstate'
import { vi } from 'vitest'

/** Work that is called and does not return before the test says so. */
export class Held<T> {
  #resolve: ((output: T) => void) | undefined = undefined

  readonly run = (): Promise<T> => new Promise((resolve) => (this.#resolve = resolve))

  /** Waits until it is called. */
  async called(): Promise<void> {
    await vi.waitFor(() => {
      if (!this.#resolve) throw new Error('It was not called.')
    })
  }

  async resolve(output: T): Promise<void> {
    await this.called()
    this.#resolve?.(output)
    this.#resolve = undefined
  }

  /** The snapshot, as JSON text, of a run that waits for this work; the run is stopped. */
  async saved(fn: AnyFn, input: unknown): Promise<string> {
    const actor = fn.start(input as never)
    await this.called()
    const snapshot = JSON.stringify(actor.getPersistedSnapshot())
    actor.stop()
    this.#resolve = undefined
    return snapshot
  }
}

export function restored(fn: AnyFn, json: string): AnyActorRef {
  const actor = createActor(fn.machine, { snapshot: JSON.parse(json) as Snapshot<unknown> })
  // Without a listener XState throws the error of a run that fails in a timer.
  actor.subscribe({ error: () => {} })
  return actor.start() as AnyActorRef
}

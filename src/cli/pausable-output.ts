import type { Writable } from 'node:stream'

/** Where a run is shown. It stands still while a person is asked, and then shows what was held back. */
export type PausableOutput = { write(text: string): void; hold(): void; release(): void }

export function pausableOutput(screen: Writable): PausableOutput {
  let held: string[] | undefined
  return {
    write: (text) => {
      if (held) held.push(text)
      else screen.write(text)
    },
    hold: () => {
      held ??= []
    },
    release: () => {
      const text = held?.join('')
      held = undefined
      if (text) screen.write(text)
    },
  }
}

import type { Writable } from 'node:stream'

/** The output of a run. Text that is written during a prompt is shown after it. */
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

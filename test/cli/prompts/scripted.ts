import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import type { PromptIO } from '../../../src/cli/prompts/prompt.ts'
import { Terminal } from '../../../src/cli/prompts/terminal.ts'

/** A person who types these lines; what is asked stays in `said`. */
export function scripted(lines: readonly string[]): PromptIO & { said: string; left: string[] } {
  const person = {
    said: '',
    left: [...lines],
    say: (text: string) => {
      person.said += text
    },
    read: async (prompt: string) => {
      const line = person.left.shift()
      if (line === undefined) throw new Error(`no line is left for: ${prompt}`)
      person.said += `${prompt}${line}\n`
      return line
    },
  }
  return person
}

type Options = { isTTY?: boolean; onText?: ((text: string) => void) | undefined }

/** A terminal of two streams, which types the lines one after the other, each when something is asked. */
export function terminalOf(keys: readonly string[] = [], { isTTY = true, onText }: Options = {}) {
  const input = Object.assign(new PassThrough(), { isTTY })
  const screen = Object.assign(new PassThrough(), { isTTY })
  const left = [...keys]
  const all = { interrupts: 0, text: '', left, input, terminal: undefined as unknown as Terminal }
  screen.setEncoding('utf8').on('data', (data: string) => {
    all.text += data
    onText?.(all.text)
    // The cursor is put after a prompt when that is written.
    const isAsked = /^.\[\d+G$/.test(data) && stripVTControlCharacters(all.text).endsWith(': ')
    const next = isAsked && left.shift()
    if (typeof next === 'string') setImmediate(() => input.write(next))
  })
  all.terminal = new Terminal(input, screen, () => all.interrupts++)
  return all
}

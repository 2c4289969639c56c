import { createInterface, type Interface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'

export type TerminalInput = Readable & { readonly isTTY?: boolean }
export type Screen = Writable & { readonly isTTY?: boolean }

/** The user has ended the input (Ctrl-D): there will be no more answers. */
export class EndOfInput extends Error {}

type LineReader = { line(text: string): void; end(): void }

/**
 * Reads lines of a person, one a question. The input is open only while something is asked, so that nothing keeps the
 * process alive between questions. What was typed ahead is kept for the next question.
 */
export class Terminal {
  readonly #input: TerminalInput
  readonly #screen: Screen
  readonly #interrupt: () => void
  readonly #typed: string[] = []
  #lines: Interface | undefined
  #reader: LineReader | undefined
  #hasEnded = false

  /** In raw mode Ctrl-C is a key, and no signal: `interrupt` is called for it. */
  constructor(input: TerminalInput, screen: Screen, interrupt: () => void) {
    this.#input = input
    this.#screen = screen
    this.#interrupt = interrupt
  }

  /** Whether the user can be prompted: input and output are terminals, and the input has not ended. */
  get isThere(): boolean {
    return Boolean(this.#input.isTTY && this.#screen.isTTY) && !this.#hasEnded && !this.#input.readableEnded
  }

  say(text: string): void {
    this.#screen.write(text)
  }

  /** The next line. Rejects with the reason of the signal when that is aborted, and with `EndOfInput`. */
  read(prompt: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        // What was typed ahead was meant for what is no longer asked.
        this.#typed.length = 0
        return reject(signal.reason as Error)
      }
      const ahead = this.#typed.shift()
      if (ahead !== undefined) {
        this.say(`${prompt}${ahead}\n`)
        return resolve(ahead)
      }
      const forget = () => {
        signal.removeEventListener('abort', abort)
        this.#reader = undefined
      }
      const abort = () => {
        forget()
        this.say('\n')
        this.close()
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', abort)
      this.#reader = {
        line: (text) => {
          forget()
          resolve(text)
        },
        end: () => {
          forget()
          reject(new EndOfInput())
        },
      }
      const lines = this.#open()
      lines.setPrompt(prompt)
      lines.prompt()
    })
  }

  /** Leaves the input alone until something is asked again. */
  close(): void {
    const lines = this.#lines
    this.#lines = undefined
    lines?.close()
  }

  #open(): Interface {
    if (this.#lines) return this.#lines
    const lines = createInterface({ input: this.#input, output: this.#screen, historySize: 0 })
    this.#lines = lines
    lines.on('line', (text) => (this.#reader ? this.#reader.line(text) : this.#typed.push(text)))
    lines.on('SIGINT', this.#interrupt)
    lines.once('close', () => {
      if (this.#lines !== lines) return
      this.#lines = undefined
      this.#hasEnded = true
      this.say('\n')
      this.#reader?.end()
    })
    return lines
  }
}

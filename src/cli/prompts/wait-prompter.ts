import { setImmediate } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import type { PausableOutput } from '../pausable-output.ts'
import type { PromptIO } from './prompt.ts'
import type { PreparedAnswers } from './prepared-answers.ts'
import { promptEvent, showWait } from './prompt-event.ts'
import { escapeControls } from './format-value.ts'
import { EndOfInput, type Terminal } from './terminal.ts'
import { type EventAnswer, waitKey, type PromptedWait } from './prompted-wait.ts'

/** A run that can be answered. */
export type AnswerableRun = {
  waits(): readonly PromptedWait[]
  /** Why the run did not take it, if it did not. */
  send(answer: EventAnswer): string | undefined
}
type WaitPrompterOptions = {
  readonly run: AnswerableRun
  readonly terminal: Terminal
  readonly prepared: PreparedAnswers
  readonly paper: PausableOutput
  /** All that waits now has no answer here, neither prepared nor from a person. */
  onUnanswered(waits: readonly PromptedWait[]): void
  onFailure(error: unknown): void
}

/** A question was taken away: its wait has ended in another way. */
class WaitEnded extends Error {}

/** Answers what a run waits for: with what was prepared, then by asking a person, one wait after the other. */
export class WaitPrompter {
  readonly #parts: WaitPrompterOptions
  #work: Promise<void> | undefined
  #mayWait = false
  #open: { readonly wait: PromptedWait; readonly control: AbortController } | undefined
  /** The wait that was shown last. */
  #shown: string | undefined
  /** Those that are to be asked about after the others. */
  #later: readonly string[] = []

  constructor(parts: WaitPrompterOptions) {
    this.#parts = parts
  }

  /** Hears each event of the run, to see where it begins to wait and where it no longer does. */
  on(event: { readonly type: string; readonly path?: unknown }): void {
    if (event.type === 'waiting') this.#mayWait = true
    else if (event.type !== 'state' || !this.#mayWait) return
    const { wait, control } = this.#open ?? {}
    if (wait && !isAround(String(event.path), wait.path)) return
    if (wait && !this.#isThere(wait)) control?.abort(new WaitEnded())
    this.#work ??= this.#begin()
  }

  /** The run has ended; so has every wait. Comes when the last question is off the screen. */
  async end(): Promise<void> {
    this.#open?.control.abort(new WaitEnded())
    await this.#work
  }

  async #begin(): Promise<void> {
    try {
      await this.#answer()
    } catch (error) {
      this.#parts.onFailure(error)
    }
  }

  async #answer(): Promise<void> {
    const { run, terminal, prepared, paper, onUnanswered } = this.#parts
    let waits: readonly PromptedWait[]
    try {
      for (;;) {
        // By then, all that waits from this moment on does.
        await setImmediate()
        waits = run.waits()
        const [first] = waits
        if (!first) break
        const answer = prepared.take(waits)
        if (answer) this.#sendPrepared(answer)
        else if (terminal.isThere) await this.#ask(this.#next(waits) ?? first, waits)
        else break
      }
    } finally {
      this.#work = undefined
      terminal.close()
      paper.release()
    }
    this.#mayWait = waits.length > 0
    if (this.#mayWait) onUnanswered(waits)
  }

  #sendPrepared(answer: EventAnswer): void {
    const { run, prepared } = this.#parts
    const reason = run.send(answer)
    if (reason !== undefined) throw new CliError(`${prepared.last} (${answer.type}) was rejected: ${reason}`)
  }

  /** The first that was not put off, or the first that was. */
  #next(waits: readonly PromptedWait[]): PromptedWait | undefined {
    const [soonest] = this.#later
    return waits.find((each) => !this.#later.includes(waitKey(each))) ?? waits.find((each) => waitKey(each) === soonest)
  }

  async #ask(wait: PromptedWait, waits: readonly PromptedWait[]): Promise<void> {
    const { run, terminal, paper } = this.#parts
    const control = new AbortController()
    const person: PromptIO = {
      say: (text) => terminal.say(text),
      read: (prompt) => terminal.read(prompt, control.signal),
    }
    paper.hold()
    this.#open = { wait, control }
    try {
      if (this.#shown !== waitKey(wait)) showWait(person, wait)
      this.#shown = waitKey(wait)
      const identity = waitKey(wait)
      const others = waits.filter((each) => waitKey(each) !== identity)
      const answer = await promptEvent(person, wait, others)
      control.signal.throwIfAborted()
      this.#later = this.#later.filter((each) => each !== identity)
      if (!answer) {
        this.#later = [...this.#later, identity]
        return
      }
      const reason = run.send(answer)
      if (reason === undefined) this.#shown = undefined
      else person.say(`  ✖ ${escapeControls(reason)}\n`)
    } catch (error) {
      if (error instanceof WaitEnded) person.say(`  ${wait.path} no longer waits.\n`)
      else if (!(error instanceof EndOfInput)) throw error
    } finally {
      this.#open = undefined
    }
  }

  #isThere(wait: PromptedWait): boolean {
    const identity = waitKey(wait)
    return this.#parts.run.waits().some((each) => waitKey(each) === identity)
  }
}

/** Whether a function is that of a path, or around it. */
const isAround = (path: string, inner: string): boolean =>
  path === inner || inner.startsWith(`${path}.`) || inner.startsWith(`${path}[`)

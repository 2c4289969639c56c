import type { App } from './app.ts'

/** What became of an event that this page has sent; `at` is a clock time. */
export type SentEvent =
  | { readonly state: 'sending' }
  | { readonly state: 'taken'; readonly type: string; readonly path: string | undefined; readonly at: string }
  | { readonly state: 'refused'; readonly reason: string; readonly code?: string }
type Outgoing = { readonly type: string; readonly path?: string }

/** The events that this page has sent, each by the form that it came from. */
export class SentEvents {
  readonly #app: App
  readonly #sendings = new Map<string, SentEvent>()
  /** The run and what was taken there last. */
  #last: { readonly run: string; readonly sending: SentEvent & { state: 'taken' } } | undefined

  constructor(app: App) {
    this.#app = app
  }

  of(form: string): SentEvent | undefined {
    return this.#sendings.get(form)
  }

  /** What was taken last in the shown run: its form is gone by then. */
  get last(): (SentEvent & { state: 'taken' }) | undefined {
    return this.#last?.run === this.#app.run ? this.#last?.sending : undefined
  }

  /** Whether the form of a rejected event already shows this reason. */
  isShown(reason: string): boolean {
    return [...this.#sendings.values()].some((one) => one.state === 'refused' && one.reason === reason)
  }

  async send(form: string, actor: number, event: Outgoing): Promise<void> {
    const app = this.#app
    const { run = '', link } = app
    if (!link) return
    this.#say(form, { state: 'sending' })
    const answer = await link.send(run, actor, event)
    if (answer.taken) {
      const at = new Date().toLocaleTimeString([], { hour12: false })
      const sending = { state: 'taken', type: event.type, path: event.path, at } as const
      this.#last = { run, sending }
      this.#say(form, sending)
    } else {
      const { reason, code } = answer
      this.#say(form, { state: 'refused', reason, ...(code !== undefined && { code }) })
    }
  }

  #say(form: string, sending: SentEvent): void {
    this.#sendings.set(form, sending)
    this.#app.changed()
  }
}

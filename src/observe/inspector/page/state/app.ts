import type { ActorView, NodeView, RunView } from '../../journal/run-view.ts'
import type { Line, RunSummary } from '../../journal/line.ts'
import type { RejectedEvent } from '../../journal/outside-events.ts'
import { collapseLarge } from '../../layout/layout.ts'
import { SentEvents } from './sent-events.ts'
import { Journal, summarize } from './journals.ts'

export type Tab = 'state' | 'sequence' | 'events' | 'compare'
export type Selection = { readonly actor: number; readonly index: number }
/** How the page reaches the server; an exported file has none. */
export type Link = {
  watch(run: string): void
  /** Returns whether the event was accepted. */
  send(run: string, actor: number, event: { type: string }): Promise<SendResult>
}
/** Whether an event was accepted; if not, the reason and the code of the `refused` event. */
export type SendResult =
  | { readonly taken: true }
  | { readonly taken: false; readonly reason: string; readonly code?: string }

/** Everything that the page shows. A caller that changes it calls `changed`, which renders once a frame. */
export class App {
  runs: RunSummary[] = []
  readonly journals = new Map<string, Journal>()
  run: string | undefined
  /** The run beside it. */
  other: string | undefined
  actor = 0
  /** The lines that are shown; undefined is live: all of them, and those to come. */
  cursor: number | undefined
  selected: Selection | undefined
  search = ''
  follow = true
  tab: Tab = 'state'
  help = false
  notice: string | undefined
  connection: 'connecting' | 'open' | 'lost' | 'none' = 'connecting'
  link: Link | undefined
  readonly answers = new SentEvents(this)
  /** Counts what changes the layout. */
  shape = 0
  readonly #collapsed = new Map<string, Set<number>>()
  readonly #talking = new Map<string, Set<number>>()
  #past: { run: string; cursor: number; view: RunView } | undefined
  /** Whether the person has chosen a run; until then the newest is shown. */
  #chosen = false
  #paint: () => void = () => {}
  #asked = false

  onChange(paint: () => void): void {
    this.#paint = paint
  }

  changed(): void {
    if (this.#asked) return
    this.#asked = true
    requestAnimationFrame(() => {
      this.#asked = false
      this.#paint()
    })
  }

  get journal(): Journal | undefined {
    return this.run === undefined ? undefined : this.journals.get(this.run)
  }

  get live(): boolean {
    return this.cursor === undefined
  }

  /** The run at the time that is shown. */
  get view(): RunView | undefined {
    const { journal, cursor, run } = this
    if (!journal || run === undefined || cursor === undefined) return journal?.view
    if (this.#past?.run !== run || this.#past.cursor !== cursor)
      this.#past = { run, cursor, view: journal.after(cursor) }
    return this.#past.view
  }

  get actorView(): ActorView | undefined {
    const known = this.view?.actors.get(this.actor)
    const later = known ? undefined : this.journal?.view.actors.get(this.actor)
    // Before its first step a chart is there already, only nothing of it has happened.
    return later ? { ...later, status: 'active', active: new Set(), nodes: new Map() } : known
  }

  /** Whether time goes on in what is shown. */
  get ticking(): boolean {
    return this.live && this.view?.actors.get(0)?.status === 'active' && this.connection === 'open'
  }

  /** The time that is shown, in ms since the run's start. */
  now(): number {
    const { view } = this
    if (!view) return 0
    return this.ticking ? Math.max(view.t, Date.now() - view.at) : view.t
  }

  setRuns(runs: readonly RunSummary[]): void {
    this.runs = [...runs]
    const newest = runs.at(-1)
    if (newest && !this.#chosen && newest.run !== this.run) this.show(newest.run)
    this.changed()
  }

  /** Shows a run; `chosen` by a person, it stays. */
  show(run: string, chosen = false): void {
    this.#chosen ||= chosen
    if (this.run === run) return
    Object.assign(this, { run, actor: 0, cursor: undefined, selected: undefined })
    this.#need(run)
    this.shape++
    this.changed()
  }

  compareWith(run: string | undefined): void {
    this.other = run
    if (run !== undefined) this.#need(run)
    this.changed()
  }

  #need(run: string): void {
    if (this.journals.has(run)) return
    this.journals.set(run, new Journal())
    this.link?.watch(run)
  }

  /** After a lost connection the server sends every line again. */
  forget(): void {
    for (const run of this.journals.keys()) {
      this.journals.set(run, new Journal())
      this.link?.watch(run)
    }
  }

  add(lines: readonly Line[]): void {
    for (const line of lines) {
      let journal = this.journals.get(line.run)
      if (!journal) this.journals.set(line.run, (journal = new Journal()))
      const known = journal.view.refusals.at(-1)
      journal.add(line)
      if (line.type === 'chart') this.shape++
      const refusal = journal.view.refusals.at(-1)
      if (refusal !== known && this.live && line.run === this.run) this.#refused(refusal)
      if (line.type === 'token')
        this.#talks(line.run, line.actor, journal.view.actors.get(line.actor)?.chart?.byPath.get(line.path))
    }
    this.changed()
  }

  /** A rejected event of another sender; the page's own are shown at their form. */
  #refused(refusal: RejectedEvent | undefined): void {
    if (!refusal || this.answers.isShown(refusal.reason)) return
    this.notice = `Rejected: ${refusal.type}. ${refusal.reason}`
  }

  /** Shows what was read from a file. */
  open(lines: readonly Line[]): void {
    this.connection = 'none'
    this.journals.clear()
    this.add(lines)
    this.runs = summarize(lines)
    this.#chosen = false
    this.run = undefined
    this.setRuns(this.runs)
  }

  seek(cursor: number | undefined): void {
    const most = this.journal?.lines.length ?? 0
    this.cursor = cursor === undefined || cursor > most ? undefined : Math.max(1, cursor)
    this.changed()
  }

  select(place: Selection | undefined): void {
    this.selected = place
    if (place) this.tab = this.tab === 'compare' ? 'compare' : 'state'
    this.changed()
  }

  showActor(actor: number): void {
    this.actor = actor
    this.selected = undefined
    this.shape++
    this.changed()
  }

  /** From an item to the state that has started it. */
  back(place: Selection): void {
    this.showActor(place.actor)
    this.select(place)
  }

  /** The composites of the shown chart that are folded up. */
  get collapsed(): Set<number> {
    const key = `${this.run}:${this.actor}`
    const known = this.#collapsed.get(key)
    if (known) return known
    const chart = this.actorView?.chart
    const made = chart?.isTinyllm ? collapseLarge(chart) : new Set<number>()
    if (chart) this.#collapsed.set(key, made)
    return made
  }

  toggle(index: number): void {
    const { collapsed } = this
    if (!collapsed.delete(index)) collapsed.add(index)
    this.shape++
    this.changed()
  }

  /** Opens everything, or folds up all that can be. */
  toggleAll(): void {
    const { collapsed, actorView } = this
    const chart = actorView?.chart
    if (!chart) return
    const composites = chart.drawn.filter((index) => index !== 0 && (chart.states[index]?.inside.length ?? 0) > 0)
    if (collapsed.size > 0) collapsed.clear()
    else for (const index of composites) collapsed.add(index)
    this.shape++
    this.changed()
  }

  /** The functions that stream text, in any of the run's time: their boxes do not change their size when one looks back. */
  get talking(): ReadonlySet<number> {
    return this.#talking.get(`${this.run}:${this.actor}`) ?? NO_STATES
  }

  #talks(run: string, actor: number, index: number | undefined): void {
    if (index === undefined) return
    const key = `${run}:${actor}`
    const known = this.#talking.get(key) ?? new Set<number>()
    if (known.has(index)) return
    this.#talking.set(key, known.add(index))
    this.shape++
  }

  /** What is selected, or else what runs. */
  get focus(): Selection | undefined {
    if (this.selected) return this.selected
    const { actorView } = this
    if (!actorView?.chart) return undefined
    const { chart, nodes, status } = actorView
    const leaf = (index: number) => (chart.states[index]?.inside.length ?? 0) === 0
    const isBusy = ([index, node]: [number, NodeView]) =>
      leaf(index) && (actorView.active.has(index) || BUSY_STATES.has(node.state))
    const all = status === 'active' ? [...nodes].filter(isBusy) : []
    // What waits for a person comes first.
    const waits = all.filter(([index, { state }]) => chart.states[index]?.waits || WAITING_STATES.has(state))
    const busy = (waits.at(-1) ?? all.at(-1))?.[0]
    return { actor: actorView.actor, index: busy ?? 0 }
  }
}

const NO_STATES: ReadonlySet<number> = new Set()
/** Of a call of a tool, or of the tool. */
const WAITING_STATES: ReadonlySet<string> = new Set(['waitingForApproval', 'waitingForEvent'])
const BUSY_STATES: ReadonlySet<string> = new Set([
  ...WAITING_STATES,
  'queued',
  'running',
  'waitingForLimit',
  'waitingToRetry',
  'processingOutput',
  'validatingInput',
  'validatingOutput',
])

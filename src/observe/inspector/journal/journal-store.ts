import type { ActorStatus, Line, RunSummary } from './line.ts'

/** What is kept of ended runs: the oldest go first, always as a whole. */
export type StoreLimits = { readonly runs: number; readonly characters: number }
/** In ms. */
const WRITE_INTERVAL = 25
type StoredRun = { summary: RunSummary; rows: string[]; characters: number }
type RowListener = (run: string, row: string) => void

/** All runs that a viewer can look at, each as the rows of its journal. */
export class JournalStore {
  readonly #runs = new Map<string, StoredRun>()
  readonly #listeners = new Set<RowListener>()
  readonly #limits: StoreLimits
  #waiting: Line[] = []
  #timer: NodeJS.Timeout | undefined
  #characters = 0

  constructor(limits: StoreLimits = { runs: 200, characters: 256e6 }) {
    this.#limits = limits
  }

  write = (line: Line): void => {
    if (line.type === 'run') {
      const { run, name, id, at } = line
      this.#runs.set(run, { summary: { run, name, id, at, status: 'active' }, rows: [], characters: 0 })
      this.#forget()
    }
    const kept = this.#runs.get(line.run)
    if (!kept) return
    this.#waiting.push(line)
    if (line.type === 'end' && line.actor === 0) this.#end(kept, line.status)
    this.#timer ??= setTimeout(this.flush, WRITE_INTERVAL).unref()
  }

  /** Serializes the lines that were written. This happens in batches, so that the run does not wait for it. */
  flush = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#waiting
    this.#waiting = []
    for (const line of lines) {
      const kept = this.#runs.get(line.run)
      if (!kept) continue
      try {
        const row = JSON.stringify(line)
        kept.rows.push(row)
        kept.characters += row.length
        this.#characters += row.length
        for (const listener of this.#listeners) listener(line.run, row)
      } catch {
        // In a timer a throw would end the process; what cannot be written or sent is left out.
      }
    }
  }

  /** Calls back for each row as it is written; returns how to end that. */
  listen(listener: RowListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  summaries(): RunSummary[] {
    return Array.from(this.#runs.values(), (kept) => kept.summary)
  }

  /** Every row of a run so far. */
  rows(run: string): readonly string[] | undefined {
    this.flush()
    return this.#runs.get(run)?.rows
  }

  #end(kept: StoredRun, status: ActorStatus): void {
    kept.summary = { ...kept.summary, status }
  }

  #forget(): void {
    for (const [run, { summary, characters }] of this.#runs) {
      if (this.#runs.size <= this.#limits.runs && this.#characters <= this.#limits.characters) return
      if (summary.status === 'active') continue
      this.#runs.delete(run)
      this.#characters -= characters
    }
  }
}

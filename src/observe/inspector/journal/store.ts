import type { ActorStatus, Line, RunSummary } from './line.ts'

/** What is kept of ended runs: the oldest go first, always as a whole. */
export type Limits = { readonly runs: number; readonly characters: number }
type Kept = { summary: RunSummary; rows: string[]; characters: number }
type Listener = (run: string, row: string) => void

/** All runs that a viewer can look at, each as the rows of its journal. */
export class JournalStore {
  readonly #runs = new Map<string, Kept>()
  readonly #listeners = new Set<Listener>()
  readonly #limits: Limits
  #characters = 0

  constructor(limits: Limits = { runs: 200, characters: 256e6 }) {
    this.#limits = limits
  }

  write = (line: Line): void => {
    const row = JSON.stringify(line)
    if (line.type === 'run') {
      const { run, name, id, at } = line
      this.#runs.set(run, { summary: { run, name, id, at, status: 'active' }, rows: [], characters: 0 })
      this.#forget()
    }
    const kept = this.#runs.get(line.run)
    if (!kept) return
    kept.rows.push(row)
    kept.characters += row.length
    this.#characters += row.length
    if (line.type === 'end' && line.actor === 0) this.#end(kept, line.status)
    for (const listener of this.#listeners) listener(line.run, row)
  }

  /** Calls back for each row as it is written; returns how to end that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  summaries(): RunSummary[] {
    return Array.from(this.#runs.values(), (kept) => kept.summary)
  }

  /** Every row of a run so far. */
  rows(run: string): readonly string[] | undefined {
    return this.#runs.get(run)?.rows
  }

  #end(kept: Kept, status: ActorStatus): void {
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

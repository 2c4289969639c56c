import { fold, newRun, type RunView } from '../../journal/fold.ts'
import type { Line, RunSummary } from '../../journal/line.ts'

/** The lines of one run as far as they are here, and the run after all of them. */
export class Journal {
  readonly lines: Line[] = []
  readonly view: RunView = newRun()

  add(line: Line): void {
    this.lines.push(line)
    fold(this.view, line)
  }

  /** The run as it was after so many of its lines. */
  after(count: number): RunView {
    const view = newRun()
    for (let at = 0; at < count; at++) fold(view, this.lines[at] as Line)
    return view
  }

  /** How many lines there were at that time, in ms since the run's start. */
  countAt(t: number): number {
    let low = 0
    let high = this.lines.length
    while (low < high) {
      const middle = (low + high) >> 1
      const line = this.lines[middle] as Line
      if (('t' in line ? line.t : 0) <= t) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The runs of a journal that was read from a file. */
export function summarize(lines: readonly Line[]): RunSummary[] {
  const runs = new Map<string, RunSummary>()
  for (const line of lines) {
    if (line.type === 'run') {
      const { run, name, id, at } = line
      runs.set(run, { run, name, id, at, status: 'active' })
    } else if (line.type === 'end' && line.actor === 0) {
      const known = runs.get(line.run)
      if (known) runs.set(line.run, { ...known, status: line.status })
    }
  }
  return [...runs.values()]
}

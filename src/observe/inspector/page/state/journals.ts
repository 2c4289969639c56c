import { copyRun } from '../../journal/copy-run.ts'
import { fold } from '../../journal/fold.ts'
import { newRun, type RunView } from '../../journal/run-view.ts'
import type { Line, RunSummary } from '../../journal/line.ts'

/** In lines. */
const STEP = 500

/** The lines of one run as far as they are here, and the run after all of them. */
export class Journal {
  readonly lines: Line[] = []
  readonly view: RunView = newRun()
  readonly #marks: RunView[] = [newRun()]

  add(line: Line): void {
    this.lines.push(line)
    fold(this.view, line)
  }

  /** The run as it was after so many of its lines. */
  after(count: number): RunView {
    const mark = Math.floor(count / STEP)
    const view = copyRun(this.#mark(mark))
    for (let at = mark * STEP; at < count; at++) fold(view, this.lines[at] as Line)
    return view
  }

  /** The run at every so many lines, so that a look back need not begin at the beginning. */
  #mark(number: number): RunView {
    let known = Math.min(number, this.#marks.length - 1)
    while (known < number) {
      const view = copyRun(this.#marks[known] as RunView)
      for (let at = known * STEP; at < (known + 1) * STEP; at++) fold(view, this.lines[at] as Line)
      this.#marks.push(view)
      known++
    }
    return this.#marks[number] as RunView
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

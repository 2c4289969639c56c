import type { Line } from './line.ts'

const TYPES: ReadonlySet<string> = new Set(['run', 'chart', 'actor', 'step', 'sent', 'token', 'usage', 'event', 'end'])

/**
 * The lines of a journal, from JSONL or from a run that was exported as HTML. Throws, with the number of the line, on
 * what is no journal.
 *
 * @example
 * const lines = parseJournal(await readFile('run.jsonl', 'utf8'))
 */
export function parseJournal(text: string): Line[] {
  const [, embedded] = /<script type="application\/json" id="journal">([\s\S]*?)<\/script>/.exec(text) ?? []
  const rows =
    embedded === undefined ? text.split('\n') : (JSON.parse(embedded) as unknown[]).map((row) => JSON.stringify(row))
  return rows.flatMap((row, index) => {
    if (row.trim() === '') return []
    const line = parse(row)
    if (line) return [line]
    // A process that was killed may have left half a line at the end.
    if (index === rows.length - 1 && index > 0) return []
    throw new Error(
      `Line ${index + 1} is no line of a journal. Give a file that was written with { record } or exported from the page.`,
    )
  })
}

function parse(row: string): Line | undefined {
  try {
    const line = JSON.parse(row) as Partial<Line> | null
    return typeof line?.type === 'string' && TYPES.has(line.type) && typeof line.run === 'string'
      ? (line as Line)
      : undefined
  } catch {
    return undefined
  }
}

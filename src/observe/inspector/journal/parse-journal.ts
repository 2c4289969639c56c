import type { Line } from './line.ts'

const LINE_TYPES: ReadonlySet<string> = new Set([
  'run',
  'chart',
  'actor',
  'step',
  'sent',
  'token',
  'usage',
  'event',
  'end',
])

/**
 * The lines of a journal, from JSONL or from a run that was exported as HTML. Throws, with the number of the line, on
 * what is not a journal.
 *
 * @example
 * const lines = parseJournal(await readFile('run.jsonl', 'utf8'))
 */
export function parseJournal(text: string): Line[] {
  const [, behind] = cutAt(text, '<script type="application/json" id="journal">')
  const [embedded, rest] = cutAt(behind ?? '', '</script>')
  const rows =
    rest === undefined ? text.split('\n') : (JSON.parse(embedded) as unknown[]).map((row) => JSON.stringify(row))
  return rows.flatMap((row, index) => {
    if (row.trim() === '') return []
    const line = parse(row)
    if (line) return [line]
    // A process that was killed may have left half a line at the end.
    if (index === rows.length - 1 && index > 0) return []
    throw new Error(
      `Line ${index + 1} is not a line of a journal. Give a file that was written with { record } or exported from the page.`,
    )
  })
}

/** What stands before a mark and behind it, where there is one. */
function cutAt(text: string, mark: string): [before: string, behind?: string] {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

function parse(row: string): Line | undefined {
  try {
    const line = JSON.parse(row) as Partial<Line> | null
    return typeof line?.type === 'string' && LINE_TYPES.has(line.type) && typeof line.run === 'string'
      ? (line as Line)
      : undefined
  } catch {
    return undefined
  }
}

/** Three digits that matter, and thousands apart: 0.062, 3.21, 45.2, 8,773. */
export function number(value) {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en', { minimumFractionDigits: Math.min(digits, 3), maximumFractionDigits: digits })
}

/** Minimum and median, in µs for one of `units`; how many rounds if they are few; or why there is none. */
export function cell(result, units = 1) {
  if (!result) return '–'
  if (result.leftOut) return `over ${Math.floor(result.leftOut / 1000) || '<1'} s, left out`
  const [min, median] = [result.clock.min, result.clock.median].map((ms) => number((ms * 1000) / units))
  return result.rounds === 1 ? `${min} (once)` : `${min} / ${median}`
}

export const kilobytes = (bytes) => number(bytes / 1000)

/** A Markdown table; the first column is text, the others are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

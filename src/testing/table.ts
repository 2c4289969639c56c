import type { CoverReport } from './report.ts'
import { type ChartCoverage, tally } from './tally.ts'

type Parts = Pick<CoverReport, 'paths' | 'missing' | 'forced' | 'states' | 'transitions'> & {
  readonly bound: readonly string[]
}

/** A report as a text: a row for each function, and below it whatever was not as it should be. */
export function tableOf(charts: readonly ChartCoverage[], parts: Parts): string {
  const { paths, missing, forced, bound, states, transitions } = parts
  const rows = charts
    .flatMap(tally)
    .map((each) => [indented(each.path), fraction(each.states), fraction(each.transitions)])
  const wrong = paths.filter(({ problem }) => problem !== undefined)
  const went = wrong.length === 0 ? 'all end where the chart says' : `${wrong.length} do not go as the chart says`
  return [
    `${paths.length} paths, ${went}`,
    '',
    ...aligned([['', 'states  ', 'transitions  '], ...rows, ['', `${states} %  `, `${transitions} %  `]]),
    ...section(
      'not as the chart says',
      wrong.map(({ description, problem }) => `${description}: ${problem}`),
    ),
    ...section('never reached', missing),
    ...section('made to fail, since no value was found with which they do', [...new Set(forced)]),
    ...section('bounds', bound),
  ].join('\n')
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', `${title}:`, ...lines.map((line) => `  ${line}`)] : []

function indented(path: string): string {
  const keys = path.split('.')
  return `${'  '.repeat(keys.length - 1)}${keys.at(-1)}`
}

const fraction = ([covered, total]: readonly [number, number]): string =>
  `${covered}/${total}${covered < total ? ' ✗' : '  '}`

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([name = '', ...rest]) =>
    [name.padEnd(widths[0] ?? 0), ...rest.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))]
      .join('  ')
      .trimEnd(),
  )
}

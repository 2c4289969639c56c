import type { Part } from '../../analysis/definition.ts'
import type { CoverReport } from './report.ts'
import { type ChartCoverage, tally } from './count.ts'
import { arrowName, isFunction, localOf } from '../../analysis/chart/transition-table.ts'

type Parts = Pick<CoverReport, 'paths' | 'forced' | 'states' | 'transitions'> & {
  readonly bound: readonly string[]
}

/** A report as a text: a row for each function, and below it whatever was not as it should be. */
export function tableOf(charts: readonly ChartCoverage[], parts: Parts): string {
  const { paths, forced, bound, states, transitions } = parts
  // The first chart is that of the whole, and its definition knows what stands in the others too.
  const names = charts[0]?.model.parts
  const rows = charts
    .flatMap(tally)
    .map((each) => [indented(each.path, names), fraction(each.states), fraction(each.transitions)])
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
    ...section(
      'never reached',
      charts.flatMap((chart) => neverReached(chart, names)),
    ),
    ...section('forced to fail, because no value was found that makes them fail', [...new Set(forced)]),
    ...section('bounds', bound),
  ].join('\n')
}

type Names = ReadonlyMap<string, Part> | undefined

/** What lies behind something that was not reached is not said again. */
function neverReached({ at, model: { root, inventory }, states, transitions }: ChartCoverage, names: Names): string[] {
  const { states: all, arrows } = inventory
  const gone = new Set(states.missing)
  const here = (path: string) => {
    const full = at + path.slice(root.path.length)
    return names?.get(full)?.named ?? full
  }
  const functions = [...all.keys()].filter((id) => gone.has(id) && isFunction(id, inventory))
  const behind = (id: string) => functions.some((each) => id === each || id.startsWith(`${each}.`))
  const top = functions.filter((id) => !functions.some((each) => id.startsWith(`${each}.`)))
  return [
    ...top.map((id) => here(all.get(id) ?? id)),
    ...states.missing.filter((id) => !behind(id)).map((id) => `${here(all.get(id) ?? id)}: ${localOf(id)}`),
    ...transitions.missing.flatMap((id) => {
      const arrow = arrows.get(id)
      return arrow && !behind(arrow.from) ? [`${here(arrow.path)}: ${arrowName(arrow, inventory)}`] : []
    }),
  ]
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', `${title}:`, ...lines.map((line) => `  ${line}`)] : []

function indented(path: string, names: Names): string {
  const keys = path.split('.')
  return `${'  '.repeat(keys.length - 1)}${names?.get(path)?.label ?? keys.at(-1)}`
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

import { isFunctionState, localStateName, transitionLabel } from '../../analysis/chart/transition-table.ts'
import type { Definition } from '../../analysis/definition.ts'
import { type ChartCoverage, countByFunction } from './count.ts'

/** Results of all charts together; percentages, and lists without repetitions. */
type Summary = {
  readonly paths: readonly { readonly description: string; readonly problem?: string | undefined }[]
  readonly forced: readonly string[]
  readonly bounds: readonly string[]
  readonly states: number
  readonly transitions: number
}

/** A coverage report as a text: a row for each function, then the problems, the uncovered transitions and the bounds. */
export function textReport(charts: readonly ChartCoverage[], summary: Summary): string {
  const { paths, forced, bounds, states, transitions } = summary
  // The first chart is that of the pipeline: its definitions include those of the inner charts.
  const definitions = charts[0]?.model.definitions
  const rows = charts
    .flatMap(countByFunction)
    .map((each) => [indented(each.path, definitions), fraction(each.states), fraction(each.transitions)])
  const differing = paths.filter(({ problem }) => problem !== undefined)
  const result =
    differing.length === 0 ? 'every run is as the chart says' : `${differing.length} runs differ from the chart`
  return [
    `${paths.length} paths, ${result}`,
    '',
    ...aligned([['', 'states  ', 'transitions  '], ...rows, ['', `${states} %  `, `${transitions} %  `]]),
    ...section(
      'different from the chart',
      differing.map(({ description, problem }) => `${description}: ${problem}`),
    ),
    ...section(
      'never reached',
      charts.flatMap((chart) => uncovered(chart, definitions)),
    ),
    ...section('forced to throw, because no value was found that makes them throw', forced),
    ...section('bounds', bounds),
  ].join('\n')
}

type Definitions = ReadonlyMap<string, Definition> | undefined

/** The uncovered states and transitions; of a function that was never entered, only itself. */
function uncovered({ at, model: { root, table }, states, transitions }: ChartCoverage, definitions: Definitions): string[] {
  const missing = new Set(states.missing)
  const nameOf = (path: string) => {
    const full = at + path.slice(root.path.length)
    return definitions?.get(full)?.displayName ?? full
  }
  const nameOfState = (id: string) => nameOf(table.states.get(id) ?? id)
  const functions = [...table.states.keys()].filter((id) => missing.has(id) && isFunctionState(id, table))
  const isBelow = (id: string) => functions.some((each) => id.startsWith(`${each}.`))
  const isInFunction = (id: string) => functions.includes(id) || isBelow(id)
  return [
    ...functions.filter((id) => !isBelow(id)).map(nameOfState),
    ...states.missing.filter((id) => !isInFunction(id)).map((id) => `${nameOfState(id)}: ${localStateName(id)}`),
    ...transitions.missing.flatMap((id) => {
      const transition = table.transitions.get(id)
      return transition && !isInFunction(transition.from)
        ? [`${nameOf(transition.path)}: ${transitionLabel(transition, table)}`]
        : []
    }),
  ]
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', `${title}:`, ...lines.map((line) => `  ${line}`)] : []

function indented(path: string, definitions: Definitions): string {
  const keys = path.split('.')
  return `${'  '.repeat(keys.length - 1)}${definitions?.get(path)?.label ?? keys.at(-1)}`
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

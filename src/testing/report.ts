import type { AnyFn } from '../types.ts'
import type { ChartModel } from './model.ts'
import type { Path } from './paths.ts'

export type Coverage = { readonly total: number; readonly missing: readonly string[] }
/** One chart, and how far the paths went through it. */
export type ChartCoverage = {
  /** Where it stands in the pipeline. */
  readonly at: string
  readonly model: ChartModel
  readonly runs: readonly { readonly path: Path; readonly problem?: string | undefined }[]
  readonly states: Coverage
  readonly transitions: Coverage
  readonly bound?: string
}

/** What `coverPaths` gives. */
export interface CoverReport {
  readonly name: string
  /** Every run went as the chart says, and nothing was left out. */
  readonly ok: boolean
  /** In percent. */
  readonly states: number
  readonly transitions: number
  readonly paths: readonly { readonly description: string; readonly problem?: string | undefined }[]
  /** The states and transitions that no path came to, by their names in the chart. */
  readonly missing: readonly string[]
  /** What was made to fail, because no value was found with which it fails by itself. */
  readonly forced: readonly string[]
  /** Where a bound was met: what was left out. */
  readonly bound?: string | undefined
  /** Throws, with the table, unless all runs went as they should and both coverages are at least that (100 by default). */
  verify(atLeast?: number): void
  /** The table. */
  toString(): string
}

export function reportOf({ name }: AnyFn, charts: readonly ChartCoverage[]): CoverReport {
  const runs = charts.flatMap((chart) => chart.runs)
  const states = percent(charts.map((chart) => chart.states))
  const transitions = percent(charts.map((chart) => chart.transitions))
  const paths = runs.map(({ path: { description }, problem }) => ({ description, ...(problem && { problem }) }))
  const missing = charts.flatMap((chart) => [
    ...chart.states.missing,
    ...chart.transitions.missing.map((id) => drawn(chart, id)),
  ])
  const forced = runs.flatMap(({ path }) =>
    path.steps.flatMap((step) => ('breaks' in step && step.breaks ? [step.breaks] : [])),
  )
  const bound = charts.flatMap((chart) => chart.bound ?? [])
  const isSound = paths.every(({ problem }) => problem === undefined)
  const table = () => tableOf(charts, { paths, missing, forced, bound, states, transitions })
  return {
    name,
    ok: isSound && states === 100 && transitions === 100,
    states,
    transitions,
    paths,
    missing,
    forced: [...new Set(forced)],
    bound: bound.length > 0 ? bound.join('; ') : undefined,
    verify: (atLeast = 100) => {
      if (isSound && states >= atLeast && transitions >= atLeast) return
      throw new Error(`The paths of ${name} are not covered.\n${table()}`)
    },
    toString: table,
  }
}

const percent = (parts: readonly Coverage[]): number => {
  const total = parts.reduce((sum, part) => sum + part.total, 0)
  const missing = parts.reduce((sum, part) => sum + part.missing.length, 0)
  // Rounded down: 100 is said of nothing less.
  return total === 0 ? 100 : Math.floor(((total - missing) / total) * 1000) / 10
}

function drawn({ model }: ChartCoverage, id: string): string {
  const arrow = model.inventory.arrows.get(id)
  if (!arrow) return id
  const { from, to, event, guard } = arrow
  const why = [event, guard && `[${guard}]`].filter(Boolean).join(' ')
  return `${from} → ${to.join(', ') || from}${why && ` on ${why}`}`
}

type Parts = Pick<CoverReport, 'paths' | 'missing' | 'forced' | 'states' | 'transitions'> & { bound: readonly string[] }

function tableOf(
  charts: readonly ChartCoverage[],
  { paths, missing, forced, bound, states, transitions }: Parts,
): string {
  const rows = charts.flatMap(rowsOf)
  const total = ['', `${states} %`, `${transitions} %`]
  const lines = aligned([['', 'states', 'transitions'], ...rows, total])
  const wrong = paths.filter(({ problem }) => problem !== undefined)
  const went = wrong.length === 0 ? 'all end where the chart says' : `${wrong.length} do not go as the chart says`
  return [
    `${paths.length} paths, ${went}`,
    '',
    ...lines,
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

/** A row for each function of a chart. */
function rowsOf({ at, model: { root, inventory }, states, transitions }: ChartCoverage): string[][] {
  const count = (items: Iterable<readonly [string, string]>, { missing }: Coverage) => {
    const counts = new Map<string, [covered: number, total: number]>()
    const gone = new Set(missing)
    for (const [id, path] of items) {
      const [covered, total] = counts.get(path) ?? [0, 0]
      counts.set(path, [covered + (gone.has(id) ? 0 : 1), total + 1])
    }
    return counts
  }
  const byState = count(inventory.states, states)
  const byArrow = count(
    [...inventory.arrows].map(([id, { path }]) => [id, path] as const),
    transitions,
  )
  return [...byState].map(([path, [covered, total]]) => {
    const [taken, arrows] = byArrow.get(path) ?? [0, 0]
    const name = at + path.slice(root.path.length)
    return [
      `${'  '.repeat(name.split('.').length - 1)}${name.split('.').at(-1)}`,
      fraction(covered, total),
      fraction(taken, arrows),
    ]
  })
}

const fraction = (covered: number, total: number): string => `${covered}/${total}${covered < total ? ' ✗' : '  '}`

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([name = '', ...rest]) =>
    [name.padEnd(widths[0] ?? 0), ...rest.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))]
      .join('  ')
      .trimEnd(),
  )
}

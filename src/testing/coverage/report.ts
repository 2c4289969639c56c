import { numberBetween, checkNumber } from '../../border/ranges.ts'
import type { AnyFn } from '../../types.ts'
import { definitionOf } from '../../analysis/definition.ts'
import { mermaidOf } from '../../analysis/render/mermaid.ts'
import { svgOf } from '../../analysis/render/svg.ts'
import { tableOf } from './text-report.ts'
import { type ChartCoverage, type Coverage, marksOf } from './count.ts'

/** What `coverPaths` returns. */
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
  /** The chart with what was never entered standing out. */
  svg(): string
  mermaid(): string
}

export function reportOf(fn: AnyFn, charts: readonly ChartCoverage[]): CoverReport {
  const { name } = fn
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
  const table = () => tableOf(charts, { paths, forced, bound, states, transitions })
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
      checkNumber('verify', 'atLeast', atLeast, numberBetween(0, 100))
      if (isSound && states >= atLeast && transitions >= atLeast) return
      throw new Error(`The paths of ${name} are not covered.\n${table()}`)
    },
    toString: table,
    svg: () => svgOf(definitionOf(fn), marksOf(charts)),
    mermaid: () => mermaidOf(definitionOf(fn), marksOf(charts)),
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

import { renderMermaid } from '../../analysis/render/mermaid.ts'
import { renderSvg } from '../../analysis/render/svg.ts'
import { numberBetween, checkNumber } from '../../border/ranges.ts'
import type { AnyFn } from '../../types.ts'
import { definitionOf } from '../../analysis/definition.ts'
import { type ChartCoverage, coverageHighlights, percentOf } from './count.ts'
import { textReport } from './text-report.ts'

/** What `coverPaths` returns. */
export interface CoverReport {
  readonly name: string
  /** Every run was as the chart says, and every state and transition is covered. */
  readonly ok: boolean
  /** The covered states, in percent. */
  readonly states: number
  /** The covered transitions, in percent. */
  readonly transitions: number
  /** `problem`: how the run of the path differed from the chart. */
  readonly paths: readonly { readonly description: string; readonly problem?: string | undefined }[]
  /** The states and transitions that no path covers, by their ids in the chart. */
  readonly missing: readonly string[]
  /** The mappers, predicates and schemas that were made to throw, because no value was found that makes them throw. */
  readonly forced: readonly string[]
  /** Which bounds were reached (`maxPaths`, `maxStates`, `maxTime`), and what they left out. */
  readonly bound?: string | undefined
  /** Throws, with the table, where a run differs from the chart or a coverage is below `atLeast` percent (100). */
  verify(atLeast?: number): void
  /** The table. */
  toString(): string
  /** The chart as an SVG document, with the coverage of each function highlighted. */
  svg(): string
  /** The same as Mermaid source. */
  mermaid(): string
}

export function createReport(fn: AnyFn, charts: readonly ChartCoverage[]): CoverReport {
  const { name } = fn
  const runs = charts.flatMap((chart) => chart.runs)
  const states = percentOf(charts.map((chart) => chart.states))
  const transitions = percentOf(charts.map((chart) => chart.transitions))
  const paths = runs.map(({ path: { description }, problem }) => ({ description, ...(problem && { problem }) }))
  const missing = charts.flatMap((chart) => [
    ...chart.states.missing,
    ...chart.transitions.missing.map((id) => idOfTransition(chart, id)),
  ])
  const failpoints = runs.flatMap(({ path }) =>
    path.steps.flatMap((step) => ('failpoint' in step && step.failpoint ? [step.failpoint] : [])),
  )
  const forced = [...new Set(failpoints)]
  const bounds = charts.flatMap((chart) => chart.bound ?? [])
  const hasNoProblem = paths.every(({ problem }) => problem === undefined)
  const table = () => textReport(charts, { paths, forced, bounds, states, transitions })
  return {
    name,
    ok: hasNoProblem && states === 100 && transitions === 100,
    states,
    transitions,
    paths,
    missing,
    forced,
    bound: bounds.length > 0 ? bounds.join('; ') : undefined,
    verify: (atLeast = 100) => {
      checkNumber('verify', 'atLeast', atLeast, numberBetween(0, 100))
      if (hasNoProblem && states >= atLeast && transitions >= atLeast) return
      throw new Error(`The paths of ${name} are not covered.\n${table()}`)
    },
    toString: table,
    svg: () => renderSvg(definitionOf(fn), coverageHighlights(charts)),
    mermaid: () => renderMermaid(definitionOf(fn), coverageHighlights(charts)),
  }
}

function idOfTransition({ model }: ChartCoverage, id: string): string {
  const transition = model.table.transitions.get(id)
  if (!transition) return id
  const { from, to, event, guard } = transition
  const trigger = [event, guard && `[${guard}]`].filter(Boolean).join(' ')
  return `${from} → ${to.join(', ') || from}${trigger && ` on ${trigger}`}`
}

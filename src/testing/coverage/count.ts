import type { Highlight } from '../../analysis/render/highlight.ts'
import type { Path } from '../graph/paths.ts'
import type { TestModel } from '../simulation/test-model.ts'

/** The ids of all states, or transitions, of a chart counted, and those that no run covered. */
export type Coverage = { readonly total: number; readonly missing: readonly string[] }
/** The coverage of one chart: that of the pipeline, of an item of a map, or of a tool call. */
export type ChartCoverage = {
  /** The path of its root in the pipeline. */
  readonly at: string
  readonly model: TestModel
  readonly runs: readonly { readonly path: Path; readonly problem?: string | undefined }[]
  readonly states: Coverage
  readonly transitions: Coverage
  readonly bound?: string
}

type Count = readonly [covered: number, total: number]
export type FunctionCoverage = { readonly path: string; readonly states: Count; readonly transitions: Count }

export const coverageOf = (ids: Iterable<string>, covered: ReadonlySet<string>): Coverage => {
  const all = [...ids]
  return { total: all.length, missing: all.filter((id) => !covered.has(id)) }
}

/** The percentage that several charts cover together, rounded down: 100 means all. */
export function percentOf(coverages: readonly Coverage[]): number {
  const total = coverages.reduce((sum, coverage) => sum + coverage.total, 0)
  const missing = coverages.reduce((sum, coverage) => sum + coverage.missing.length, 0)
  return total === 0 ? 100 : Math.floor(((total - missing) / total) * 1000) / 10
}

/** Counts the states and transitions of each function of a chart. */
export function countByFunction({ at, model, states, transitions }: ChartCoverage): FunctionCoverage[] {
  const { root, table } = model
  const stateCounts = countByPath(table.states, states)
  const transitionCounts = countByPath(
    [...table.transitions].map(([id, { path }]) => [id, path]),
    transitions,
  )
  return [...stateCounts].map(([path, count]) => ({
    path: at + path.slice(root.path.length),
    states: count,
    transitions: transitionCounts.get(path) ?? [0, 0],
  }))
}

function countByPath(items: Iterable<readonly [id: string, path: string]>, { missing }: Coverage): Map<string, Count> {
  const counts = new Map<string, Count>()
  const uncovered = new Set(missing)
  for (const [id, path] of items) {
    const [covered, total] = counts.get(path) ?? [0, 0]
    counts.set(path, [covered + (uncovered.has(id) ? 0 : 1), total + 1])
  }
  return counts
}

/** The highlight of each function: how much of its own states and transitions is covered. */
export const coverageHighlights = (charts: readonly ChartCoverage[]): ReadonlyMap<string, Highlight> =>
  new Map(charts.flatMap(countByFunction).map(({ path, states, transitions }) => [path, highlightOf(states, transitions)]))

function highlightOf([states, allStates]: Count, [transitions, allTransitions]: Count): Highlight {
  if (states === 0) return 'missed'
  return states === allStates && transitions === allTransitions ? 'covered' : 'partly'
}

import type { ChartModel } from '../simulation/test-model.ts'
import type { Path } from '../graph/paths.ts'
import type { Mark } from '../../analysis/render/highlight.ts'

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

type Count = readonly [covered: number, total: number]
/** How much of one function was covered. */
export type Tally = { readonly path: string; readonly states: Count; readonly transitions: Count }

export function tally({ at, model: { root, inventory }, states, transitions }: ChartCoverage): Tally[] {
  const byState = counted(inventory.states, states)
  const arrows = [...inventory.arrows].map(([id, { path }]) => [id, path] as const)
  const byArrow = counted(arrows, transitions)
  return [...byState].map(([path, count]) => ({
    path: at + path.slice(root.path.length),
    states: count,
    transitions: byArrow.get(path) ?? [0, 0],
  }))
}

function counted(items: Iterable<readonly [string, string]>, { missing }: Coverage): Map<string, Count> {
  const counts = new Map<string, Count>()
  const gone = new Set(missing)
  for (const [id, path] of items) {
    const [covered, total] = counts.get(path) ?? [0, 0]
    counts.set(path, [covered + (gone.has(id) ? 0 : 1), total + 1])
  }
  return counts
}

/** How each function is marked in a picture: by its own states and transitions. */
export const marksOf = (charts: readonly ChartCoverage[]): ReadonlyMap<string, Mark> =>
  new Map(charts.flatMap(tally).map(({ path, states, transitions }) => [path, markOf(states, transitions)]))

function markOf([covered, total]: Count, [taken, arrows]: Count): Mark {
  if (covered === 0) return 'missed'
  return covered === total && taken === arrows ? 'covered' : 'partly'
}

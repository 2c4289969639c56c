import type { HasNode } from '../compile/scope.ts'
import { define } from '../define.ts'
import type { AnyFn } from '../types.ts'
import { type ChartModel, modelOf } from './model.ts'
import { drive } from './drive.ts'
import { checkPathOptions, found, type Path, type PathOptions } from './paths.ts'
import { isIn } from './regions.ts'
import { type CoverReport, reportOf } from './report.ts'
import type { ChartCoverage, Coverage } from './tally.ts'

/**
 * Runs a pipeline along every path of its chart, without a model and without waiting: its leaves are simulated (from
 * their schemas, what follows them, or `samples` by path), its timers run on a simulated clock. Every run must be where
 * the chart says, step by step, and end as it says. The report has the coverage of states and transitions, as a table
 * (`String(report)`) and as a picture (`report.svg()`, `report.mermaid()`); `verify()` throws unless all is well.
 *
 * @example
 * test('every path', async () => (await coverPaths(creditAnalysis)).verify())
 */
export async function coverPaths(fn: AnyFn, options: PathOptions = {}): Promise<CoverReport> {
  checkPathOptions('coverPaths', fn, options)
  const charts = await coverCharts(fn, fn.name, options)
  return reportOf(fn, charts)
}

async function coverCharts(fn: AnyFn, at: string, options: PathOptions, isItem = false): Promise<ChartCoverage[]> {
  const model = modelOf(fn)
  const all = found(model, options)
  const entered = new Set([model.machine.id, `${model.machine.id}.starting`])
  const taken = new Set<string>()
  const runs: { path: Path; problem?: string | undefined }[] = []
  for (const path of all) {
    const { agreed, problem } = await drive(fn, model, path.steps, isItem)
    runs.push({ path, problem })
    for (const moment of agreed) {
      for (const id of moment.entered) entered.add(id)
      for (const id of moment.taken) taken.add(id)
    }
  }
  const { states, arrows } = model.inventory
  const chart: ChartCoverage = {
    at,
    model,
    runs,
    states: coverageOf([...states.keys()], entered),
    transitions: coverageOf([...arrows.keys()], taken),
    ...(all.bound !== undefined && { bound: all.bound }),
  }
  const beside = besideOf(model).map(({ path, fn: item }) =>
    coverCharts(item, at + path.slice(fn.name.length), { ...options, ...below(options, path, item.name) }, true),
  )
  return [chart, ...(await Promise.all(beside)).flat()]
}

const coverageOf = (all: readonly string[], seen: ReadonlySet<string>): Coverage => ({
  total: all.length,
  missing: all.filter((id) => !seen.has(id)),
})

/** What runs as actors of its own, such as the items of a map, has a chart of its own. */
function besideOf({ parts, inventory }: ChartModel): { path: string; fn: AnyFn }[] {
  const here = new Set(inventory.states.values())
  const apart = [...parts.values()].filter(({ path, parent }) => !here.has(path) && parent && here.has(parent.path))
  return apart.map(({ path, node }) => ({ path, fn: define(node) as HasNode as unknown as AnyFn }))
}

/** The samples of what is below a path, as its own chart calls it. */
function below({ samples = {} }: PathOptions, path: string, name: string): PathOptions {
  const own = Object.entries(samples).flatMap(([key, values]) =>
    isIn(key, path) ? [[name + key.slice(path.length), values] as const] : [],
  )
  return { samples: Object.fromEntries(own), inputs: [] }
}

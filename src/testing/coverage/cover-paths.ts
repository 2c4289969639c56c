import type { HasNode } from '../../compile/scope.ts'
import { define } from '../../define.ts'
import type { AnyFn } from '../../types.ts'
import { type ChartModel, modelOf } from '../simulation/test-model.ts'
import { agentAlone, toolChartOf } from '../simulation/agent/tool-chart.ts'
import { allParts, definitionOf, withReplacements, isCalls } from '../../analysis/definition.ts'
import { drive } from '../simulation/run-path.ts'
import type { Stands } from '../simulation/harnesses.ts'
import { checkPathOptions, found, type Path, type PathOptions } from '../graph/paths.ts'
import { isIn } from '../graph/partial-order-reduction.ts'
import { type CoverReport, reportOf } from './report.ts'
import type { ChartCoverage, Coverage } from './count.ts'

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

async function coverCharts(
  fn: AnyFn,
  at: string,
  options: PathOptions,
  stands: Stands = 'whole',
): Promise<ChartCoverage[]> {
  const model = modelOf(fn, typeof stands === 'object' ? stands : undefined)
  const all = found(model, options)
  const entered = new Set([model.machine.id, `${model.machine.id}.starting`])
  const taken = new Set<string>()
  const runs: { path: Path; problem?: string | undefined }[] = []
  for (const path of all) {
    const { agreed, problem } = await drive(fn, model, path.steps, stands)
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
  const beside = besideOf(model).map(({ path, fn: item, stands: where, own }) =>
    coverCharts(item, at + path.slice(model.root.path.length), { ...options, ...below(options, path, own) }, where),
  )
  return [chart, ...(await Promise.all(beside)).flat()]
}

const coverageOf = (all: readonly string[], seen: ReadonlySet<string>): Coverage => ({
  total: all.length,
  missing: all.filter((id) => !seen.has(id)),
})

/** `own` is its path in its own chart. */
type Beside = { readonly path: string; readonly fn: AnyFn; readonly stands: Stands; readonly own: string }

/** What runs as actors of its own, such as the items of a map and the calls of a tool, has a chart of its own. */
function besideOf({ parts, inventory }: ChartModel): Beside[] {
  const here = new Set(inventory.states.values())
  const apart = [...parts.values()].filter(({ path, parent }) => !here.has(path) && parent && here.has(parent.path))
  return apart.flatMap((part): Beside[] => {
    const { path, parent } = part
    const agent = isCalls(parent) ? parent.parent : undefined
    if (!agent) {
      const fn = define(withReplacements(part)) as HasNode as unknown as AnyFn
      return [{ path, fn, stands: 'item', own: fn.name }]
    }
    const fn = agentAlone(agent)
    const own = fn.name + path.slice(agent.path.length)
    const found = allParts(definitionOf(fn)).find((each) => each.path === own)
    const stands = found && toolChartOf(fn, found)
    return stands ? [{ path, fn, stands, own }] : []
  })
}

/** The samples of what is below a path, as its own chart calls it. */
function below({ samples = {} }: PathOptions, path: string, name: string): PathOptions {
  const own = Object.entries(samples).flatMap(([key, values]) =>
    isIn(key, path) ? [[name + key.slice(path.length), values] as const] : [],
  )
  return { samples: Object.fromEntries(own), inputs: [] }
}

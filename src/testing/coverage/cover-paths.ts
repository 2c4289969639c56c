import { allDefinitions, definitionOf, withOverrides, isToolCalls } from '../../analysis/definition.ts'
import type { HasNode } from '../../compile/scope.ts'
import { define } from '../../define.ts'
import type { AnyFn } from '../../types.ts'
import { isDescendantPath } from '../graph/partial-order-reduction.ts'
import { checkPathOptions, type PathOptions } from '../graph/path-options.ts'
import { generatePaths } from '../graph/paths.ts'
import { isolatedAgent, toolChartOf } from '../simulation/agent/tool-chart.ts'
import type { TestTarget } from '../simulation/create-harness.ts'
import { runPath } from '../simulation/run-path.ts'
import { createTestModel, type TestModel } from '../simulation/test-model.ts'
import { type ChartCoverage, coverageOf } from './count.ts'
import { type CoverReport, createReport } from './report.ts'

/**
 * Runs a pipeline along every path of its chart, without a model and without waiting. Leaves are simulated: their outputs
 * come from their schemas, from what follows them, or from `samples` by path. Timers run on a simulated clock. In each step
 * and at its end, every run is compared with the chart. The report has the coverage of states and transitions in percent, as
 * a table (`String(report)`) and as a picture (`report.svg()`, `report.mermaid()`); `verify()` throws where something is
 * missing or differs.
 *
 * @throws TypeError for an option, a mode or a path of `samples` that does not exist.
 *
 * @example
 * test('every path', async () => (await coverPaths(creditAnalysis)).verify())
 */
export async function coverPaths(fn: AnyFn, options: PathOptions = {}): Promise<CoverReport> {
  checkPathOptions('coverPaths', fn, options)
  return createReport(fn, await coverCharts(fn, fn.name, options))
}

async function coverCharts(
  fn: AnyFn,
  at: string,
  options: PathOptions,
  target: TestTarget = 'root',
): Promise<ChartCoverage[]> {
  const model = createTestModel(fn, typeof target === 'object' ? target : undefined)
  const paths = generatePaths(model, options)
  const entered = new Set([model.machine.id, `${model.machine.id}.starting`])
  const taken = new Set<string>()
  const runs: ChartCoverage['runs'][number][] = []
  for (const path of paths) {
    const { verified, problem } = await runPath(fn, model, path.steps, target)
    runs.push({ path, problem })
    for (const state of verified) {
      for (const id of state.entered) entered.add(id)
      for (const id of state.taken) taken.add(id)
    }
  }
  const chart: ChartCoverage = {
    at,
    model,
    runs,
    states: coverageOf(model.table.states.keys(), entered),
    transitions: coverageOf(model.table.transitions.keys(), taken),
    ...(paths.bound !== undefined && { bound: paths.bound }),
  }
  const inner = innerCharts(model).map((each) =>
    coverCharts(
      each.fn,
      at + each.path.slice(model.root.path.length),
      { ...options, inputs: [], samples: samplesWithin(options.samples ?? {}, each) },
      each.target,
    ),
  )
  return [chart, ...(await Promise.all(inner)).flat()]
}

/** `path` is its path in the outer chart, `rootPath` that in its own. */
type InnerChart = {
  readonly path: string
  readonly rootPath: string
  readonly fn: AnyFn
  readonly target: TestTarget
}

/** Items of a map and tool calls run as actors, whose states are not in the chart around them. */
function innerCharts({ definitions, table }: TestModel): InnerChart[] {
  const paths = new Set(table.states.values())
  const roots = [...definitions.values()].filter(
    ({ path, parent }) => !paths.has(path) && parent && paths.has(parent.path),
  )
  return roots.flatMap((definition): InnerChart[] => {
    const { path, parent } = definition
    const agent = isToolCalls(parent) ? parent.parent : undefined
    if (!agent) {
      const fn = define(withOverrides(definition)) as HasNode as unknown as AnyFn
      return [{ path, rootPath: fn.name, fn, target: 'item' }]
    }
    const fn = isolatedAgent(agent)
    const rootPath = fn.name + path.slice(agent.path.length)
    const tool = allDefinitions(definitionOf(fn)).find((each) => each.path === rootPath)
    const target = tool && toolChartOf(fn, tool)
    return target ? [{ path, rootPath, fn, target }] : []
  })
}

/** The samples of an inner chart, by the paths in it. */
function samplesWithin(samples: NonNullable<PathOptions['samples']>, { path, rootPath }: InnerChart) {
  const own = Object.entries(samples).filter(([key]) => isDescendantPath(key, path))
  return Object.fromEntries(own.map(([key, values]) => [rootPath + key.slice(path.length), values]))
}

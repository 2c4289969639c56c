import type { NodeView, RunView } from '../../journal/run-view.ts'
import { elapsed } from '../chart/node-status.ts'
import type { App } from './app.ts'

/** One function in two runs. */
export type Compared = {
  readonly path: string
  readonly ownName: string | undefined
  readonly index: number
  readonly one: Side | undefined
  readonly two: Side | undefined
  readonly differs: boolean
}
export type Side = {
  readonly state: string
  readonly ms: number
  readonly attempt: number
  readonly tokens: number
  readonly cost: number
  readonly output: unknown
}

/** Every function that was reached in either of the two runs, in the order of the chart. */
export function compare(app: App): Compared[] {
  const other = app.other === undefined ? undefined : app.journals.get(app.other)?.view
  const { view } = app
  if (!view || !other) return []
  const [one, two] = [functionsIn(view), functionsIn(other)]
  return [...new Set([...one.keys(), ...two.keys()])].map((path) => {
    const [a, b] = [one.get(path), two.get(path)]
    const differs =
      a?.state !== b?.state || a?.attempt !== b?.attempt || JSON.stringify(a?.output) !== JSON.stringify(b?.output)
    const chart = view.actors.get(0)?.chart
    const index = chart?.byPath.get(path) ?? 0
    return { path, ownName: chart?.states[index]?.ownName, index, one: a, two: b, differs }
  })
}

function functionsIn(view: RunView): Map<string, Side> {
  const actor = view.actors.get(0)
  const found = new Map<string, Side>()
  for (const [path, index] of actor?.chart?.byPath ?? []) {
    const node = actor?.nodes.get(index)
    if (node && node.spans.length > 0) found.set(path, sideOf(node, view.t))
  }
  return found
}

const sideOf = (node: NodeView, now: number): Side => ({
  state: node.state,
  ms: elapsed(node, now) ?? 0,
  attempt: node.attempt,
  tokens: node.inputTokens + node.outputTokens,
  cost: node.cost,
  output: node.error ?? node.output,
})

let lastCompared: { key: string; paths: ReadonlySet<string> } | undefined

/** The paths at which the two runs differ; undefined when there is nothing to compare with. */
export function differing(app: App): ReadonlySet<string> | undefined {
  if (app.other === undefined || app.tab !== 'compare') return undefined
  const key = `${app.run}:${app.other}:${app.view?.lines}:${app.journals.get(app.other)?.view.lines}`
  if (lastCompared?.key !== key)
    lastCompared = { key, paths: new Set(compare(app).flatMap(({ path, differs }) => (differs ? [path] : []))) }
  return lastCompared.paths
}

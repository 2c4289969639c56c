import { displayMeta } from '../journal/machine-chart.ts'
import type { ChartEdge, ChartState } from '../journal/line.ts'

type JsonObject = { readonly [key: string]: unknown }
type ConfigNode = {
  readonly key: string
  readonly id: string
  readonly number: number
  readonly config: JsonObject
  readonly parent?: ConfigNode
  readonly children: Map<string, ConfigNode>
}
/** A chart that was read from a machine's config as JSON, and how to find its states. */
export type ConfigChart = { readonly root: ChartState; readonly isTinyllm: boolean; active(value: unknown): number[] }

/** Reads the config of a machine as `@statelyai/inspect` sends it; what it cut off is not there. */
export function configChart(definition: string, name: string): ConfigChart {
  const config = parse(definition)
  const nodes: ConfigNode[] = []
  const add = (key: string, given: unknown, parent: ConfigNode | undefined): ConfigNode => {
    const own = isConfig(given) ? given : {}
    const node: ConfigNode = {
      key,
      id: typeof own.id === 'string' ? own.id : parent ? `${parent.id}.${key}` : key,
      number: nodes.length,
      config: own,
      ...(parent && { parent }),
      children: new Map(),
    }
    nodes.push(node)
    for (const [child, state] of inOrder(own)) node.children.set(child, add(child, state, node))
    return node
  }
  const root = add(typeof config.id === 'string' ? config.id : name, config, undefined)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const isTinyllm = typeof metaOf(root).path === 'string'

  const data = (node: ConfigNode): ChartState => {
    const { type, initial, description, tags, invoke } = node.config
    const { path, kind, ownName, item, ways, slot: _, ...meta } = metaOf(node)
    const edges = isTinyllm ? [] : configEdges(node, byId)
    const srcs = [invoke ?? []].flat().map((one) => String(isConfig(one) ? (one.src ?? one.id ?? 'actor') : one))
    const kinds =
      type === 'final' || type === 'parallel' || type === 'history'
        ? type
        : node.children.size > 0
          ? 'compound'
          : undefined
    return {
      key: node.key,
      ...(kinds && { type: kinds }),
      ...(typeof path === 'string' && { path, kind: String(kind), ...displayMeta({ ownName, item, ways }) }),
      ...(typeof description === 'string' && { description }),
      ...(Array.isArray(tags) && { tags: tags.map(String) }),
      ...(Object.keys(meta).length > 0 && { meta }),
      ...(srcs.length > 0 && !isTinyllm && { invoke: srcs }),
      ...(typeof initial === 'string' && !isTinyllm && { initial }),
      ...(edges.length > 0 && { edges }),
      ...(node.children.size > 0 && { states: Array.from(node.children.values(), data) }),
    }
  }

  return {
    root: data(root),
    isTinyllm,
    active: (value) => {
      const found = [root.number]
      const walk = (node: ConfigNode, part: unknown): void => {
        for (const [key, below] of typeof part === 'string'
          ? [[part, undefined] as const]
          : Object.entries(isConfig(part) ? part : {})) {
          const child = node.children.get(key)
          if (!child) continue
          found.push(child.number)
          walk(child, below)
        }
      }
      walk(root, value)
      return found
    },
  }
}

function configEdges(node: ConfigNode, byId: ReadonlyMap<string, ConfigNode>): ChartEdge[] {
  const { on, always, after, onDone, invoke } = node.config
  const invoked = [invoke ?? []].flat().filter(isConfig)
  const all: [string, unknown][] = [
    ['', always],
    ['done', onDone],
    ...invoked.flatMap(({ src, id, onDone: done, onError }): [string, unknown][] => [
      [`done ${String(id ?? src ?? '')}`, done],
      [`error ${String(id ?? src ?? '')}`, onError],
    ]),
    ...Object.entries(isConfig(after) ? after : {}).map(([ms, to]): [string, unknown] => [`after ${ms}`, to]),
    ...Object.entries(isConfig(on) ? on : {}),
  ]
  return all.flatMap(([event, given]) =>
    [given ?? []].flat().flatMap((one: unknown): ChartEdge[] => {
      const edge = typeof one === 'string' ? { target: one } : isConfig(one) ? one : undefined
      if (!edge) return []
      const to = resolveTarget(node, [edge.target ?? []].flat()[0], byId)
      const guard = isConfig(edge.guard) ? edge.guard.type : edge.guard
      return [{ on: event, ...(to && { to: to.number }), ...(typeof guard === 'string' && { guard }) }]
    }),
  )
}

/** `#id`, `.child`, or a sibling. */
function resolveTarget(
  node: ConfigNode,
  target: unknown,
  byId: ReadonlyMap<string, ConfigNode>,
): ConfigNode | undefined {
  if (typeof target !== 'string') return undefined
  if (target.startsWith('#')) return byId.get(target.slice(1))
  const from = target.startsWith('.') ? node : node.parent
  let found = from
  for (const key of target.replace(/^\./, '').split('.')) found = found?.children.get(key)
  return found
}

/** The client sorts keys, so the order in which states were written is found again along their transitions. */
function inOrder({ initial, states }: JsonObject): [string, unknown][] {
  if (!isConfig(states)) return []
  const found = new Map<string, unknown>()
  const visit = (key: string): void => {
    if (found.has(key) || !Object.hasOwn(states, key)) return
    found.set(key, states[key])
    for (const target of targetsIn(states[key])) visit(target)
  }
  if (typeof initial === 'string') visit(initial)
  for (const key of Object.keys(states)) visit(key)
  return [...found]
}

/** The siblings that a state leads to, those after success before those after failure. */
function targetsIn(state: unknown): string[] {
  if (!isConfig(state)) return []
  const invoked = [state.invoke ?? []].flat().filter(isConfig)
  const on = isConfig(state.on) ? Object.values(state.on) : []
  const edges = [
    state.always,
    state.onDone,
    ...invoked.map((one) => one.onDone),
    ...on,
    ...invoked.map((one) => one.onError),
  ]
  return edges
    .flat()
    .flatMap((edge) => (typeof edge === 'string' ? [edge] : isConfig(edge) ? [edge.target].flat() : []))
    .filter((target) => typeof target === 'string')
}

const metaOf = ({ config: { meta } }: ConfigNode): JsonObject => (isConfig(meta) ? meta : {})
const isConfig = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(definition: string): JsonObject {
  try {
    const config: unknown = JSON.parse(definition)
    return isConfig(config) ? config : {}
  } catch {
    return {}
  }
}

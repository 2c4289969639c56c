import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { Chart, IndexedState } from '../../journal/chart-index.ts'
import type { Arrow, Box, Scene } from '../../layout/scene.ts'
import { measured } from './measure.ts'

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.spacing.nodeNodeBetweenLayers': '40',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '14',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
}
type Edge = { readonly id: string; readonly from: number; readonly to: number; readonly label: string }
type Engine = { layout(graph: ElkNode): Promise<ElkNode> }
let engine: Promise<Engine> | undefined

/** Asks elkjs where things go; the sizes of leaves are those of the scene. */
export async function ask(chart: Chart, { root }: Scene): Promise<Scene> {
  engine ??= load()
  const edges = edgesOf(chart, root)
  const graph: ElkNode = {
    id: 'graph',
    layoutOptions: OPTIONS,
    children: [nodeOf(root)],
    edges: edges.map(({ id, from, to, label }): ElkExtendedEdge => ({
      id,
      sources: [String(from)],
      targets: [String(to)],
      ...(label && { labels: [{ text: label, width: measured(label, 'label') + 6, height: 14 }] }),
    })),
  }
  return read(chart, await (await engine).layout(graph), edges)
}

async function load(): Promise<Engine> {
  const [{ default: module }, { default: url }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ])
  // The types are those of a CommonJS module.
  const Elk = module as unknown as new (options: { workerFactory: () => Worker }) => Engine
  return new Elk({ workerFactory: () => new Worker(url) })
}

function nodeOf({ index, w, h, parts }: Box): ElkNode {
  if (parts.length === 0) return { id: String(index), width: w, height: h }
  return {
    id: String(index),
    layoutOptions: { 'elk.padding': '[top=38,left=16,bottom=16,right=16]' },
    children: parts.map(nodeOf),
  }
}

/** What goes to a state that is folded up goes to the box that hides it. */
function edgesOf(chart: Chart, root: Box): Edge[] {
  const shown = new Set<number>()
  const show = (box: Box): void => {
    shown.add(box.index)
    for (const part of box.parts) show(part)
  }
  show(root)
  const lift = (index: number): number => {
    let at = index
    while (!shown.has(at)) at = chart.states[at]?.within ?? 0
    return at
  }
  const edges = new Map<string, Edge>()
  for (const { index, edges: own = [] } of chart.states) {
    for (const { on, to, guard } of own) {
      if (to === undefined) continue
      const [from, target] = [lift(index), lift(to)]
      if (from === target && index !== to) continue
      const text = [shortEvent(on), guard && `[${guard}]`].filter(Boolean).join(' ')
      const id = `${from}-${target}-${text}`
      edges.set(id, { id, from, to: target, label: text.length > 28 ? `${text.slice(0, 27)}…` : text })
    }
  }
  return [...edges.values()]
}

/** `xstate.done.actor.fetch` is `done fetch` to a person. */
const shortEvent = (event: string): string =>
  event.replace(/^xstate\.(done|error)\.(actor|state)\./, '$1 ').replace(/^xstate\.after\.(\d+)\..*$/, 'after $1 ms')

function read(chart: Chart, graph: ElkNode, edges: readonly Edge[]): Scene {
  const boxes = new Map<number, Box>()
  const at = new Map<string, readonly [number, number]>([['graph', [0, 0]]])
  const place = (node: ElkNode, x: number, y: number, depth: number): Box => {
    const [left, top] = [x + (node.x ?? 0), y + (node.y ?? 0)]
    at.set(node.id, [left, top])
    const parts = (node.children ?? []).map((child) => place(child, left, top, depth + 1))
    const index = Number(node.id)
    const box = {
      index,
      state: chart.states[index] as IndexedState,
      x: left,
      y: top,
      w: node.width ?? 0,
      h: node.height ?? 0,
      open: parts.length > 0,
      depth,
      parts,
    }
    boxes.set(index, box)
    return box
  }
  const root = place(graph.children?.[0] as ElkNode, 0, 0, 0)
  const arrows = (graph.edges ?? []).flatMap((edge): Arrow[] => {
    const [section] = edge.sections ?? []
    const known = edges.find(({ id }) => id === edge.id)
    if (!section || !known) return []
    // Ways are told from the corner of the box that holds both ends.
    const [dx, dy] = at.get((edge as { container?: string }).container ?? 'graph') ?? [0, 0]
    const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(
      ({ x, y }) => [x + dx, y + dy] as const,
    )
    const [label] = edge.labels ?? []
    return [
      {
        from: known.from,
        to: known.to,
        points,
        label: known.label,
        at: [(label?.x ?? 0) + dx + 3, (label?.y ?? 0) + dy + 11],
        anchor: 'start',
      },
    ]
  })
  return { root, boxes, arrows }
}

import type { IndexedChart } from '../../journal/indexed-chart.ts'
import type { Box } from '../scene.ts'

/** A transition between two boxes that are shown; what leads to a collapsed state leads to the box that hides it. */
export type ChartArrow = { readonly from: Box; readonly to: Box; readonly label: string }
export type PortSide = 'left' | 'right'

/** A state, a port (where an edge crosses the border of the level), or a bend (where an edge crosses a layer). */
export type Vertex = {
  readonly box?: Box
  readonly port?: PortSide
  layer: number
  /** Its place in the layer, from the top. */
  order: number
  x: number
  y: number
  width: number
  height: number
  /** The segments that end on its left side, and those that begin on its right side. */
  readonly left: Segment[]
  readonly right: Segment[]
}
/** The part of a link between two neighbouring layers; the offsets are from the top of its vertices. */
export type Segment = { readonly from: Vertex; readonly to: Vertex; out: number; in: number }
/** The part of an edge in one level. A reversed one is laid out, but not drawn, from its target to its source. */
export type LevelLink = {
  readonly edge: ChartArrow
  readonly from: Vertex
  readonly to: Vertex
  reversed: boolean
  readonly label: string
  /** From left to right. */
  segments: Segment[]
  /** The bend that the label stands on. */
  labelled?: Vertex
}
/** A compound state and what is directly inside it; the outermost level has no box and holds the root. */
export type CompoundLevel = {
  readonly box: Box | undefined
  readonly states: ReadonlyMap<Box, Vertex>
  readonly ports: ReadonlyMap<ChartArrow, Vertex>
  readonly links: readonly LevelLink[]
  readonly selfLoops: readonly ChartArrow[]
}
type PortRequest = { readonly edge: ChartArrow; readonly end: 'from' | 'to'; readonly side: PortSide }

export const newVertex = (size: { width: number; height: number; box?: Box; port?: PortSide }): Vertex => ({
  layer: 0,
  order: 0,
  x: 0,
  y: 0,
  left: [],
  right: [],
  ...size,
})

/** The edges of a chart, each text between the same two boxes once. */
export function arrowsOf(chart: IndexedChart, boxes: ReadonlyMap<number, Box>): ChartArrow[] {
  const shown = (index: number): Box => {
    let at = index
    while (!boxes.has(at)) at = chart.states[at]?.within ?? 0
    return boxes.get(at) as Box
  }
  const edges = new Map<string, ChartArrow>()
  for (const { index, edges: own = [] } of chart.states) {
    for (const { on, to, guard } of own) {
      if (to === undefined) continue
      const [source, target] = [shown(index), shown(to)]
      if (source === target && index !== to) continue
      const text = [shortEventType(on), guard && `[${guard}]`].filter(Boolean).join(' ')
      const label = text.length > 28 ? `${text.slice(0, 27)}…` : text
      edges.set(`${source.index} ${target.index} ${text}`, { from: source, to: target, label })
    }
  }
  return [...edges.values()]
}

/** `xstate.done.actor.fetch` is shown as `done fetch`. */
const shortEventType = (event: string): string =>
  event.replace(/^xstate\.(done|error)\.(actor|state)\./, '$1 ').replace(/^xstate\.after\.(\d+)\..*$/, 'after $1 ms')

/**
 * Splits each edge at the borders that it crosses, so that each level can be laid out on its own. Returns the levels, the
 * outer ones first. `reverse` breaks the cycles of a level: it marks the links that lead back.
 */
export function splitIntoLevels(
  root: Box,
  edges: readonly ChartArrow[],
  reverse: (states: readonly Vertex[], links: readonly LevelLink[]) => void,
): CompoundLevel[] {
  const parents = new Map<Box, Box | undefined>()
  const register = (box: Box, parent: Box | undefined): void => {
    parents.set(box, parent)
    for (const part of box.parts) register(part, box)
  }
  register(root, undefined)

  const byLevel = new Map<Box | undefined, ChartArrow[]>()
  for (const edge of edges) {
    const level = commonAncestor(edge, parents)
    byLevel.set(level, [...(byLevel.get(level) ?? []), edge])
  }

  const levels: CompoundLevel[] = []
  const build = (box: Box | undefined, requests: readonly PortRequest[]): void => {
    const inside = box ? box.parts : [root]
    const states = new Map(inside.map((part) => [part, newVertex({ box: part, width: part.w, height: part.h })]))
    const ports = new Map<ChartArrow, Vertex>()
    const below = new Map<Box, PortRequest[]>(inside.map((part) => [part, []]))
    const childAround = (inner: Box): Box => {
      let child = inner
      while (parents.get(child) !== box) child = parents.get(child) as Box
      return child
    }
    const portAt = (edge: ChartArrow, port: PortSide): Vertex => {
      const vertex = newVertex({ port, width: 0, height: 0 })
      ports.set(edge, vertex)
      return vertex
    }
    const request = (edge: ChartArrow, end: 'from' | 'to', side: PortSide): Vertex => {
      const child = childAround(edge[end])
      below.get(child)?.push({ edge, end, side })
      return states.get(child) as Vertex
    }
    const link = (edge: ChartArrow, from: Vertex, to: Vertex, label: string, reversed = false): LevelLink => ({
      edge,
      from,
      to,
      label,
      reversed,
      segments: [],
    })

    const own = byLevel.get(box) ?? []
    const between = own
      .filter(({ from, to }) => from !== to && from !== box && to !== box)
      .map((edge) => {
        const [from, to] = [states.get(childAround(edge.from)), states.get(childAround(edge.to))]
        return link(edge, from as Vertex, to as Vertex, edge.label)
      })
    reverse([...states.values()], between)
    for (const { edge, reversed } of between) {
      request(edge, 'from', reversed ? 'left' : 'right')
      request(edge, 'to', reversed ? 'right' : 'left')
    }
    const ofBorder = own.flatMap((edge) => {
      if (edge.from === edge.to) return []
      // A state and what is inside it are connected inside.
      if (edge.from === box) return [link(edge, portAt(edge, 'left'), request(edge, 'to', 'left'), edge.label)]
      if (edge.to === box) return [link(edge, request(edge, 'from', 'right'), portAt(edge, 'right'), edge.label)]
      return []
    })
    const crossing = requests.flatMap(({ edge, end, side }) => {
      const port = portAt(edge, side)
      if (edge[end] === box) return []
      const child = request(edge, end, side)
      return end === 'from'
        ? [link(edge, child, port, '', side === 'left')]
        : [link(edge, port, child, '', side === 'right')]
    })
    const selfLoops = own.filter(({ from, to }) => from === to)
    levels.push({ box, states, ports, links: [...between, ...ofBorder, ...crossing], selfLoops })
    for (const part of inside) if (part.parts.length > 0) build(part, below.get(part) ?? [])
  }
  build(undefined, [])
  return levels
}

/** The box in which both ends of an edge are; of a self-loop, the box around it. */
function commonAncestor({ from, to }: ChartArrow, parents: ReadonlyMap<Box, Box | undefined>): Box | undefined {
  if (from === to) return parents.get(from)
  const above = new Set<Box | undefined>()
  for (let box: Box | undefined = from; box; box = parents.get(box)) above.add(box)
  let box: Box | undefined = to
  while (box && !above.has(box)) box = parents.get(box)
  return box
}

import { type CompoundLevel, type LevelLink, newVertex, type Segment, type Vertex } from './graph.ts'

const LABEL_HEIGHT = 18
/** From the top of a label to the line that it stands on. */
export const LABEL_LINE = 15

/** The ends of a link as it is laid out. */
export const leftOf = ({ from, to, reversed }: LevelLink): Vertex => (reversed ? to : from)
export const rightOf = ({ from, to, reversed }: LevelLink): Vertex => (reversed ? from : to)

/** Breaks cycles: marks each link that leads back to a state from which a depth-first search came. */
export function reverseCycles(states: readonly Vertex[], links: readonly LevelLink[]): void {
  const outgoing = groupBy(links, ({ from }) => from)
  const open = new Set<Vertex>()
  const done = new Set<Vertex>()
  const visit = (vertex: Vertex): void => {
    open.add(vertex)
    for (const link of outgoing.get(vertex) ?? []) {
      if (open.has(link.to)) link.reversed = true
      else if (!done.has(link.to)) visit(link.to)
    }
    open.delete(vertex)
    done.add(vertex)
  }
  for (const vertex of states) if (!done.has(vertex)) visit(vertex)
}

/**
 * Assigns each state its layer, so that links lead from left to right: the ports of the left border, the states, the ports
 * of the right border. Links get a bend in each layer that they cross, which links to the same leaf share; a label is a
 * bend with a size, in a layer between those of states.
 */
export function assignLayers(
  { states, ports, links }: CompoundLevel,
  labelWidth: (label: string) => number,
): Vertex[][] {
  const all = [...states.values()]
  const incoming = groupBy(links, rightOf)
  const outgoing = groupBy(links, leftOf)
  const known = new Set<Vertex>()
  const layerOf = (vertex: Vertex): number => {
    if (known.has(vertex) || vertex.port) return vertex.layer
    known.add(vertex)
    vertex.layer = 1 + Math.max(0, ...(incoming.get(vertex) ?? []).map((link) => layerOf(leftOf(link))))
    return vertex.layer
  }
  for (const vertex of all) layerOf(vertex)
  const last = 1 + Math.max(...all.map(({ layer }) => layer))
  for (const vertex of ports.values()) vertex.layer = vertex.port === 'left' ? 0 : last
  // What nothing leads to stands next to what it leads to.
  for (const vertex of all) {
    if (incoming.has(vertex)) continue
    const next = Math.min(...(outgoing.get(vertex) ?? []).map((link) => rightOf(link).layer))
    if (next <= last && next > vertex.layer + 1) vertex.layer = next - 1
  }

  // The layers of labels stand between those of states, where there are labels.
  const labelLayer = (link: LevelLink): number => 2 * (link.reversed ? rightOf(link).layer - 1 : leftOf(link).layer) + 1
  const used = new Set(links.filter(({ label }) => label !== '').map(labelLayer))
  const numbers = Array.from({ length: 2 * last + 1 }, (_, number) => number).filter(
    (number) => number % 2 === 0 || used.has(number),
  )
  const layers: Vertex[][] = numbers.map(() => [])
  const at = new Map(numbers.map((number, index) => [number, index]))
  for (const vertex of [...all, ...ports.values()]) vertex.layer = at.get(2 * vertex.layer) as number
  const shared = new Map<Vertex, Map<number, Vertex>>()
  for (const link of links) {
    const [first, end] = [leftOf(link), rightOf(link)]
    // The layer right after the source, as it is drawn.
    const labelAt = link.reversed ? end.layer - 1 : first.layer + 1
    const bendAt = (layer: number): Vertex => {
      const isLabel = layer === labelAt && link.label !== ''
      const bends = layer === labelAt ? undefined : bendsTo(link.to, shared)
      const known = bends?.get(layer)
      if (known) return known
      const size = isLabel ? { width: labelWidth(link.label) + 10, height: LABEL_HEIGHT } : { width: 0, height: 0 }
      const bend = { ...newVertex(size), layer }
      if (isLabel) link.labelled = bend
      bends?.set(layer, bend)
      layers[layer]?.push(bend)
      return bend
    }
    let before = first
    for (let layer = first.layer + 1; layer < end.layer; layer++) {
      const bend = bendAt(layer)
      link.segments.push(connectVertices(before, bend))
      before = bend
    }
    link.segments.push(connectVertices(before, end))
  }
  for (const vertex of [...all, ...ports.values()]) layers[vertex.layer]?.push(vertex)
  return layers
}

/** The bends of the links to one leaf, by layer: these links join on their way. An open state has a port for each edge. */
function bendsTo(target: Vertex, shared: Map<Vertex, Map<number, Vertex>>): Map<number, Vertex> | undefined {
  if (target.box?.parts.length !== 0) return undefined
  const known = shared.get(target) ?? new Map<number, Vertex>()
  shared.set(target, known)
  return known
}

function connectVertices(from: Vertex, to: Vertex): Segment {
  const isBend = ({ box, port }: Vertex) => box === undefined && port === undefined
  const known = isBend(from) || isBend(to) ? from.right.find((segment) => segment.to === to) : undefined
  if (known) return known
  const offset = ({ box, width, height }: Vertex) => (box ? height / 2 : width > 0 ? LABEL_LINE : 0)
  const segment = { from, to, out: offset(from), in: offset(to) }
  from.right.push(segment)
  to.left.push(segment)
  return segment
}

function groupBy(links: readonly LevelLink[], key: (link: LevelLink) => Vertex): Map<Vertex, LevelLink[]> {
  const groups = new Map<Vertex, LevelLink[]>()
  for (const link of links) {
    const group = groups.get(key(link))
    if (group) group.push(link)
    else groups.set(key(link), [link])
  }
  return groups
}

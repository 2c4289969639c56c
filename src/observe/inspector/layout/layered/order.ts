import type { Vertex } from './graph.ts'

const SWEEPS = 8
/** So many vertices may be moved in all sweeps together, so that a very large chart does not hold up the page. */
const MOST_MOVES = 60_000

/** How often all of so many vertices may be gone through: as often as `wanted`, or less often where they are many. */
export const sweepsFor = (layers: readonly (readonly Vertex[])[], wanted: number): number =>
  Math.max(1, Math.min(wanted, Math.floor(MOST_MOVES / layers.reduce((sum, layer) => sum + layer.length, 1))))

/** Orders the vertices of each layer so that few segments cross: by barycenters, left to right and back, best one kept. */
export function orderLayers(layers: Vertex[][]): void {
  const starts = new Map<Vertex, number>()
  for (const layer of layers) {
    for (const vertex of layer) starts.set(vertex, initialOrder(vertex, starts))
    layer.sort((a, b) => (starts.get(a) as number) - (starts.get(b) as number))
    number(layer)
  }
  const sweeps = sweepsFor(layers, SWEEPS)
  let best = layers.map((layer) => [...layer])
  let fewest = crossings(layers)
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const isForward = sweep % 2 === 0
    for (const layer of isForward ? layers : layers.toReversed()) {
      const wanted = new Map(layer.map((vertex) => [vertex, barycenter(vertex, isForward)]))
      layer.sort((a, b) => (wanted.get(a) as number) - (wanted.get(b) as number))
      number(layer)
    }
    const count = crossings(layers)
    if (count < fewest) [fewest, best] = [count, layers.map((layer) => [...layer])]
  }
  for (const [index, layer] of best.entries()) {
    layers[index] = layer
    number(layer)
  }
}

/** At first, states are in the order in which they are written, and bends where their links come from. */
function initialOrder(vertex: Vertex, starts: ReadonlyMap<Vertex, number>): number {
  if (vertex.box) return vertex.box.index
  const [before] = vertex.left
  if (before) return starts.get(before.from) ?? 0
  // It comes from the border: then it is where it leads to.
  let last = vertex
  while (!last.box && last.right[0]) last = last.right[0].to
  return last.box?.index ?? 0
}

function number(layer: readonly Vertex[]): void {
  for (const [order, vertex] of layer.entries()) vertex.order = order
}

/** Where a segment ends in its layer; the ends on one tall box are apart. */
const at = ({ order, height }: Vertex, offset: number): number => order + (height > 0 ? offset / height : 0.5)

function barycenter(vertex: Vertex, isForward: boolean): number {
  const places = isForward
    ? vertex.left.map(({ from, out }) => at(from, out))
    : vertex.right.map(({ to, in: offset }) => at(to, offset))
  return places.length === 0 ? vertex.order : places.reduce((sum, place) => sum + place, 0) / places.length - 0.5
}

function crossings(layers: readonly (readonly Vertex[])[]): number {
  let count = 0
  for (const layer of layers) {
    const ends = layer
      .flatMap(({ right }) => right)
      .map(({ from, out, to, in: offset }) => [at(from, out), at(to, offset)] as const)
      .toSorted(([a, b], [c, d]) => a - c || b - d)
      .map(([, end]) => end)
    count += inversions(ends)
  }
  return count
}

/** How many pairs are in the wrong order, by insertion into a sorted list. */
function inversions(values: readonly number[]): number {
  const sorted: number[] = []
  let count = 0
  for (const value of values) {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as number) <= value) low = middle + 1
      else high = middle
    }
    count += sorted.length - low
    sorted.splice(low, 0, value)
  }
  return count
}

/** The ends on a leaf are spread over its side, in the order of what they lead to. */
export function spreadEnds(layers: readonly (readonly Vertex[])[], isLeaf: (vertex: Vertex) => boolean): void {
  for (const vertex of layers.flat()) {
    if (!vertex.box || !isLeaf(vertex)) continue
    const { left, right } = vertex
    const { h } = vertex.box
    left.sort((a, b) => at(a.from, a.out) - at(b.from, b.out))
    right.sort((a, b) => at(a.to, a.in) - at(b.to, b.in))
    for (const [index, segment] of left.entries()) segment.in = (h * (index + 1)) / (left.length + 1)
    for (const [index, segment] of right.entries()) segment.out = (h * (index + 1)) / (right.length + 1)
  }
}

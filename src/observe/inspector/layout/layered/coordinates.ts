import type { Segment, Vertex } from './graph.ts'
import { sweepsFor } from './order.ts'

/** The room between two vertices of a layer, in px. */
const gapOf = (above: Vertex, below: Vertex): number => {
  const states = Number(above.box !== undefined) + Number(below.box !== undefined)
  return states === 2 ? 22 : states === 1 ? 14 : 11
}
const ROUNDS = 6

/** Finds the height at which each vertex stands: as straight as its segments can be, without overlaps. */
export function placeVertically(layers: readonly (readonly Vertex[])[]): void {
  for (const layer of layers) placeLayer(layer, () => ({ y: 0, weight: 1 }))
  const rounds = sweepsFor(layers, ROUNDS)
  for (let round = 0; round < rounds; round++) {
    for (const layer of layers) placeLayer(layer, (vertex) => wanted(vertex, vertex.left, []))
    for (const layer of layers.toReversed()) placeLayer(layer, (vertex) => wanted(vertex, [], vertex.right))
  }
  for (const layer of layers) placeLayer(layer, (vertex) => wanted(vertex, vertex.left, vertex.right))
  for (const layer of layers) placeLayer(layer, (vertex) => wanted(vertex, vertex.left, []))
}

/** A long edge is kept straight before anything else is. */
const weightOf = ({ from, to }: Segment): number => (from.box ? 1 : 3) * (to.box ? 1 : 3)

function wanted(vertex: Vertex, left: readonly Segment[], right: readonly Segment[]): { y: number; weight: number } {
  let [sum, weight] = [0, 0]
  for (const segment of left) {
    sum += weightOf(segment) * (segment.from.y + segment.out - segment.in)
    weight += weightOf(segment)
  }
  for (const segment of right) {
    sum += weightOf(segment) * (segment.to.y + segment.in - segment.out)
    weight += weightOf(segment)
  }
  return weight === 0 ? { y: vertex.y, weight: 0.1 } : { y: sum / weight, weight }
}

/**
 * Places a layer as near to what is wanted as its order and gaps allow: the least squares under a minimum distance, which
 * is isotonic regression (pool adjacent violators) once the distances are taken off.
 */
function placeLayer(layer: readonly Vertex[], wish: (vertex: Vertex) => { y: number; weight: number }): void {
  const offsets: number[] = []
  const blocks: { sum: number; weight: number; count: number }[] = []
  let offset = 0
  for (const [index, vertex] of layer.entries()) {
    const above = layer[index - 1]
    if (above) offset += above.height + gapOf(above, vertex)
    offsets.push(offset)
    const { y, weight } = wish(vertex)
    blocks.push({ sum: (y - offset) * weight, weight, count: 1 })
    for (
      let last = blocks.at(-1), before = blocks.at(-2);
      last && before;
      last = blocks.at(-1), before = blocks.at(-2)
    ) {
      if (before.sum / before.weight <= last.sum / last.weight) break
      blocks.splice(-2, 2, {
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
        count: before.count + last.count,
      })
    }
  }
  let index = 0
  for (const { sum, weight, count } of blocks) {
    for (const end = index + count; index < end; index++) {
      const vertex = layer[index]
      if (vertex) vertex.y = sum / weight + (offsets[index] ?? 0)
    }
  }
}

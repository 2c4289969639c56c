import type { IndexedChart, IndexedState } from '../../journal/indexed-chart.ts'
import type { Measure } from '../text-width.ts'
import { type Arrow, type Box, type Scene, shiftArrow, size, boxesIn } from '../scene.ts'
import { type ChartArrow, arrowsOf, splitIntoLevels } from './graph.ts'
import { reverseCycles } from './layers.ts'
import { arrangeLevel, type ArrowPiece, type PiecePoint } from './level.ts'

/** The least distance between the ends of two edges on one side of a leaf, in px. */
const END_GAP = 11

/**
 * Lays out a chart of any shape, such as that of a machine that tinyllm did not compile: a layered (Sugiyama) layout of
 * each compound state, the inner ones first, in which edges across borders are split at ports.
 */
export function layeredLayout(chart: IndexedChart, collapsed: ReadonlySet<number>, measure: Measure): Scene {
  const root = boxOf(chart, 0, 0, collapsed, measure)
  const boxes = new Map(Array.from(boxesIn(root), (box) => [box.index, box]))
  return { root, boxes, arrows: arrangeLevels(chart, root, boxes, measure) }
}

/** A state that has no place yet; of a leaf, the size is known. */
function boxOf(
  chart: IndexedChart,
  index: number,
  depth: number,
  collapsed: ReadonlySet<number>,
  measure: Measure,
): Box {
  const state = chart.states[index] as IndexedState
  const open = state.inside.length > 0 && !collapsed.has(index)
  const parts = open ? state.inside.map((child) => boxOf(chart, child, depth + 1, collapsed, measure)) : []
  const least = state.type === 'final' ? 130 : size.leaf - 20
  const w = Math.min(size.widest, Math.max(least, 110 + measure(state.key, 'name')))
  return { index, state, x: 0, y: 0, w, h: size.low, open, depth, parts }
}

/** Places and sizes the boxes; returns the arrows. */
function arrangeLevels(chart: IndexedChart, root: Box, boxes: ReadonlyMap<number, Box>, measure: Measure): Arrow[] {
  const titleWidth = ({ state }: Box) => Math.max(240, 150 + Math.min(size.widest, measure(state.key, 'name')))
  const edges = arrowsOf(chart, boxes)
  growLeaves(edges)
  const levels = splitIntoLevels(root, edges, reverseCycles)
  const inner = new Map(levels.map((level) => [level.box, level]))
  const arranged = levels.toReversed().map((level) => {
    const { w, h, pieces } = arrangeLevel(level, inner, measure, level.box ? titleWidth(level.box) : 0)
    if (level.box) Object.assign(level.box, { w, h })
    return [level.box, pieces] as const
  })
  // Only now each box has its place.
  const parts = new Map<ChartArrow, ArrowPiece[]>()
  for (const [box, pieces] of arranged.toReversed()) {
    for (const piece of pieces) parts.set(piece.edge, [...(parts.get(piece.edge) ?? []), shifted(piece, box)])
  }
  return [...parts].map(([edge, pieces]) => joined(edge, pieces))
}

/** A leaf with many transitions is high enough for them. */
function growLeaves(edges: readonly ChartArrow[]): void {
  const ends = new Map<Box, number>()
  for (const { from, to } of edges) {
    if (from === to) continue
    for (const box of [from, to]) ends.set(box, (ends.get(box) ?? 0) + 1)
  }
  for (const [box, count] of ends) if (box.parts.length === 0) box.h = Math.max(box.h, END_GAP * (count / 2 + 1))
}

function shifted({ edge, points, label }: ArrowPiece, box: Box | undefined): ArrowPiece {
  const { points: moved, at } = shiftArrow({ from: 0, to: 0, points, ...label }, box?.x ?? 0, box?.y ?? 0)
  return { edge, points: moved, ...(label && { label: { ...label, ...(at && { at }) } }) }
}

/** The pieces of one edge come from the outer levels inwards, on both sides; each begins where another one ends. */
function joined(edge: ChartArrow, pieces: readonly ArrowPiece[]): Arrow {
  const rest = [...pieces]
  const points: PiecePoint[] = [...(rest.shift()?.points ?? [])]
  while (rest.length > 0) {
    const [first, last] = [points[0] as PiecePoint, points.at(-1) as PiecePoint]
    const next = rest.findIndex(({ points: own }) => isNear(own[0], last) || isNear(own.at(-1), first))
    const [piece] = rest.splice(Math.max(0, next), 1)
    if (!piece) break
    if (isNear(piece.points[0], last)) points.push(...piece.points.slice(1))
    else points.unshift(...piece.points.slice(0, -1))
  }
  const label = pieces.find((piece) => piece.label)?.label
  return { from: edge.from.index, to: edge.to.index, points, ...label, ...(label && { anchor: 'start' as const }) }
}

const isNear = (one: PiecePoint | undefined, other: PiecePoint): boolean =>
  one !== undefined && Math.hypot(one[0] - other[0], one[1] - other[1]) < 1

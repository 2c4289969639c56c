import { arrangeColumns } from '../arrangements.ts'
import type { Measure } from '../text-width.ts'
import { type Arrow, type Box, moveBox } from '../scene.ts'
import { placeVertically } from './coordinates.ts'
import type { ChartArrow, CompoundLevel, LevelLink, Vertex } from './graph.ts'
import { assignLayers, LABEL_LINE } from './layers.ts'
import { orderLayers, spreadEnds } from './order.ts'
import { channelWidth, route, tracksOf } from './routing.ts'

export type PiecePoint = readonly [number, number]
/** The part of an arrow in one level, as from the level's own corner. */
export type ArrowPiece = {
  readonly edge: ChartArrow
  readonly points: readonly PiecePoint[]
  readonly label?: Pick<Arrow, 'label' | 'at'>
}
/** Below the name of a compound state, beside its border, and for each self-loop below a state; in px. */
const [HEAD, PAD, LOOP] = [38, 16, 26]

export type ArrangedLevel = { readonly w: number; readonly h: number; readonly pieces: readonly ArrowPiece[] }

/**
 * Lays out what is directly inside one state; the levels of the states in it are laid out before. Boxes are placed as from
 * the corner of the level.
 */
export function arrangeLevel(
  level: CompoundLevel,
  inner: ReadonlyMap<Box | undefined, CompoundLevel>,
  measure: Measure,
  titleWidth: number,
): ArrangedLevel {
  const { box, states, ports, links, selfLoops } = level
  if (links.length + ports.size + selfLoops.length === 0 && box) {
    const { w, h } = arrangeColumns(box.parts)
    return { w: Math.max(w, titleWidth), h, pieces: [] }
  }
  for (const [part, vertex] of states) {
    const labels = selfLoops.filter(({ from }) => from === part).map(({ label }) => measure(label, 'label') + 30)
    vertex.width = Math.max(part.w, ...labels)
    vertex.height = part.h + LOOP * labels.length
  }
  const layers = assignLayers(level, (label) => measure(label, 'label'))
  fixEnds(links, inner)
  orderLayers(layers)
  spreadEnds(layers, ({ box: own }) => own?.parts.length === 0)
  placeVertically(layers)
  const [head, pad] = box ? [HEAD, PAD] : [0, 0]
  const top = head - Math.min(...layers.flat().map(({ y }) => y))
  for (const vertex of layers.flat()) vertex.y += top
  const bottom = Math.max(...layers.flat().map(({ y, height }) => y + height))

  const tracks = layers.map(tracksOf)
  const ends: number[] = []
  let x = 0
  for (const [index, layer] of layers.entries()) {
    for (const vertex of layer) vertex.x = x
    const w = Math.max(0, ...layer.map(({ width }) => width))
    ends.push(x + w)
    // The first and the last layer are the borders, which may be bare.
    const isBare = layer.length === 0 || layers[index + 1]?.length === 0
    x += w + (index === layers.length - 1 ? 0 : isBare ? pad : channelWidth(tracks[index] ?? new Map()))
  }
  const w = Math.max(x, titleWidth)
  for (const vertex of layers.at(-1) ?? []) vertex.x = w
  for (const [part, vertex] of states) moveBox(part, vertex.x - part.x, vertex.y - part.y)
  if (box?.state.type === 'parallel') widen([...states], inner)
  const pieces = links.map((link) =>
    pieceOf(
      link,
      route(link, (layer) => ends[layer] ?? 0, tracks),
    ),
  )
  const loops = [...states.keys()].flatMap((part) =>
    selfLoops.filter(({ from }) => from === part).map((edge, number) => selfLoop(edge, part, number)),
  )
  return { w, h: bottom + pad, pieces: [...pieces, ...loops] }
}

/**
 * Regions below each other are as wide as the widest, but for those that edges leave on the right, or in which an edge leads
 * to their border: it is routed already.
 */
function widen(regions: readonly (readonly [Box, Vertex])[], inner: ReadonlyMap<Box | undefined, CompoundLevel>): void {
  for (const [part, { layer, right }] of regions) {
    const column = regions.filter(([, other]) => other.layer === layer)
    const hasPorts = (inner.get(part)?.ports.size ?? 0) > 0
    if (right.length === 0 && !hasPorts) part.w = Math.max(...column.map(([, { width }]) => width))
  }
}

/** On a compound state, an edge goes on where it crosses the border inside. */
function fixEnds(links: readonly LevelLink[], inner: ReadonlyMap<Box | undefined, CompoundLevel>): void {
  const portOf = ({ box }: Vertex, edge: ChartArrow) => (box ? inner.get(box)?.ports.get(edge)?.y : undefined)
  for (const { edge, segments } of links) {
    const [first, last] = [segments[0], segments.at(-1)]
    if (first) first.out = portOf(first.from, edge) ?? first.out
    if (last) last.in = portOf(last.to, edge) ?? last.in
  }
}

const pieceOf = ({ edge, label, labelled }: LevelLink, points: readonly PiecePoint[]): ArrowPiece => ({
  edge,
  points,
  ...(labelled && { label: { label, at: [labelled.x + 5, labelled.y + LABEL_LINE - 4] } }),
})

function selfLoop(edge: ChartArrow, { x, y, w, h }: Box, number: number): ArrowPiece {
  const bottom = y + h + 8 + LOOP * number
  const [right, left] = [x + w / 2 + 24 + 8 * number, x + 20 - Math.min(8 * number, 14)]
  return {
    edge,
    points: [
      [right, y + h],
      [right, bottom],
      [left, bottom],
      [left, y + h],
    ],
    ...(edge.label !== '' && { label: { label: edge.label, at: [x + 26, bottom + 12] } }),
  }
}

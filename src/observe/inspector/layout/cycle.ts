import type { ChartWay } from '../journal/line.ts'
import type { Arranged } from './arrangements.ts'
import type { Measure } from './text-width.ts'
import { type Arrow, type Box, moveBox, size } from './scene.ts'

const LANE = 26
const EXIT = 20

/** The children beside each other, and between them what leads from one to another: on, past others, back, or out. */
export function arrangeCycle(
  owner: number,
  parts: readonly Box[],
  ways: readonly ChartWay[],
  measure: Measure,
): Arranged {
  const at = new Map(parts.map((part, place) => [part.state.key, place]))
  const found = ways.flatMap((way): CycleEdge[] => {
    const [from, to] = [at.get(way.from), way.to === undefined ? undefined : at.get(way.to)]
    return from === undefined || to === undefined ? [] : [{ from, to, label: way.label }]
  })
  const bySpan = (a: CycleEdge, b: CycleEdge) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from)
  const next = found.filter(({ from, to }) => to === from + 1)
  const over = found.filter(({ from, to }) => to > from + 1).toSorted(bySpan)
  const back = found.filter(({ from, to }) => to <= from).toSorted(bySpan)
  const outs = ways.filter(({ from, end }) => end !== undefined && at.has(from))

  const top = size.head + over.length * LANE
  const high = Math.max(...parts.map(({ h }) => h))
  let x: number = size.pad
  for (const [place, part] of parts.entries()) {
    moveBox(part, x - part.x, top + (high - part.h) / 2 - part.y)
    const label = next.find(({ from }) => from === place)?.label ?? ''
    x += part.w + Math.max(size.gapX, measure(label, 'label') + 22)
  }
  const last = parts.at(-1) as Box
  const bottom = top + high
  const box = (place: number) => parts[place] as Box
  const arrow = (
    { from, to, label }: CycleEdge,
    points: Arrow['points'],
    middle: readonly [number, number],
  ): Arrow => ({
    from: box(from).index,
    to: box(to).index,
    exact: true,
    points,
    ...(label !== undefined && { label, at: middle, anchor: 'middle' as const }),
  })
  const arrows = [
    ...next.map((way) => {
      const [from, to] = [box(way.from), box(way.to)]
      const y = top + high / 2
      const [x1, x2] = [from.x + from.w, to.x]
      return arrow(way, [[x1, y], [x2, y]], [(x1 + x2) / 2, y - 6]) // prettier-ignore
    }),
    ...over.map((way, lane) => {
      const [from, to] = [box(way.from), box(way.to)]
      const y = top - 8 - lane * LANE
      const [x1, x2] = [from.x + from.w * 0.7, to.x + to.w * 0.3]
      return arrow(way, [[x1, from.y], [x1, y], [x2, y], [x2, to.y]], [(x1 + x2) / 2, y - 5]) // prettier-ignore
    }),
    ...back.map((way, lane): Arrow => {
      const [from, to] = [box(way.from), box(way.to)]
      const y = bottom + 14 + lane * LANE
      const apart = from === to ? from.w / 4 : 0
      const [x1, x2] = [from.x + from.w / 2 + apart, to.x + to.w / 2 - apart]
      const points = [[x1, from.y + from.h], [x1, y], [x2, y], [x2, to.y + to.h]] as const // prettier-ignore
      return { ...arrow(way, points, [(x1 + x2) / 2, y + 12]), back: true }
    }),
  ]
  const below = bottom + (back.length > 0 ? 8 + back.length * LANE : 0)
  let right = last.x + last.w
  for (const [place, { from, end, label }] of outs.entries()) {
    const part = box(at.get(from) as number)
    const y = below + 10 + place * EXIT
    const x1 = part.x + 18
    const text = label === undefined ? String(end) : `${label} → ${end}`
    const points = [[x1, part.y + part.h], [x1, y], [x1 + 20, y]] as const // prettier-ignore
    arrows.push({ from: part.index, to: owner, exact: true, ...(end && { end }), points, label: text, at: [x1 + 25, y + 4], anchor: 'start' }) // prettier-ignore
    right = Math.max(right, x1 + 25 + measure(text, 'label'))
  }
  return { w: right + size.pad, h: below + outs.length * EXIT + size.pad, arrows }
}
type CycleEdge = { readonly from: number; readonly to: number; readonly label: string | undefined }

import type { Measure } from './text-width.ts'
import { type Arrow, type Box, moveBox, size } from './scene.ts'

/** What is inside a box: how large it is, and its arrows, as from the box's own corner. */
export type Arranged = { w: number; h: number; arrows: Arrow[] }
type ArrowPoint = readonly [number, number]

const left = (box: Box): ArrowPoint => [box.x, box.y + box.h / 2]
const right = (box: Box): ArrowPoint => [box.x + box.w, box.y + box.h / 2]

/** How wide and how high pictures should be to each other. */
const RATIO = 1.9

/** One after the other, in rows that wrap like text. */
export function arrangeRow(parts: readonly Box[]): Arranged {
  const lines = wrap(parts)
  const arrows: Arrow[] = []
  const w = Math.max(...lines.map((line) => line.reduce((sum, part) => sum + part.w + size.gapX, -size.gapX)))
  const inset = lines.length > 1 ? 10 : 0
  let y = size.head
  for (const [number, line] of lines.entries()) {
    const h = Math.max(...line.map((part) => part.h))
    let x = size.pad + inset
    for (const part of line) {
      moveBox(part, x - part.x, y + (h - part.h) / 2 - part.y)
      x += part.w + size.gapX
    }
    y += h + (number < lines.length - 1 ? 30 : 0)
  }
  for (let at = 1; at < parts.length; at++) {
    const [from, to] = [parts[at - 1] as Box, parts[at] as Box]
    const points = to.x > from.x ? [right(from), left(to)] : wrapArrow(from, to, lines)
    arrows.push({ from: from.index, to: to.index, points })
  }
  return { w: w + 2 * (size.pad + inset), h: y + size.pad, arrows }
}

/** From the end of one line to the beginning of the next. */
function wrapArrow(from: Box, to: Box, lines: readonly (readonly Box[])[]): ArrowPoint[] {
  const line = lines.find((one) => one.includes(from)) ?? [from]
  const down = Math.max(...line.map((part) => part.y + part.h)) + 15
  const [x1, y1] = right(from)
  const [x2, y2] = left(to)
  return [
    [x1, y1],
    [x1 + 12, y1],
    [x1 + 12, down],
    [x2 - 14, down],
    [x2 - 14, y2],
    [x2, y2],
  ]
}

function wrap(parts: readonly Box[]): Box[][] {
  const total = parts.reduce((sum, part) => sum + part.w + size.gapX, 0)
  let best: Box[][] = [[...parts]]
  if (total < 1050) return best
  let error = Infinity
  for (let count = 1; count <= Math.min(parts.length, 24); count++) {
    const lines = divide(parts, count)
    const h = lines.reduce((sum, line) => sum + Math.max(...line.map((part) => part.h)) + 30, 0)
    const off = Math.abs(Math.log(Math.max(...lines.map(lineWidth)) / h / RATIO))
    if (off < error) [error, best] = [off, lines]
  }
  return best
}

const lineWidth = (line: readonly Box[]): number => line.reduce((sum, part) => sum + part.w + size.gapX, 0)

/** In at most so many lines, of which the longest is as short as it can be. */
function divide(parts: readonly Box[], count: number): Box[][] {
  let low = Math.max(...parts.map((part) => part.w + size.gapX))
  let high = lineWidth(parts)
  while (high - low > 4) {
    const middle = (low + high) / 2
    if (fill(parts, middle).length <= count) high = middle
    else low = middle
  }
  return fill(parts, high)
}

function fill(parts: readonly Box[], limit: number): Box[][] {
  const lines: Box[][] = [[]]
  let filled = 0
  for (const part of parts) {
    const w = part.w + size.gapX
    if (filled + w > limit && filled > 0) {
      lines.push([])
      filled = 0
    }
    lines.at(-1)?.push(part)
    filled += w
  }
  return lines
}

/** All at once: regions below each other, in as many columns as keep the picture from becoming a tower. */
export function arrangeColumns(parts: readonly Box[]): Arranged {
  const total = parts.reduce((sum, part) => sum + part.h + size.gapY, 0)
  const widest = Math.max(...parts.map((part) => part.w))
  const count = Math.max(1, Math.min(parts.length, Math.round(Math.sqrt(total / Math.max(420, widest / 1.4)))))
  const perColumn = Math.ceil(parts.length / count)
  let x: number = size.pad
  let h = 0
  for (let column = 0; column * perColumn < parts.length; column++) {
    const own = parts.slice(column * perColumn, (column + 1) * perColumn)
    const w = Math.max(...own.map((part) => part.w))
    let y: number = size.head
    for (const part of own) {
      moveBox(part, x - part.x, y - part.y)
      part.w = w
      y += part.h + size.gapY
    }
    x += w + size.gapY
    h = Math.max(h, y - size.gapY)
  }
  return { w: x - size.gapY + size.pad, h: h + size.pad, arrows: [] }
}

/** A choice: what decides on the left, the ways it can go on the right, each with its name. */
export function arrangeChoice(
  decider: Box | undefined,
  ways: readonly Box[],
  label: (way: Box) => string,
  measure: Measure,
): Arranged {
  const texts = ways.map((way) => shortLabel(label(way)))
  const room = 30 + Math.max(0, ...texts.map((text) => measure(text, 'label')))
  const high = ways.reduce((sum, way) => sum + way.h + size.gapY, -size.gapY)
  const h = Math.max(high, decider?.h ?? 0)
  const start = size.pad + (decider ? decider.w : 4)
  if (decider) moveBox(decider, size.pad - decider.x, size.head + (h - decider.h) / 2 - decider.y)
  const source: ArrowPoint = decider ? right(decider) : [start, size.head + h / 2]
  const bend = start + 14
  const arrows: Arrow[] = []
  let y = size.head + (h - high) / 2
  for (const [at, way] of ways.entries()) {
    moveBox(way, start + room - way.x, y - way.y)
    y += way.h + size.gapY
    const target = left(way)
    const straight = Math.abs(target[1] - source[1]) < 2
    const points: ArrowPoint[] = straight ? [source, target] : [source, [bend, source[1]], [bend, target[1]], target]
    arrows.push({
      from: decider?.index ?? way.index,
      to: way.index,
      points,
      label: texts[at] ?? '',
      at: [bend + 6, target[1] - 5],
      anchor: 'start',
    })
  }
  const w = start + room + Math.max(0, ...ways.map((way) => way.w)) + size.pad
  return { w, h: h + size.head + size.pad, arrows }
}

/** One, and if it fails the next. */
export function arrangeFallback(parts: readonly Box[]): Arranged {
  let y: number = size.head
  const arrows: Arrow[] = []
  for (const [at, part] of parts.entries()) {
    moveBox(part, size.pad - part.x, y - part.y)
    y += part.h + 28
    const before = parts[at - 1]
    if (!before) continue
    const x = before.x + 34
    arrows.push({
      from: before.index,
      to: part.index,
      points: [
        [x, before.y + before.h],
        [x, part.y],
      ],
      label: 'if it fails',
      at: [x + 7, part.y - 10],
      anchor: 'start',
    })
  }
  return { w: Math.max(...parts.map((part) => part.w)) + 2 * size.pad, h: y - 28 + size.pad, arrows }
}

const shortLabel = (text: string): string => (text.length > 22 ? `${text.slice(0, 21)}…` : text)

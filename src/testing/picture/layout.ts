import type { Part } from '../definition.ts'

/** Where a function is drawn; all measures in px, from the top left of the picture. */
export type Box = {
  readonly path: string
  readonly name: string
  readonly kind: string
  /** What else is said of it: its tries, its timeout, the events it waits for. */
  readonly badges: readonly string[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly children: readonly Box[]
  readonly arrows: readonly Arrow[]
}
/** From one child to another, by their places. */
export type Arrow = {
  readonly from: number
  readonly to: number
  readonly label?: string
  /** Taken when the first fails. */
  readonly onFailure?: boolean
}

const LEAF = { height: 46, least: 96, letter: 7.4, badge: 6.4 }
const PAD = 18
const TITLE = 30
const GAP = { x: 46, y: 16 }

/**
 * Places a pipeline: a chain is a row, the regions of a parallel are stacked, a decision has its branches in a column,
 * a loop goes back to itself; failures, retries and timeouts are badges.
 */
export function layout(part: Part, x = 0, y = 0): Box {
  const { path, node } = part
  const own = { path, name: part.key, kind: node.kind, badges: badgesOf(part), x, y }
  const label = Math.max(own.name.length * LEAF.letter, [node.kind, ...own.badges].join('  ').length * LEAF.badge) + 28
  if (part.children.length === 0) {
    return { ...own, width: Math.max(LEAF.least, label), height: LEAF.height, children: [], arrows: [] }
  }
  const { boxes, arrows } = placed(part, x + PAD, y + TITLE + PAD / 2)
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  // A loop needs room for its way back.
  const below = node.kind === 'loop' ? PAD * 2 : PAD
  return { ...own, width: Math.max(right + PAD - x, label), height: bottom + below - y, children: boxes, arrows }
}

type Placed = { boxes: Box[]; arrows: Arrow[] }

function placed(part: Part, x: number, y: number): Placed {
  const { node, children } = part
  const [first, ...rest] = children
  if (node.kind === 'parallel') return { boxes: column(children, x, y), arrows: [] }
  if (node.kind === 'loop') return { boxes: column(children, x, y), arrows: [{ from: 0, to: 0, label: 'again' }] }
  if (node.kind === 'branch') return { boxes: column(children, x, y), arrows: [] }
  if (node.kind === 'decision' && first) {
    const start = layout(first, x, y)
    const widest = Math.max(0, ...rest.map(({ key }) => key.length)) * LEAF.badge
    const ways = column(rest, x + start.width + GAP.x + widest, y)
    const arrows = rest.map(({ key }, index) => ({ from: 0, to: index + 1, label: key }))
    return { boxes: [start, ...ways], arrows }
  }
  const boxes = row(children, x, y)
  const onFailure = node.kind === 'fallback'
  const arrows = boxes.slice(1).map((_, index) => ({ from: index, to: index + 1, ...(onFailure && { onFailure }) }))
  return { boxes, arrows }
}

function row(parts: readonly Part[], x: number, y: number): Box[] {
  const boxes: Box[] = []
  for (const part of parts) {
    const last = boxes.at(-1)
    boxes.push(layout(part, last ? last.x + last.width + GAP.x : x, y))
  }
  const height = Math.max(...boxes.map((box) => box.height))
  return boxes.map((box) => moved(box, (height - box.height) / 2))
}

function column(parts: readonly Part[], x: number, y: number): Box[] {
  const boxes: Box[] = []
  for (const part of parts) {
    const last = boxes.at(-1)
    boxes.push(layout(part, x, last ? last.y + last.height + GAP.y : y))
  }
  return boxes
}

const moved = (box: Box, by: number): Box => ({
  ...box,
  y: box.y + by,
  children: box.children.map((child) => moved(child, by)),
})

export function badgesOf({ node }: Part): string[] {
  const { retry, timeout } = node.policy
  const { maxIterations, events } = node.facts ?? {}
  return [
    ...(retry ? [`↻ ${retry.attempts}`] : []),
    ...(timeout === undefined ? [] : [`◷ ${duration(timeout)}`]),
    ...(maxIterations === undefined ? [] : [`≤ ${maxIterations}`]),
    ...(events ? [`✉ ${Object.keys(events).join(', ')}`] : []),
  ]
}

export function duration(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ]
  const [size, unit] = units.find(([each]) => ms >= each) ?? [1, 'ms']
  return `${Math.round((ms / size) * 10) / 10} ${unit}`
}

/** Itself and every box in it. */
export const allBoxes = (box: Box): Box[] => [box, ...box.children.flatMap(allBoxes)]

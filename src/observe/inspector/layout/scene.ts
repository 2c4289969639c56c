import type { IndexedState } from '../journal/indexed-chart.ts'

/** One drawn state: its place in the picture, in px at zoom 1. */
export type Box = {
  readonly index: number
  readonly state: IndexedState
  x: number
  y: number
  w: number
  h: number
  /** Shows what is inside it. */
  readonly open: boolean
  /** How many layers of boxes are around it. */
  readonly depth: number
  readonly parts: readonly Box[]
}
/** An arrow: its way, and the text beside it. */
export type Arrow = {
  readonly points: readonly (readonly [number, number])[]
  readonly from: number
  readonly to: number
  readonly label?: string
  readonly at?: readonly [number, number]
  readonly anchor?: 'start' | 'middle' | 'end'
  /** Leads around this state, and is gone only where that was not come to. */
  readonly around?: number
  /** Goes back: a round of a loop, or of an agent. */
  readonly back?: boolean
  /** One of several ways: it counts as gone where it was, and not where its ends were reached. */
  readonly exact?: boolean
  /** Leads out of the box `to`, as which it then ends. */
  readonly end?: 'complete' | 'failed' | 'rejected'
}
/** A chart that has been laid out. */
export type Scene = { readonly root: Box; readonly boxes: ReadonlyMap<number, Box>; readonly arrows: readonly Arrow[] }

export const size = { leaf: 184, widest: 420, low: 58, high: 106, head: 30, pad: 14, gapX: 34, gapY: 16 } as const

/** Every box below and with this one, the outer ones first. */
export function* boxesIn(box: Box): Generator<Box> {
  yield box
  for (const part of box.parts) yield* boxesIn(part)
}

/** The same arrow elsewhere. */
export const shiftArrow = (arrow: Arrow, dx: number, dy: number): Arrow => ({
  ...arrow,
  points: arrow.points.map(([x, y]) => [x + dx, y + dy] as const),
  ...(arrow.at && { at: [arrow.at[0] + dx, arrow.at[1] + dy] as const }),
})

export function moveBox(box: Box, dx: number, dy: number): void {
  for (const one of boxesIn(box)) {
    one.x += dx
    one.y += dy
  }
}

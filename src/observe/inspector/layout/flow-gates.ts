import type { Arranged } from './arrangements.ts'
import { type Arrow, type Box, moveBox, shiftArrow, size } from './scene.ts'

/** By the number of steps before: where the next step may be skipped, and where the flow may end. */
export type FlowGates = { readonly skips: Set<number>; readonly ends: Set<number> }

/** Room above a row for ways around, and below it for ways out. */
const SKIP_ROOM = 24
const END_ROOM = 26

/** The same row with a way around each step that may be skipped, and a way out where it may end early. */
export function withGates({ w, h, arrows }: Arranged, parts: readonly Box[], { skips, ends }: FlowGates): Arranged {
  if (skips.size + ends.size === 0) return { w, h, arrows }
  const lift = skips.size > 0 ? SKIP_ROOM : 0
  for (const part of parts) moveBox(part, 0, lift)
  const around = [...skips].flatMap((place) =>
    skipArrows(parts[place - 1], parts[place], parts[place + 1], place % 2 === 0 ? 6 : 12),
  )
  const out = [...ends].flatMap((place) => endArrows(parts[place - 1], parts[place]))
  return {
    w,
    h: h + lift + (ends.size > 0 ? END_ROOM - size.pad : 0),
    arrows: [...arrows.map((arrow) => shiftArrow(arrow, 0, lift)), ...around, ...out],
  }
}

/** `rise` keeps ways around neighbours apart. */
function skipArrows(before: Box | undefined, part: Box | undefined, after: Box | undefined, rise: number): Arrow[] {
  if (!part) return []
  // Where the row wraps, the way stays beside the step that it leads around.
  const from = before && isBeside(before, part) ? before : undefined
  const to = after && isBeside(after, part) ? after : undefined
  const top = Math.min(part.y, from?.y ?? part.y, to?.y ?? part.y) - rise
  const middle = part.y + part.h / 2
  const [x1, x2] = [from ? from.x + from.w - 24 : part.x - 10, to ? to.x + 24 : part.x + part.w + 10]
  const points = [
    [x1, from ? from.y : middle],
    [x1, top],
    [x2, top],
    [x2, to ? to.y : middle],
  ] as const
  const at = [part.x + part.w / 2, top - 3] as const
  return [
    {
      from: (before ?? part).index,
      to: (after ?? part).index,
      points,
      around: part.index,
      label: 'skip',
      at,
      anchor: 'middle',
    },
  ]
}

const isBeside = (one: Box, other: Box): boolean => one.y < other.y + other.h && other.y < one.y + one.h

function endArrows(before: Box | undefined, after: Box | undefined): Arrow[] {
  const part = before ?? after
  if (!part) return []
  const [x, y] = before ? [part.x + part.w - 24, part.y + part.h] : [part.x - 8, part.y + part.h / 2]
  const down = part.y + part.h + 20
  const points = [
    [x, y],
    [x, down],
  ] as const
  return [
    {
      from: part.index,
      to: part.index,
      // There is no step after it that could show it.
      around: (before && after ? after : part).index,
      points,
      label: 'end early',
      at: [before ? x - 5 : x + 7, down - 3],
      anchor: before ? 'end' : 'start',
    },
  ]
}

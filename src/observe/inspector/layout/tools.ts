import { type Arranged, arrangeColumns } from './arrangements.ts'
import type { Measure } from './text-width.ts'
import { type Arrow, type Box, moveBox } from './scene.ts'

const [YES, NO] = ['APPROVE', 'REJECT']
/** Below a tool that asks, for the way of those that are rejected; in px. */
const REJECT_ROOM = 22

/**
 * The tools of an agent, any of which may be called at once. Before one that asks a person the way forks: to the tool by
 * APPROVE, past it by REJECT.
 */
export function arrangeTools(owner: number, parts: readonly Box[], measure: Measure): Arranged {
  if (!parts.some(({ state }) => state.asks)) return arrangeColumns(parts)
  const room = 26 + Math.max(measure(YES, 'label'), measure(NO, 'label'))
  // They are stacked with what stands around them.
  for (const part of parts) resize(part, room, part.state.asks ? REJECT_ROOM : 0)
  const { w, h } = arrangeColumns(parts)
  const arrows = parts.flatMap((part): Arrow[] => {
    const { asks } = part.state
    resize(part, -room, asks ? -REJECT_ROOM : 0)
    moveBox(part, room, 0)
    if (!asks) return []
    const x = part.x - room
    const [middle, low] = [part.y + part.h / 2, part.y + part.h + 10]
    return [
      {
        from: owner,
        to: part.index,
        exact: true,
        points: [[x, middle], [part.x, middle]], // prettier-ignore
        label: YES,
        at: [x + room / 2, middle - 6],
        anchor: 'middle',
      },
      {
        from: part.index,
        to: owner,
        exact: true,
        end: 'rejected',
        points: [[x, middle], [x, low], [x + 16, low]], // prettier-ignore
        label: NO,
        at: [x + 21, low + 4],
        anchor: 'start',
      },
    ]
  })
  return { w, h, arrows }
}

function resize(part: Box, w: number, h: number): void {
  part.w += w
  part.h += h
}

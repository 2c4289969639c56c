import { type Arranged, stack } from './arrange.ts'
import type { Measure } from './measure.ts'
import { type Arrow, type Box, move } from './scene.ts'

const [YES, NO] = ['APPROVE', 'REJECT']
/** Below a tool that asks, for the way of those that are rejected; in px. */
const BELOW = 22

/**
 * The tools of an agent, any of which may be called at once. Before one that asks a person the way forks: to the tool by
 * APPROVE, past it by REJECT.
 */
export function calls(owner: number, parts: readonly Box[], measure: Measure): Arranged {
  if (!parts.some(({ state }) => state.asks)) return stack(parts)
  const room = 26 + Math.max(measure(YES, 'label'), measure(NO, 'label'))
  // They are stacked with what stands around them.
  for (const part of parts) resize(part, room, part.state.asks ? BELOW : 0)
  const { w, h } = stack(parts)
  const arrows = parts.flatMap((part): Arrow[] => {
    const { asks } = part.state
    resize(part, -room, asks ? -BELOW : 0)
    move(part, room, 0)
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

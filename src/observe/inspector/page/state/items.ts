import type { ActorView, RunView } from '../../journal/run-view.ts'
import { isRejectedCall } from '../../journal/tool-calls.ts'
import { poolItemOf, actorTitle, waitsOfActorTree } from '../../journal/pending-waits.ts'
import { startedActors } from '../chart/started-actors.ts'

export type ItemStatus = 'failed' | 'waiting' | 'running' | 'rejected' | 'stopped' | 'done'
/** An item of a map, a call of a tool, or another actor that a state has started. */
export type StartedItem = {
  readonly actor: number
  /** Its place in the map. */
  readonly index?: number
  readonly name: string
  readonly status: ItemStatus
  readonly input: unknown
}
const ORDER: readonly ItemStatus[] = ['failed', 'waiting', 'running', 'rejected', 'stopped', 'done']

/** What a state has started: what failed first, then what waits, then what runs. */
export function startedItems(view: RunView | undefined, actor: ActorView | undefined, index: number): StartedItem[] {
  if (!view || !actor) return []
  const items = startedActors(view, actor, index).flatMap((number): StartedItem[] => {
    const one = view.actors.get(number)
    if (!one) return []
    const place = one.call ? undefined : poolItemOf(one)
    return [
      {
        actor: number,
        ...(place && { index: Number(place.key) }),
        name: actorTitle(one),
        status: itemStatus(view, one),
        input: one.nodes.get(0)?.input,
      },
    ]
  })
  return items.toSorted(
    (a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || (a.index ?? a.actor) - (b.index ?? b.actor),
  )
}

/** Something in it may wait deep down. */
function itemStatus(view: RunView, one: ActorView): ItemStatus {
  const { actor, status } = one
  if (isRejectedCall(one)) return 'rejected'
  if (status === 'active') return waitsOfActorTree(view, actor).length > 0 ? 'waiting' : 'running'
  return status === 'error' ? 'failed' : status
}

/** A value on one line. */
export function previewValue(value: unknown): string {
  if (value === undefined) return ''
  const text =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .map(([name, part]) => `${name}: ${typeof part === 'string' ? part : JSON.stringify(part)}`)
          .join(', ')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value)
  return text.replaceAll(/\s+/g, ' ').slice(0, 120)
}

/** Where an actor belongs: the actor above it, and the state there that started it. */
export function startedBy(view: RunView, actor: number): { actor: number; index: number } | undefined {
  const child = view.actors.get(actor)
  const above = child?.parent === undefined ? undefined : view.actors.get(child.parent)
  const drawn = above?.chart?.drawn ?? []
  const index = drawn.findLast((one) => startedActors(view, above, one).includes(actor))
  return above && { actor: above.actor, index: index ?? 0 }
}

/** The item after a given one that failed or waits, around the end; undefined if no other does. */
export function nextWithStatus(
  items: readonly StartedItem[],
  actor: number,
  status: ItemStatus,
): StartedItem | undefined {
  const place = ({ index, actor: number }: StartedItem) => index ?? number
  const sorted = items.filter((one) => one.status === status).toSorted((a, b) => place(a) - place(b))
  const here = items.find((one) => one.actor === actor)
  const others = sorted.filter((one) => one.actor !== actor)
  return others.find((one) => here && place(one) > place(here)) ?? others[0]
}

import type { AnyActorRef } from 'xstate'
import type { CallMark } from '../types.ts'
import { pathOutsideItem } from '../border/external-events/machines.ts'

/** The event that carries what a leaf emits up to the root. */
export const EMIT = 'tinyllm.emit'
export type Happening = { type: string; [key: string]: unknown }
export type EmitEvent = { type: typeof EMIT; path: string; event: Happening }

/**
 * Tells the machine around a leaf. An item of a pool sends it on by itself; at the root of a pipeline that stands inside
 * another one (in an `actor`, however deep, and whatever machines are in between) it goes on here, to the nearest
 * machine of ours above. There it has the path of what that machine invoked before its own.
 */
export function tell(self: AnyActorRef, { path, event }: EmitEvent): void {
  self._parent?.send({ type: EMIT, path, event })
  tellOn(self, self._parent, { path, event })
}

/** The same of a machine of ours itself: an item tells the pool around it, a whole pipeline has let the event out. */
export function tellAbove(machine: AnyActorRef, { path, event }: Pick<EmitEvent, 'path' | 'event'>): void {
  const takes = takesOf(machine)
  if (takes && isForwarded(takes)) machine._parent?.send({ type: EMIT, path: pathOutsideItem(machine, path), event })
  tellOn(machine, machine, { path, event })
}

/** What happens in a call of a tool is told with the call: the innermost one. */
export const asCalled = (event: Happening, call: CallMark | undefined): Happening =>
  call && CALLED.has(event.type) ? { callId: call.id, turn: call.turn, ...event } : event
const CALLED = new Set(['token', 'reasoning', 'usage', 'progress', 'finish'])

function tellOn(self: AnyActorRef, first: AnyActorRef | undefined, { path, event }: Pick<EmitEvent, 'path' | 'event'>) {
  let way = path
  let isOut = false
  let child = self
  for (let actor = first; actor; actor = actor._parent) {
    const takes = takesOf(actor)
    if (takes) {
      if (isOut) {
        way = `${child.id}.${way}`
        actor.send({ type: EMIT, path: way, event })
      }
      isOut = !isForwarded(takes)
    }
    way = pathOutsideItem(actor, way)
    child = actor
  }
}

/** A machine of ours is known by what it does with such an event, also one that another copy of this package made. */
function takesOf({ logic }: AnyActorRef & { logic?: unknown }): unknown {
  const { config } = Object(logic) as { config?: { on?: Readonly<Record<string, unknown>> } }
  return config?.on?.[EMIT]
}

const isForwarded = (takes: unknown): boolean =>
  [takes].flat().every((transition) => [(transition as { actions?: unknown }).actions].flat().includes('forward'))

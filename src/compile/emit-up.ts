import type { AnyActorRef } from 'xstate'
import type { CallMark } from '../types.ts'
import { pathOutsideItem } from '../border/external-events/machines.ts'
import { parentOf } from '../border/actors.ts'

/** The event that carries an emitted event up to the root. */
export const EMIT = 'tinyllm.emit'
export type EmittedEvent = { type: string; [key: string]: unknown }
export type EmitEvent = { type: typeof EMIT; path: string; event: EmittedEvent }

/**
 * Sends an event of a leaf to the machine around it. Items of a pool forward it themselves. From the root of a pipeline
 * inside another one (in an `actor`, at any depth, with any machines in between) it is sent from here to the nearest
 * tinyllm machine above; there its path is prefixed with the path of that machine's invoke.
 */
export function emitUp(self: AnyActorRef, { path, event }: EmitEvent): void {
  parentOf(self)?.send({ type: EMIT, path, event })
  emitToOuterMachines(self, parentOf(self), { path, event })
}

/** The same for an event of a machine itself: an item sends it to its pool, a whole pipeline has emitted it already. */
export function emitAbove(machine: AnyActorRef, { path, event }: Pick<EmitEvent, 'path' | 'event'>): void {
  const takes = emitTransitionsOf(machine)
  if (takes && isForwarded(takes)) parentOf(machine)?.send({ type: EMIT, path: pathOutsideItem(machine, path), event })
  emitToOuterMachines(machine, machine, { path, event })
}

/** Adds the id and turn of the tool call to an event from inside it; the innermost call wins. */
export const withCall = (event: EmittedEvent, call: CallMark | undefined): EmittedEvent =>
  call && CALL_EVENTS.has(event.type) ? { callId: call.id, turn: call.turn, ...event } : event
const CALL_EVENTS = new Set(['token', 'reasoning', 'usage', 'progress', 'finish'])

function emitToOuterMachines(
  self: AnyActorRef,
  first: AnyActorRef | undefined,
  { path, event }: Pick<EmitEvent, 'path' | 'event'>,
) {
  let at = path
  let isOut = false
  let child = self
  for (let actor = first; actor; actor = parentOf(actor)) {
    const takes = emitTransitionsOf(actor)
    if (takes) {
      if (isOut) {
        at = `${child.id}.${at}`
        actor.send({ type: EMIT, path: at, event })
      }
      isOut = !isForwarded(takes)
    }
    at = pathOutsideItem(actor, at)
    child = actor
  }
}

/** Recognizes a tinyllm machine, of any copy of this package, by its transitions on the event. */
function emitTransitionsOf({ logic }: AnyActorRef & { logic?: unknown }): unknown {
  const { config } = Object(logic) as { config?: { on?: Readonly<Record<string, unknown>> } }
  return config?.on?.[EMIT]
}

const isForwarded = (takes: unknown): boolean =>
  [takes].flat().every((transition) => [(transition as { actions?: unknown }).actions].flat().includes('forward'))

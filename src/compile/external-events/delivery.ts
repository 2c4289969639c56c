import { type AnyActorRef, emit } from 'xstate'
import { instancePath } from '../../border/external-events/machines.ts'
import { routingOf } from '../../border/external-events/current-event.ts'
import { withParsed } from '../../border/external-events/parsed-payload.ts'
import type { Candidate, ExternalEvent, EventRejection } from '../../border/external-events/event-routing.ts'
import type { RefusedEvent } from '../../types.ts'
import { EMIT, emitUp } from '../emit-up.ts'

type DeliveryArgs = { event: ExternalEvent; self: AnyActorRef }

/** At the root: an event that no state of this machine takes is forwarded to a machine below, or rejected. */
export const DELIVER = { guard: 'isForAnother', actions: 'deliver' }
export const REFUSE = { actions: 'refuse', meta: { refusal: true } }

/** The receivers of an event: states of this machine, or of machines below. */
function receiversOf(event: object): { asked: Candidate; isOwn: boolean }[] {
  const { routing, root } = routingOf(event) ?? {}
  if (!routing?.taker) return []
  return [routing.taker, ...(routing.others ?? [])].map((asked) => ({ asked, isOwn: asked.live === root }))
}

/** Whether the state at this path of the machine takes the event. */
export function isTaken(event: object, path: string): boolean {
  return receiversOf(event).some(({ asked, isOwn }) => isOwn && asked.own === path && !asked.taker.route)
}

export function isForAnother({ event }: { event: object }): boolean {
  return receiversOf(event).some(({ asked, isOwn }) => !isOwn || asked.taker.route !== undefined)
}

/** Forwards an event to the machines whose states take it, with the path in that machine. */
export function deliver({ event, self }: DeliveryArgs): void {
  for (const { asked } of receiversOf(event)) {
    const { live, own, taker, frame, payload } = asked
    const ref = live.ref ?? self
    // The first of several receivers may have stopped the others.
    if (live.ref && (ref.getSnapshot() as { status?: unknown }).status !== 'active') continue
    if (taker.route) {
      const routed = frame && taker.route(payload, frame, live.snapshot)
      routed?.ref.send(routed.event)
    } else {
      const single = frame && taker.subject?.single?.(payload, frame)
      ref.send(single ? { type: event.type, ...single, path: own } : { ...event, path: own, ...withParsed(payload) })
    }
  }
}

/** Emits `refused` for an external event that no state takes. */
export const refuse = emit(({ event, self }: DeliveryArgs): RefusedEvent => rejectionOf(event, self))

/** The same in a machine below: `refused` bubbles up to the run. */
export function refuseBelow({ event, self }: DeliveryArgs): void {
  const { path = '', ...refused } = rejectionOf(event, self)
  const { path: sent } = event
  // Senders use paths of the run.
  const given = typeof sent === 'string' ? { ...event, path: instancePath(self, sent) } : event
  emitUp(self, { type: EMIT, path: instancePath(self, path), event: { ...refused, event: given } })
}

function rejectionOf(event: ExternalEvent, { logic }: AnyActorRef & { logic?: unknown }): RefusedEvent {
  const { routing } = routingOf(event) ?? {}
  const { code = 'invalid', reason = '', path } = (routing ?? {}) as Partial<EventRejection>
  // A pure transition has no actor.
  const { config } = Object(logic) as { config?: { meta?: { path: string } } }
  return { type: 'refused', path: path ?? config?.meta?.path ?? '', event, reason, code }
}

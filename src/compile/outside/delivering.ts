import { type AnyActorRef, emit } from 'xstate'
import { instancePath } from '../../border/external-events/machines.ts'
import { routingOf } from '../../border/external-events/current-event.ts'
import { carryParsedPayload } from '../../border/external-events/parsed-payload.ts'
import type { Candidate, Rejection, ExternalEvent } from '../../border/external-events/event-routing.ts'
import type { RefusedEvent } from '../../types.ts'
import { EMIT, tell } from '../bubbling.ts'

type Seen = { event: ExternalEvent; self: AnyActorRef }

/** At the root: what no state of this machine took is for one of another machine below, or is refused. */
export const DELIVER = { guard: 'isForAnother', actions: 'deliver' }
export const REFUSE = { actions: 'refuse', meta: { refusal: true } }

/** The takers of an event, each of them a state of the machine that asks, or of one below. */
function takersOf(event: object): { asked: Candidate; isOwn: boolean }[] {
  const { routing, root } = routingOf(event) ?? {}
  if (!routing?.taker) return []
  return [routing.taker, ...(routing.others ?? [])].map((asked) => ({ asked, isOwn: asked.live === root }))
}

/** Whether the state at this path of the machine takes the event. */
export function isTaken(event: object, path: string): boolean {
  return takersOf(event).some(({ asked, isOwn }) => isOwn && asked.own === path && !asked.taker.route)
}

export function isForAnother({ event }: { event: object }): boolean {
  return takersOf(event).some(({ asked, isOwn }) => !isOwn || asked.taker.route !== undefined)
}

/** Hands an event on to the machine whose state takes it. There it has the path that it has there. */
export function deliver({ event, self }: Seen): void {
  for (const { asked } of takersOf(event)) {
    const { live, own, taker, frame, payload } = asked
    const ref = live.ref ?? self
    // What the first of several does may end the others.
    if (live.ref && (ref.getSnapshot() as { status?: unknown }).status !== 'active') continue
    if (taker.route) {
      const routed = frame && taker.route(payload, frame, live.snapshot)
      routed?.ref.send(routed.event)
    } else {
      const single = frame && taker.subject?.single?.(payload, frame)
      ref.send(
        single ? { type: event.type, ...single, path: own } : { ...event, path: own, ...carryParsedPayload(payload) },
      )
    }
  }
}

/** The root's answer to an event that nobody takes. */
export const refuse = emit(({ event, self }: Seen): RefusedEvent => refusalOf(event, self))

/** The same in a machine below: whoever sent it there is not to wonder either. */
export function refuseBelow({ event, self }: Seen): void {
  const { path = '', ...refused } = refusalOf(event, self)
  const { path: sent } = event
  // Whoever sent it knows the paths of the run.
  const given = typeof sent === 'string' ? { ...event, path: instancePath(self, sent) } : event
  tell(self, { type: EMIT, path: instancePath(self, path), event: { ...refused, event: given } })
}

function refusalOf(event: ExternalEvent, { logic }: AnyActorRef & { logic?: unknown }): RefusedEvent {
  const { routing } = routingOf(event) ?? {}
  const { code = 'invalid', reason = '', path } = (routing ?? {}) as Partial<Rejection>
  // A pure transition need not have an actor.
  const { config } = Object(logic) as { config?: { meta?: { path: string } } }
  return { type: 'refused', path: path ?? config?.meta?.path ?? '', event, reason, code }
}

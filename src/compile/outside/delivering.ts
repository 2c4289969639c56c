import { type AnyActorRef, emit } from 'xstate'
import { instancePath } from '../../border/outside/machines.ts'
import { verdictOn } from '../../border/outside/judging.ts'
import { carrying } from '../../border/outside/reading.ts'
import type { Asked, Refusal, Sent } from '../../border/outside/verdict.ts'
import type { RefusedEvent } from '../../types.ts'
import { EMIT, tell } from '../bubbling.ts'

type Seen = { event: Sent; self: AnyActorRef }

/** At the root: what no state of this machine took is for one of another machine below, or is refused. */
export const DELIVER = { guard: 'isForAnother', actions: 'deliver' }
export const REFUSE = { actions: 'refuse', meta: { refusal: true } }

/** The taker of an event: a state of the machine that asks, or of one below. */
function takerOf(event: object): { asked: Asked; isOwn: boolean } | undefined {
  const { verdict, root } = verdictOn(event) ?? {}
  return verdict?.taker && { asked: verdict.taker, isOwn: verdict.taker.live === root }
}

/** Whether the state at this path of the machine takes the event. */
export function isTaken(event: object, path: string): boolean {
  const { asked, isOwn } = takerOf(event) ?? {}
  return isOwn === true && asked?.own === path && !asked.taker.route
}

export function isForAnother({ event }: { event: object }): boolean {
  const { asked, isOwn } = takerOf(event) ?? {}
  return asked !== undefined && (!isOwn || asked.taker.route !== undefined)
}

/** Hands an event on to the machine whose state takes it. There it has the path that it has there. */
export function deliver({ event, self }: Seen): void {
  const { asked } = takerOf(event) ?? {}
  if (!asked) return
  const { live, own, taker, frame, payload } = asked
  const ref = live.ref ?? self
  if (!taker.route) ref.send({ ...event, path: own, ...carrying(payload) })
  else if (frame) {
    const routed = taker.route(payload, frame, live.snapshot)
    routed?.ref.send(routed.event)
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

function refusalOf(event: Sent, { logic }: AnyActorRef & { logic?: unknown }): RefusedEvent {
  const { verdict } = verdictOn(event) ?? {}
  const { code = 'invalid', reason = '', path } = (verdict ?? {}) as Partial<Refusal>
  const { config } = logic as { config: { meta: { path: string } } }
  return { type: 'refused', path: path ?? config.meta.path, event, reason, code }
}

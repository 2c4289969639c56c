import type { AnyActorRef } from 'xstate'

/** An event as a page sends it. */
export type OutsideEvent = { readonly type: string; readonly path?: string; readonly [key: string]: unknown }
/** Why nobody took an event. */
export type EventRejection = { readonly code: string; readonly reason: string }

/** Sends an event to an actor; says why, if nobody took it: a machine of ours tells that while it is sent. */
export function sendEvent(actor: AnyActorRef, event: OutsideEvent): EventRejection | undefined {
  let refusal: EventRejection | undefined
  const hearing = actor.on('refused', ({ code, reason }: Partial<EventRejection>) => {
    refusal ??= { code: String(code), reason: String(reason) }
  })
  try {
    actor.send(event)
  } finally {
    hearing.unsubscribe()
  }
  return refusal
}

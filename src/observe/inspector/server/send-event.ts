import type { AnyActorRef } from 'xstate'

/** An event as a page sends it. */
export type OutsideEvent = { readonly type: string; readonly path?: string; readonly [key: string]: unknown }
/** Why an event was rejected. */
export type SendRejection = { readonly code: string; readonly reason: string }

/** Sends an event to an actor. Returns the rejection, if there is one: a machine of tinyllm emits it during `send`. */
export function sendEvent(actor: AnyActorRef, event: OutsideEvent): SendRejection | undefined {
  let refusal: SendRejection | undefined
  const hearing = actor.on('refused', ({ code, reason }: Partial<SendRejection>) => {
    refusal ??= { code: String(code), reason: String(reason) }
  })
  try {
    actor.send(event)
  } finally {
    hearing.unsubscribe()
  }
  return refusal
}

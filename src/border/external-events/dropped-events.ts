import type { AnyActorRef } from 'xstate'
import { externalEventIn } from './current-event.ts'
import { instancePath, outsideOf } from './machines.ts'
import { parentOf } from '../actors.ts'

/** Emits `refused` for external events that were queued in a machine when it reached its final state. */
export function reportDroppedEvents(ref: AnyActorRef, events: readonly object[]): void {
  const outside = outsideOf((ref as { logic?: unknown }).logic)
  if (!outside) return
  for (const event of events) {
    const sent = externalEventIn(event)
    if (!sent) continue
    const path = instancePath(ref, typeof sent.path === 'string' ? sent.path : outside.path)
    const reason = `${path} does not wait for ${sent.type} now: it has ended.`
    const refused = { type: 'refused', event: { ...sent, path }, reason, code: 'not_now' }
    parentOf(ref)?.send({ type: 'tinyllm.emit', path, event: refused })
  }
}

import type { AnyActorRef } from 'xstate'
import { sentIn } from './judging.ts'
import { instancePath, outsideOf } from './machines.ts'
import { parentOf } from '../actors.ts'

/** Events from outside that came to a machine while it took its last one: nobody takes them any more, and that is told. */
export function tellLost(ref: AnyActorRef, events: readonly object[]): void {
  const outside = outsideOf((ref as { logic?: unknown }).logic)
  if (!outside) return
  for (const event of events) {
    const sent = sentIn(event)
    if (!sent) continue
    const path = instancePath(ref, typeof sent.path === 'string' ? sent.path : outside.path)
    const reason = `${path} does not wait for ${sent.type} now: it has ended.`
    const refused = { type: 'refused', event: { ...sent, path }, reason, code: 'not_now' }
    parentOf(ref)?.send({ type: 'tinyllm.emit', path, event: refused })
  }
}

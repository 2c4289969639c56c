import type { Actor, AnyStateMachine, Observer } from 'xstate'
import { toExternalEvent, isSeen, externalEventIn } from '../border/external-events/current-event.ts'
import type { RefusedEvent } from '../types.ts'
import { functionNameOf, guardObserver } from '../border/guard-observer.ts'

type Handler = (value: never) => unknown

/**
 * The same actor. What is sent to it is taken or refused, also after its end, and whatever it is; its listeners and
 * observers only watch as well: XState throws what they throw in a timer, which ends a Node process and all its runs.
 */
export function watched<A extends Actor<AnyStateMachine>>(actor: A): A {
  const { on, subscribe, send } = actor
  /** Those who hear of refusals: at the end of a run XState forgets all who listen. */
  let hearers: Set<Handler> | undefined
  const listen = (type: string, handler: Handler) => {
    const quietly = quiet('listener', handler)
    const { unsubscribe } = on.call(actor, type, quietly as never)
    if (quietly && (type === 'refused' || type === '*')) (hearers ??= new Set()).add(quietly)
    return { unsubscribe: () => void (unsubscribe(), quietly && hearers?.delete(quietly)) }
  }
  const take = (event: { type: string }) => {
    const { status } = actor.getSnapshot() as { status: string }
    const sent = toExternalEvent(event)
    // What its own actors tell is no event from outside.
    const isOutside = externalEventIn(sent) !== undefined
    if (status !== 'active') return isOutside ? refuse(event) : undefined
    send.call(actor, sent as never)
    // Sent while another one is taken, it comes next, or never, if that one ends the run.
    if (isOutside && !isSeen(sent)) queueMicrotask(() => refuseIfLost(sent))
  }
  const refuseIfLost = (sent: object) => {
    const { status } = actor.getSnapshot() as { status: string }
    if (status !== 'active' && !isSeen(sent)) refuse(externalEventIn(sent) as { type: string })
  }
  const refuse = (event: { type: string }) => {
    const { status } = actor.getSnapshot() as { status: string }
    const { id: path } = actor.logic
    const reason = `${path} has ended (${status}), and takes no more events.`
    const refused: RefusedEvent = { type: 'refused', path, event, reason, code: 'not_now' }
    for (const hear of hearers ?? []) hear(refused as never)
  }
  const observe = (next?: Handler | Partial<Observer<never>>, error?: Handler, complete?: Handler) => {
    const observer = typeof next === 'object' ? next : { next, error, complete }
    return subscribe.call(actor, {
      next: quiet('observer', observer?.next, observer),
      // Without one, XState tells of a failure that nobody listens for.
      error: quiet('observer', observer?.error, observer),
      complete: quiet('observer', observer?.complete, observer),
    } as never)
  }
  return Object.assign(actor, { on: listen, subscribe: observe, send: take })
}

function quiet(kind: string, handler: Handler | undefined, self?: unknown): Handler | undefined {
  if (typeof handler !== 'function') return undefined
  const watch = guardObserver(kind)
  return (value) => watch(() => Reflect.apply(handler, self, [value]), functionNameOf(handler))
}

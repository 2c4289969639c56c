import type { Actor, AnyStateMachine, Observer } from 'xstate'
import { externalEventIn, isSeen, toExternalEvent } from '../border/external-events/current-event.ts'
import type { RefusedEvent } from '../types.ts'
import { functionNameOf, guardObserver } from '../border/guard-observer.ts'

type Handler = (value: never) => unknown

/**
 * Guards an actor: any value that is sent to it is taken or rejected (`refused`), also after its end; and errors of its
 * listeners and observers are reported, not thrown: XState throws them in a timer, which ends a Node process.
 */
export function guardActor<A extends Actor<AnyStateMachine>>(actor: A): A {
  const { on, subscribe, send } = actor
  /** Listeners of `refused`: XState removes all listeners when an actor ends. */
  let hearers: Set<Handler> | undefined
  const listen = (type: string, handler: Handler) => {
    const quietly = guardHandler('listener', handler)
    const { unsubscribe } = on.call(actor, type, quietly as never)
    if (quietly && (type === 'refused' || type === '*')) (hearers ??= new Set()).add(quietly)
    return { unsubscribe: () => void (unsubscribe(), quietly && hearers?.delete(quietly)) }
  }
  const take = (event: { type: string }) => {
    const { status } = actor.getSnapshot() as { status: string }
    const sent = toExternalEvent(event)
    // Events of its own child actors are not external.
    const isOutside = externalEventIn(sent) !== undefined
    if (status !== 'active') return isOutside ? refuse(event) : undefined
    send.call(actor, sent as never)
    // An event sent during another one is queued, and dropped if that one ends the run.
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
      next: guardHandler('observer', observer?.next, observer),
      // Without an error handler, XState reports the error as unhandled.
      error: guardHandler('observer', observer?.error, observer),
      complete: guardHandler('observer', observer?.complete, observer),
    } as never)
  }
  return Object.assign(actor, { on: listen, subscribe: observe, send: take })
}

function guardHandler(kind: string, handler: Handler | undefined, self?: unknown): Handler | undefined {
  if (typeof handler !== 'function') return undefined
  const watch = guardObserver(kind)
  return (value) => watch(() => Reflect.apply(handler, self, [value]), functionNameOf(handler))
}

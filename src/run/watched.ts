import type { Actor, AnyStateMachine, Observer } from 'xstate'
import { nameOf, watcher } from '../border/watcher.ts'

type Handler = (value: never) => unknown

/**
 * The same actor, whose listeners and observers only watch as well: XState throws what they throw in a timer, which ends
 * a Node process and all its runs.
 */
export function watched<A extends Actor<AnyStateMachine>>(actor: A): A {
  const { on, subscribe } = actor
  const listen = (type: string, handler: Handler) => on.call(actor, type, quiet('listener', handler) as never)
  const observe = (next?: Handler | Partial<Observer<never>>, error?: Handler, complete?: Handler) => {
    const observer = typeof next === 'object' ? next : { next, error, complete }
    return subscribe.call(actor, {
      next: quiet('observer', observer?.next, observer),
      // Without one, XState tells of a failure that nobody listens for.
      error: quiet('observer', observer?.error, observer),
      complete: quiet('observer', observer?.complete, observer),
    } as never)
  }
  return Object.assign(actor, { on: listen, subscribe: observe })
}

function quiet(kind: string, handler: Handler | undefined, self?: unknown): Handler | undefined {
  if (typeof handler !== 'function') return undefined
  const watch = watcher(kind)
  return (value) => watch(() => Reflect.apply(handler, self, [value]), nameOf(handler))
}

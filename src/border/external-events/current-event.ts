import { globalState, globalSymbol, hasSymbol } from '../global-state.ts'
import { attempt } from '../shape.ts'
import type { LiveMachine } from './machines.ts'
import { type ExternalEvent, type EventRejection, routeEvent, type Routing } from './event-routing.ts'

/** The event that a machine processes now, with its routing: XState passes guards and actions the event alone. */
const state = globalState('judging', (): { current?: RoutedEvent | undefined } => ({}))
type RoutedEvent = { readonly event: object; readonly root: LiveMachine; readonly routing: Routing }

/** The key under which an event wraps another one that XState must not see. */
const SENT: unique symbol = globalSymbol('sent') as never

/** Whether an event is external: types of tinyllm and XState are reserved. */
export const isExternal = (event: unknown): event is ExternalEvent => {
  const type: unknown = attempt(() => (event as ExternalEvent).type)
  return typeof type !== 'string' || !RESERVED.test(type)
}
const RESERVED = /^(?:xstate|tinyllm)\./

/** Whether a state can have a transition on this event type; XState throws on the wildcard. */
export const canListen = ({ type }: { type: unknown }): boolean =>
  typeof type === 'string' && type !== '*' && !RESERVED.test(type)

const INTERNAL_TYPES = ['tinyllm.cancel', 'tinyllm.emit', 'tinyllm.resume']

/**
 * A copy of a sent event that the machine treats as external; a value that is not an object, or has a reserved type, is
 * wrapped. It is read once, so that later changes to the object have no effect.
 */
export function toExternalEvent(event: unknown): object {
  const plain =
    typeof event === 'object' && event !== null ? attempt(() => ({ ...(event as ExternalEvent) })) : undefined
  const wrapped = (inner: unknown) => ({ type: 'tinyllm.sent', [SENT]: inner })
  // XState's interpreter throws on what is not an object, and stops an actor on an event of type xstate.stop.
  if (!plain || typeof plain.type !== 'string') return wrapped({ type: undefined })
  if (INTERNAL_TYPES.includes(plain.type)) return event as object
  return RESERVED.test(plain.type) ? wrapped(plain) : plain
}

/** A copy of the external event that this is, or wraps; undefined for an internal one. */
export function externalEventIn(event: object): ExternalEvent | undefined {
  if (hasSymbol(event, SENT)) return toPlainEvent((event as { [SENT]: ExternalEvent })[SENT])
  return isExternal(event) ? toPlainEvent(event) : undefined
}

/** One that cannot be read is returned as it is, and rejected later. */
const toPlainEvent = (event: ExternalEvent): ExternalEvent => attempt(() => ({ ...event })) ?? event

/** Events that a machine has processed. */
const seen = globalState('judged', () => new WeakSet<object>())
export const isSeen = (event: object): boolean => seen.has(event)
export const markSeen = (event: object): void => void seen.add(event)

/** Calls `act` with the routing of an external event, which `routingOf` returns meanwhile. */
export function withRouting<T>(root: LiveMachine, event: ExternalEvent, act: (routing: Routing) => T): T {
  const before = state.current
  const routing = attempt(() => routeEvent(root, event)) ?? unreadable(event)
  state.current = { event, root, routing }
  try {
    return act(routing)
  } finally {
    state.current = before
  }
}

/** The routing of this event, in the machine that processes it now. */
export const routingOf = (event: object): { routing: Routing; root: LiveMachine } | undefined =>
  state.current?.event === event ? state.current : undefined

const unreadable = (event: ExternalEvent): EventRejection => ({
  code: 'invalid',
  reason: `The event ${attempt(() => event.type) ?? ''} could not be read. Send plain data.`,
})

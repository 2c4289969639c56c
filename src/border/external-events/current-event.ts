import { hasSymbol, globalState, globalSymbol } from '../global-state.ts'
import { attempt } from '../shape.ts'
import type { LiveMachine } from './machines.ts'
import { routeEvent, type Rejection, type ExternalEvent, type Routing } from './event-routing.ts'

/** The event that a machine takes now, and what was decided of it: guards and actions are told of the event alone. */
const state = globalState('judging', (): { current?: RoutedEvent | undefined } => ({}))
type RoutedEvent = { readonly event: object; readonly root: LiveMachine; readonly routing: Routing }

/** Where an event has another one inside, which XState must not see. */
const SENT: unique symbol = globalSymbol('sent') as never

/** Ours and XState's own never come from outside, unless somebody made them up. */
export const isExternal = (event: unknown): event is ExternalEvent => {
  const type: unknown = attempt(() => (event as ExternalEvent).type)
  return typeof type !== 'string' || !RESERVED.test(type)
}
const RESERVED = /^(?:xstate|tinyllm)\./

/** Whether a chart can listen to such an event; XState throws at its wildcard. */
export const isListenable = ({ type }: { type: unknown }): boolean =>
  typeof type === 'string' && type !== '*' && !RESERVED.test(type)

const INTERNAL_TYPES = ['tinyllm.cancel', 'tinyllm.emit', 'tinyllm.resume']

/**
 * An event that the machine will take for one from outside: what is no object, or has the name of XState's own. It is read
 * once, so that it is what it was when it was looked at.
 */
export function toExternalEvent(event: unknown): object {
  const plain =
    typeof event === 'object' && event !== null ? attempt(() => ({ ...(event as ExternalEvent) })) : undefined
  const wrapped = (inner: unknown) => ({ type: 'tinyllm.sent', [SENT]: inner })
  // What cannot be read, or is no object, would end XState's own loop; and it ends an actor by an event's name.
  if (!plain || typeof plain.type !== 'string') return wrapped({ type: undefined })
  if (INTERNAL_TYPES.includes(plain.type)) return event as object
  return RESERVED.test(plain.type) ? wrapped(plain) : plain
}

/** The event from outside that this is, or has inside; undefined for one of ours or of XState's own. */
export function externalEventIn(event: object): ExternalEvent | undefined {
  if (hasSymbol(event, SENT)) return (event as { [SENT]: ExternalEvent })[SENT]
  return isExternal(event) ? event : undefined
}

/** The same event as plain data; what cannot be read stays as it is, and is rejected. */
export const toPlainEvent = (event: ExternalEvent): ExternalEvent => attempt(() => ({ ...event })) ?? event

/** Events that a machine has come to. */
const seen = globalState('judged', () => new WeakSet<object>())
export const isSeen = (event: object): boolean => seen.has(event)
export const markSeen = (event: object): void => void seen.add(event)

/** Does what a machine does with an event from outside, after it was decided who takes it. */
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

/** What was decided of this event, in the machine that takes it now. */
export const routingOf = (event: object): { routing: Routing; root: LiveMachine } | undefined =>
  state.current?.event === event ? state.current : undefined

const unreadable = (event: ExternalEvent): Rejection => ({
  code: 'invalid',
  reason: `The event ${attempt(() => event.type) ?? ''} could not be read. Send plain data.`,
})

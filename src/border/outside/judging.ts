import { bears, common, commonSymbol } from '../copies.ts'
import { attempt } from '../shape.ts'
import type { Live } from './machines.ts'
import { judge, type Refusal, type Sent, type Verdict } from './verdict.ts'

/** The event that a machine takes now, and what was decided of it: guards and actions are told of the event alone. */
const now = common('judging', (): { current?: Judged | undefined } => ({}))
type Judged = { readonly event: object; readonly root: Live; readonly verdict: Verdict }

/** Where an event has another one inside, which XState must not see. */
const SENT: unique symbol = commonSymbol('sent') as never

/** Ours and XState's own never come from outside, unless somebody made them up. */
export const isFromOutside = (event: unknown): event is Sent => {
  const type: unknown = attempt(() => (event as Sent).type)
  return typeof type !== 'string' || !RESERVED.test(type)
}
const RESERVED = /^(?:xstate|tinyllm)\./

/** Whether a chart can listen to such an event; XState throws at its wildcard. */
export const isNamed = ({ type }: { type: unknown }): boolean =>
  typeof type === 'string' && type !== '*' && !RESERVED.test(type)

const OURS = ['tinyllm.cancel', 'tinyllm.emit', 'tinyllm.resume']

/**
 * An event that the machine will take for one from outside: what is no object, or has the name of XState's own. It is read
 * once, so that it is what it was when it was looked at.
 */
export function asSent(event: unknown): object {
  const plain = typeof event === 'object' && event !== null ? attempt(() => ({ ...(event as Sent) })) : undefined
  const wrapped = (inner: unknown) => ({ type: 'tinyllm.sent', [SENT]: inner })
  // What cannot be read, or is no object, would end XState's own loop; and it ends an actor by an event's name.
  if (!plain || typeof plain.type !== 'string') return wrapped({ type: undefined })
  if (OURS.includes(plain.type)) return event as object
  return RESERVED.test(plain.type) ? wrapped(plain) : plain
}

/** The event from outside that this is, or has inside; undefined for one of ours or of XState's own. */
export function sentIn(event: object): Sent | undefined {
  if (bears(event, SENT)) return (event as { [SENT]: Sent })[SENT]
  return isFromOutside(event) ? event : undefined
}

/** The same event as plain data; what cannot be read stays as it is, and is rejected. */
export const plainOf = (event: Sent): Sent => attempt(() => ({ ...event })) ?? event

/** Events that a machine has come to. */
const come = common('judged', () => new WeakSet<object>())
export const isJudged = (event: object): boolean => come.has(event)
export const comesTo = (event: object): void => void come.add(event)

/** Does what a machine does with an event from outside, after it was decided who takes it. */
export function judged<T>(root: Live, event: Sent, act: (verdict: Verdict) => T): T {
  const before = now.current
  const verdict = attempt(() => judge(root, event)) ?? unreadable(event)
  now.current = { event, root, verdict }
  try {
    return act(verdict)
  } finally {
    now.current = before
  }
}

/** What was decided of this event, in the machine that takes it now. */
export const verdictOn = (event: object): { verdict: Verdict; root: Live } | undefined =>
  now.current?.event === event ? now.current : undefined

const unreadable = (event: Sent): Refusal => ({
  code: 'invalid',
  reason: `The event ${attempt(() => event.type) ?? ''} could not be read. Send plain data.`,
})

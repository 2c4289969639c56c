import { bears, commonSymbol } from '../copies.ts'
import { attempt } from '../shape.ts'
import type { Live } from './machines.ts'
import { judge, type Refusal, type Sent, type Verdict } from './verdict.ts'

/** The event that a machine takes now, and what was decided of it: guards and actions are told of the event alone. */
let current: { readonly event: object; readonly root: Live; readonly verdict: Verdict } | undefined

/** On an event that was sent from outside, whatever it is called. */
const SENT: unique symbol = commonSymbol('sent') as never

/** Ours and XState's own never come from outside, unless somebody made them up. */
export const isFromOutside = (event: unknown): event is Sent => {
  if (bears(event, SENT)) return true
  const type: unknown = attempt(() => (event as Sent).type)
  return typeof type !== 'string' || !/^(?:xstate|tinyllm)\./.test(type)
}

const OURS = ['tinyllm.cancel', 'tinyllm.emit', 'tinyllm.resume']

/** An event that the machine will take for one from outside: what is no object, or has the name of XState's own. */
export function asSent(event: unknown): object {
  if (typeof event !== 'object' || event === null) return { type: undefined, [SENT]: true }
  const { type } = attempt(() => ({ type: (event as Sent).type as unknown })) ?? {}
  if (typeof type !== 'string' || !/^(?:xstate|tinyllm)\./.test(type) || OURS.includes(type)) return event
  return { ...event, [SENT]: true }
}

/** Does what a machine does with an event from outside, after it was decided who takes it. */
export function judged<T>(root: Live, event: Sent, act: (verdict: Verdict) => T): T {
  const before = current
  const verdict = attempt(() => judge(root, event)) ?? unreadable(event)
  current = { event, root, verdict }
  try {
    return act(verdict)
  } finally {
    current = before
  }
}

/** What was decided of this event, in the machine that takes it now. */
export const verdictOn = (event: object): { verdict: Verdict; root: Live } | undefined =>
  current?.event === event ? current : undefined

const unreadable = (event: Sent): Refusal => ({
  code: 'invalid',
  reason: `The event ${attempt(() => event.type) ?? ''} could not be read. Send plain data.`,
})

import { attempt } from '../shape.ts'
import type { Live } from './machines.ts'
import { judge, type Refusal, type Sent, type Verdict } from './verdict.ts'

/** The event that a machine takes now, and what was decided of it: guards and actions are told of the event alone. */
let current: { readonly event: object; readonly root: Live; readonly verdict: Verdict } | undefined

/** Ours and XState's own never come from outside. */
export const isFromOutside = (event: unknown): event is Sent => {
  const type: unknown = attempt(() => (event as Sent).type)
  return typeof type !== 'string' || !/^(?:xstate|tinyllm)\./.test(type)
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

import { chain, fn, receive } from 'tinyllm'
import { type AnyMachineSnapshot, type AnyStateMachine } from 'xstate'
import { z } from 'zod'

const draft = fn({ name: 'draft', run: async (topic: string) => `about ${topic}` })
const review = receive({ name: 'review', events: { APPROVE: z.object({ by: z.string() }) } })
const report = chain({ name: 'report', children: [draft, review] })

/** A run that never ends by itself, and the signal of what is under way. */
export const endless = () => {
  const signals: AbortSignal[] = []
  const { machine } = fn({ name: 'endless', run: (_: string, { signal }) => (signals.push(signal), forever) })
  return { machine: machine as unknown as AnyStateMachine, signals }
}
const forever = new Promise<string>(() => {})

/** A pipeline's machine, and the same chart on XState's own interpreter: what one does in a framework, the other does. */
export const machines: readonly (readonly [name: string, machine: AnyStateMachine])[] = [
  ['ours', report.machine as unknown as AnyStateMachine],
  ['XState', (report.machine as unknown as { stock: AnyStateMachine }).stock],
]
export const approval = { type: 'APPROVE', by: 'me' } as never

/** What a component shows of a snapshot. */
export const line = ({ status, value, output, context, children, tags }: AnyMachineSnapshot): string =>
  JSON.stringify([status, value, output ?? null, context.slots[0].length, Object.keys(children), [...tags]])

/** How its first and its last line are. */
export const waiting = '["active",{"running":{"review":"running"}},null,2,["report.review#waiting"],["waiting"]]'
export const approved = '["done","complete",{"by":"me","type":"APPROVE"},2,[],[]]'

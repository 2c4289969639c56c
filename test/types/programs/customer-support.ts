// Customer support: a refund waits for a colleague, for days if need be. The run is saved and goes on in another process.
import { branch, decision, flow, fn, llmCall, receive } from 'tinyllm'
import { createActor, toPromise, waitFor } from 'xstate'
import { z } from 'zod'

const ticket = z.object({ customer: z.string(), text: z.string() })

const classify = llmCall({
  name: 'classify',
  output: z.enum(['refund', 'question']),
  model: async (messages) => (String(messages.at(-1)?.content).includes('money') ? 'refund' : 'question'),
})

const amount = llmCall({
  name: 'amount',
  output: z.object({ order: z.string(), amount: z.coerce.number() }),
  model: async () => ({ order: 'A-17', amount: '42' }),
})

const approval = receive({
  name: 'approval',
  events: { APPROVE: z.object({ by: z.string() }), REJECT: z.object({}) },
  timeout: 7 * 24 * 60 * 60 * 1000,
})

const paid = new Set<string>()
const pay = fn({
  name: 'pay',
  run: async ({ order, amount: sum }: { order: string; amount: number }, { idempotencyKey }) => {
    paid.add(idempotencyKey)
    return `${sum} € for ${order}`
  },
})

const refund = flow({
  name: 'refund',
  input: ticket,
  steps: (s) =>
    s
      .step(amount, ({ input }) => [
        { role: 'system', content: 'Read the order and the amount.' },
        { role: 'user', content: input.text },
      ])
      .step(approval)
      .endWhen(
        ({ value }) => value.type === 'REJECT',
        ({ input }) => `Sorry, ${input.customer}, there is no refund.`,
      )
      .step(pay, ({ outputs }) => outputs.amount)
      .step('reply', ({ input, value }) => `Dear ${input.customer}, you get ${value}.`),
})

export const support = decision({
  name: 'support',
  decide: flow({
    name: 'route',
    input: ticket,
    steps: (s) =>
      s.step(classify, ({ input }) => [
        { role: 'system', content: 'Say refund or question.' },
        { role: 'user', content: input.text },
      ]),
  }),
  branches: {
    refund,
    question: branch({
      name: 'question',
      cases: [
        {
          name: 'empty',
          when: ({ text }) => text.trim() === '',
          then: fn({ name: 'ask', input: ticket, run: () => 'What is it about?' }),
        },
      ],
      otherwise: fn({ name: 'answer', input: ticket, run: ({ customer }) => `Dear ${customer}, read the manual.` }),
    }),
  },
})

/** The process that takes the ticket: it ends while the run waits. */
async function begin(id: string) {
  const actor = support.start({ customer: 'Ada', text: 'I want my money back for A-17' }, { id })
  await waitFor(actor, (snapshot) => snapshot.hasTag('waiting'))
  const saved = JSON.stringify(actor.getPersistedSnapshot())
  actor.stop()
  return saved
}

/** Another one, days later. */
const resume = (saved: string) =>
  createActor(support.machine, { snapshot: JSON.parse(saved), input: { customer: '', text: '' } }).start()

export async function main() {
  paid.clear()
  const approved = resume(await begin('ticket-1'))
  approved.send({ type: 'APPROVE', by: 'Grace' })
  const rejected = resume(await begin('ticket-2'))
  rejected.send({ type: 'REJECT' })
  const answered = await support.run({ customer: 'Bob', text: 'How do I switch it on?' })
  return { replies: [answered, await toPromise(approved), await toPromise(rejected)], paid: paid.size }
}

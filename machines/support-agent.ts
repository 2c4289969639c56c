// An agent of a shop's support. It looks up orders by itself; a large refund and every new parcel wait for a colleague.
// The calls of one turn ask at the same time, and are answered in any order:
//
//   { type: 'APPROVE', id }                                as the model asked for it
//   { type: 'APPROVE', id, arguments: { order, amount } }  with other arguments, which the tool's schema checks
//   { type: 'REJECT', id, reason }                         not at all: the model reads why, and goes on
//   { type: 'REJECT', id, reason, end: true }              not at all, and the agent ends: it fails with `rejected`
//
// The chart:
//   starting
//   validatingInput    a text, or { messages }
//   running
//     think            one turn of the model
//     act              the calls of the turn, an actor for each; one that asks is in its state waitingForApproval
//   complete           with the reply to the customer
//   failed             also where a colleague ends it
import { agent, fn } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

// Stand-ins: give your own with supportAgent.override(lookUpOrder, …).
const lookUpOrder = fn({
  name: 'lookUpOrder',
  description: 'Looks up an order by its number: what was bought, and for how much.',
  input: z.object({ order: z.string() }),
  run: ({ order }) => ({ order, product: 'abacus', price: 42, delivered: true }),
})
const refund = fn({
  name: 'refund',
  description: 'Refunds an order, in part or whole.',
  input: z.object({ order: z.string(), amount: z.number().positive().describe('In euros') }),
  // The key is the same when a saved run is resumed: a payment service pays only once for it.
  run: ({ order, amount }, { idempotencyKey }) => ({ order, refunded: amount, reference: idempotencyKey }),
})
const sendParcel = fn({
  name: 'sendParcel',
  description: 'Sends a product again, free of charge.',
  input: z.object({ order: z.string(), product: z.string() }),
  run: ({ order, product }) => ({ order, sent: product }),
})

export const supportAgent = agent({
  name: 'supportAgent',
  model: openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    temperature: 0,
    retry: { attempts: 3, backoff: { initial: 500, jitter: true } },
    timeout: 60_000,
  }),
  instructions: [
    'You answer customers of a shop. Look up the order first. Refund at most its price, and only for a good reason.',
    'A colleague may reject what you do, or change it: tell the customer what was really done.',
  ].join(' '),
  tools: [lookUpOrder, refund, sendParcel],
  approve: { refund: ({ amount }) => amount > 20, sendParcel: true },
  approvalTimeout: 7 * 24 * 60 * 60 * 1000, // ms: after a week it counts as rejected
  maxTurns: 6,
  timeout: 5 * 60_000, // ms of the agent's own work: it stands still while only a person is waited for
})

export const sample = 'Order A-17 came with a broken rod. I would like my money back, and an abacus that works. Ada'

// A message to support: a model says what it is about. A question is answered; a refund goes to an agent that looks up
// the order and must ask a person before money moves; the rest goes to a person at once.
import { agent, chain, decision, fn } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { z } from 'zod'

const ticket = z.object({ customer: z.string(), text: z.string() })
const retry = { attempts: 3, backoff: { initial: 500, jitter: true } }
const timeout = 60_000

const classify = chain({
  name: 'classify',
  children: [
    openAIPromptTemplate({
      name: 'classifier',
      input: ticket,
      sections: [
        openAISystemMessage('You sort messages to the support of a shop: question, refund, or other.'),
        openAIUserMessage('{text}'),
      ],
    }),
    openAIChat({
      name: 'chat',
      model: 'gpt-4o-mini',
      temperature: 0,
      output: z.object({ decision: z.enum(['question', 'refund', 'other']) }),
      retry,
      timeout,
    }),
  ],
})

const answerQuestion = chain({
  name: 'answerQuestion',
  children: [
    openAIPromptTemplate({
      name: 'helper',
      input: ticket,
      sections: [
        openAISystemMessage('You answer questions of customers of a shop for calculating tools, kindly and in short.'),
        openAIUserMessage('{text}'),
      ],
    }),
    openAIChat({ name: 'chat', model: 'gpt-4o-mini', retry, timeout }),
  ],
})

// Stand-ins: give your own with supportTriage.override(lookUpOrder, …).
const lookUpOrder = fn({
  name: 'lookUpOrder',
  description: 'Looks up an order by its number: who bought what, and for how much.',
  input: z.object({ order: z.string() }),
  run: ({ order }) => ({ order, product: 'abacus', price: 42, delivered: true }),
})
const issueRefund = fn({
  name: 'issueRefund',
  description: 'Refunds an order.',
  input: z.object({ order: z.string(), amount: z.number().positive() }),
  // The key is the same when a saved run is resumed: a payment service pays only once for it.
  run: ({ order, amount }, { idempotencyKey }) => ({ order, amount, reference: idempotencyKey }),
})

const handleRefund = chain({
  name: 'handleRefund',
  children: [
    fn({ name: 'brief', input: ticket, run: ({ customer, text }) => `${customer} writes: ${text}` }),
    agent({
      name: 'refunds',
      model: openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0, retry, timeout }),
      instructions: [
        'You handle refunds of a shop. Look up the order first. Refund at most its price, and only for a good reason.',
        'A refund may be rejected by a colleague: then tell the customer kindly. End with your reply to the customer.',
      ].join(' '),
      tools: [lookUpOrder, issueRefund],
      approve: ['issueRefund'],
      maxTurns: 6,
      timeout: 7 * 24 * 60 * 60 * 1000, // a week, for the colleague who is asked
    }),
  ],
})

const passOn = fn({
  name: 'passOn',
  input: ticket,
  run: ({ customer }) => `Thank you, ${customer}. A colleague reads your message and comes back to you.`,
})

export const supportTriage = decision({
  name: 'supportTriage',
  decide: classify,
  branches: { question: answerQuestion, refund: handleRefund, other: passOn },
})

export const sample = {
  customer: 'Ada',
  text: 'The abacus of order A-17 came with a broken rod. I would like my money back, please.',
}

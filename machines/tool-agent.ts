// A model with tools: it thinks, its calls run at the same time, it reads the results and thinks again.
//
// The chart:
//   starting
//   validatingInput    a text, or { messages }
//   running
//     think            one turn of the model: an answer leads to complete, calls lead to act
//     act              an actor for each call (act[ID].priceOf), all at the same time; the results lead back to think
//   complete           with the last words of the model
//   failed             also after maxTurns turns, with the code max_iterations
import { agent, fn } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

const prices: Readonly<Record<string, number>> = { abacus: 42, 'slide rule': 19.5, 'pocket calculator': 12 }

const priceOf = fn({
  name: 'priceOf',
  description: 'Returns the price of a product, in euros.',
  input: z.object({ product: z.string() }),
  run: ({ product }) => {
    const price = prices[product.toLowerCase()]
    // The model reads this, and can try again.
    if (price === undefined) throw new Error(`there is no ${product}; there are: ${Object.keys(prices).join(', ')}`)
    return { product, price }
  },
})

const calculate = fn({
  name: 'calculate',
  description: 'Adds up numbers, or multiplies them.',
  input: z.object({ operation: z.enum(['add', 'multiply']), numbers: z.array(z.number()).min(1) }),
  run: ({ operation, numbers }) =>
    numbers.reduce((result, number) => (operation === 'add' ? result + number : result * number)),
})

export const toolAgent = agent({
  name: 'toolAgent',
  model: openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    temperature: 0,
    retry: { attempts: 3, backoff: { initial: 500, jitter: true } },
    timeout: 60_000,
  }),
  instructions: 'You sell calculating tools. Use the tools for prices and for sums; do not guess.',
  tools: [priceOf, calculate],
  maxTurns: 8,
})

export const sample = 'What do three abacuses and a slide rule cost together?'

// Data from a text, with a tool to look things up: the agent ends with a call of `submit`, whose output is its own. What
// does not fit the schema goes back to the model, in the same conversation; an answer in words is not taken.
//
// The chart:
//   starting
//   validatingInput    a text, or { messages }
//   running
//     think            one turn of the model
//     act              its calls: findCustomer, submit
//   complete           with what submit returned: typed data
//   failed             also where the model does not submit within maxTurns turns
import { agent, fn } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

const invoice = z
  .object({
    customer: z.string().describe('The number of the customer, or the name where there is none'),
    lines: z.array(z.object({ product: z.string(), count: z.number().int(), price: z.number().describe('For one') })),
    total: z.number(),
  })
  .refine(
    ({ lines, total }) => Math.abs(lines.reduce((sum, line) => sum + line.count * line.price, 0) - total) < 0.01,
    {
      path: ['total'],
      message: 'the lines do not add up to it',
    },
  )

const submit = fn({
  name: 'submit',
  description: 'Hands in the invoice that was read.',
  input: invoice,
  run: (read) => read,
})

// A stand-in: give your own with extractor.override(findCustomer, …).
const findCustomer = fn({
  name: 'findCustomer',
  description: 'Finds the number of a customer by a name.',
  input: z.object({ name: z.string() }),
  run: ({ name }) => (name.includes('Lovelace') ? { customer: 'C-1815' } : { customer: null }),
})

export const extractor = agent({
  name: 'extractor',
  model: openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    temperature: 0,
    retry: { attempts: 3, backoff: { initial: 500, jitter: true } },
    timeout: 60_000,
  }),
  instructions: 'Read the invoice. Find the number of its customer, then submit it. Do not guess what is not there.',
  tools: [submit, findCustomer],
  endWith: 'submit',
  maxTurns: 6,
})

export const sample = 'To Ada Lovelace: 3 abacuses at 42.00, 1 slide rule at 19.50. Total: 145.50 euros.'

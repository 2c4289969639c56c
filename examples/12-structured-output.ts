// Structured output: the answer is asked for by its JSON Schema, checked, and asked for again with what was wrong.
// Run it: npx tinyllm run examples/12-structured-output.ts
import { chain, llmCall } from 'tinyllm'
import { z } from 'zod'

const ticket = z.object({
  product: z.enum(['router', 'modem']),
  urgent: z.boolean(),
  since: z.coerce.date().transform((date) => date.getFullYear()),
})

const triage = llmCall({
  name: 'triage',
  output: ticket,
  retry: { attempts: 3, feedback: true, backoff: { initial: 10 } }, // `feedback`: the model reads what was wrong
  timeout: 30_000, // ms
  // For a real model: openAIChat({ name, model: 'gpt-4o-mini', output: ticket, retry }), or model: anthropic('…') here.
  // This one answers from a script. `schema` is what a provider would get as its response format.
  model: async (messages, ctx, { schema }) => {
    ctx.log('asked for', Object.keys(Object(schema?.properties)))
    if (messages.length === 2) return 'Well, it is urgent.'
    return '```json\n{ "product": "router", "urgent": true, "since": "2024-05-01" }\n```'
  },
})

export const support = chain({
  name: 'support',
  children: [
    (text: string) => [
      { role: 'system', content: 'Read the message of a customer.' },
      { role: 'user', content: text },
    ],
    triage,
  ],
})

export const sample = 'My router has been on fire since May 2024'

export async function main() {
  const { product, urgent, since } = await support.run(sample) // typed: 'router' | 'modem', boolean, number
  return { product, urgent, since }
}

// node examples/12-structured-output.ts (before Node 22.18: npx jiti examples/12-structured-output.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

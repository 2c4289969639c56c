// A flow: a chain whose steps may also look at the flow's input and at every earlier output, by name.
// Run it: npx tinyllm run examples/05-flow.ts
import { flow, fn } from 'tinyllm'
import { z } from 'zod'

const search = fn({
  name: 'search',
  run: async ({ query, limit }: { query: string; limit: number }) =>
    [`${query} are pictures`, `${query} are programs`, `${query} are fun`].slice(0, limit),
})

const write = fn({
  name: 'write',
  run: async ({ topic, facts }: { topic: string; facts: string[] }) => `${topic}: ${facts.join(', ')}.`,
})

export const article = flow({
  name: 'article',
  input: z.object({ topic: z.string(), limit: z.number().int().default(2) }),
  steps: (s) =>
    s
      // A function with a mapper that makes its input …
      .step(search, ({ input }) => ({ query: input.topic.toLowerCase(), limit: input.limit }))
      .step(write, ({ input, value }) => ({ topic: input.topic, facts: value }))
      // … or a step of its own.
      .step('result', ({ value, outputs }) => ({ text: value, sources: outputs.search.length })),
})

export const sample = { topic: 'Statecharts' }

export async function main() {
  return article.run(sample)
}

// node examples/05-flow.ts (before Node 22.18: npx jiti examples/05-flow.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

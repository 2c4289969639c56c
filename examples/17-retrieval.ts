// Retrieval: the question becomes a vector, the nearest texts are found, and the answer is written from them.
// Run it: npx tinyllm run examples/17-retrieval.ts
import { flow, fn, llmCall } from 'tinyllm'
import { z } from 'zod'

const words = ['state', 'event', 'actor', 'token', 'price', 'model']

// For a real one: openAIEmbedding({ name: 'embed', model: 'text-embedding-3-small' }) of tinyllm/openai.
const embed = fn({
  name: 'embed',
  run: async (text: string) => words.map((word) => text.toLowerCase().split(word).length - 1),
})

const cosine = (a: number[], b: number[]) => dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1)
const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)

const texts = [
  'A state waits for an event.',
  'An actor has a mailbox.',
  'A model is paid by the token; the price varies.',
]
// Once, at the start; a vector database is asked in `nearest` instead.
const library = await Promise.all(texts.map(async (text) => ({ text, vector: await embed.run(text) })))

const nearest = fn({
  name: 'nearest',
  run: ({ vector, count }: { vector: number[]; count: number }) =>
    library
      .map((entry) => ({ text: entry.text, score: cosine(vector, entry.vector) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count),
})

const write = llmCall({
  name: 'write',
  timeout: 30_000,
  model: async (messages) => `It says: ${messages[0]?.content}`,
})

export const answer = flow({
  name: 'answer',
  input: z.object({ question: z.string(), count: z.number().int().default(1) }),
  steps: (s) =>
    s
      .step(embed, ({ input }) => input.question)
      .step(nearest, ({ input, value }) => ({ vector: value, count: input.count }))
      .step(write, ({ input, value }) => [
        { role: 'system', content: value.map(({ text }) => text).join('\n') },
        { role: 'user', content: input.question },
      ])
      .step('cited', ({ value, outputs }) => ({ answer: value, sources: outputs.nearest.map(({ text }) => text) })),
})

export const sample = { question: 'What is the price of a token?' }

export const main = () => answer.run(sample)

// node examples/17-retrieval.ts (before Node 22.18: npx jiti examples/17-retrieval.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

// An answer out of your own documents, with citations: passages and question become vectors, the nearest passages go
// to the model, and only what it cites from them is kept. For more documents, put a vector store in place of `nearest`.
import { type ChatMessage, flow, fn } from 'tinyllm'
import { openAIChat, openAIEmbedding } from 'tinyllm/openai'
import { z } from 'zod'

type Passage = { id: string; text: string }

const retry = { attempts: 3, backoff: { initial: 500, jitter: true } }
const timeout = 60_000

/** Paragraphs, numbered within their document: `manual#2`. */
const passagesOf = ({ id, text }: Passage): Passage[] =>
  text
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph.trim())
    .map((paragraph, place) => ({ id: `${id}#${place + 1}`, text: paragraph.trim() }))

const embed = openAIEmbedding({ name: 'embed', model: 'text-embedding-3-small', many: true, retry, timeout })

const similarity = (a: readonly number[], b: readonly number[]): number => {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0)
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1)
}

const nearest = fn({
  name: 'nearest',
  run: ({ passages, vectors, top }: { passages: readonly Passage[]; vectors: readonly number[][]; top: number }) => {
    const [question = [], ...others] = vectors
    return passages
      .map((passage, at) => ({ ...passage, score: similarity(question, others[at] ?? []) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, top)
  },
})

const promptOf = (question: string, passages: readonly Passage[]): ChatMessage[] => [
  {
    role: 'system',
    content: [
      'Answer from these passages only, and cite the ids of those that you use. If they do not contain the answer, say so.',
      ...passages.map(({ id, text }) => `[${id}] ${text}`),
    ].join('\n\n'),
  },
  { role: 'user', content: question },
]

const write = openAIChat({
  name: 'write',
  model: 'gpt-4o-mini',
  temperature: 0,
  output: z.object({ answer: z.string(), citations: z.array(z.string()) }),
  retry,
  timeout,
})

export const citedAnswer = flow({
  name: 'citedAnswer',
  input: z.object({
    question: z.string().min(1),
    documents: z.array(z.object({ id: z.string(), text: z.string() })).min(1),
    /** How many passages the model gets to read. */
    top: z.number().int().positive().default(3),
  }),
  steps: (s) =>
    s
      .step('passages', ({ input }) => input.documents.flatMap(passagesOf))
      .step(embed, ({ input, outputs }) => [input.question, ...outputs.passages.map(({ text }) => text)])
      .step(nearest, ({ input, outputs }) => ({ passages: outputs.passages, vectors: outputs.embed, top: input.top }))
      .step(write, ({ input, outputs }) => promptOf(input.question, outputs.nearest))
      // A model may cite what is not there.
      .step('checked', ({ value, outputs }) => ({
        answer: value.answer,
        citations: outputs.nearest
          .filter(({ id }) => value.citations.includes(id))
          .map(({ id, text }) => ({ id, text })),
      })),
})

export const sample = {
  question: 'How do I clean the abacus?',
  documents: [
    {
      id: 'abacus',
      text: 'The abacus has ten rods of brass and a hundred beads of beech.\n\nTo clean the abacus, use a dry cloth. Water harms the beads.',
    },
    {
      id: 'slide-rule',
      text: 'The slide rule has a cursor of glass.\n\nTo read a product, put the cursor on the second factor.',
    },
  ],
}

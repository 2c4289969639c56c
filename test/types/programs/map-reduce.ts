// Map-reduce: every document is summarised on its own, at most four at a time; then one summary is made of all.
import { flow, llmCall, map } from 'tinyllm'
import { z } from 'zod'

const summarise = llmCall({
  name: 'summarise',
  model: async (messages) => `${String(messages.at(-1)?.content).split(' ').slice(0, 2).join(' ')} …`,
  retry: { attempts: 2 },
})

const combine = llmCall({
  name: 'combine',
  model: async (messages, { emit }) => {
    emit({ type: 'usage', inputTokens: messages.length, outputTokens: 1 })
    return `All in all: ${messages.at(-1)?.content}`
  },
})

const document = z.object({ title: z.string(), text: z.string() })

export const digest = flow({
  name: 'digest',
  input: z.object({ topic: z.string(), documents: z.array(document) }),
  steps: (s) =>
    s
      .step('texts', ({ input }) => input.documents.map(({ title, text }) => `${title}: ${text}`))
      .step(map({ name: 'summaries', each: summarise, concurrency: 4 }))
      .step(combine, ({ input, value }) => [
        { role: 'system', content: `Write one summary about ${input.topic}.` },
        { role: 'user', content: value.join('\n') },
      ])
      .step('result', ({ value, outputs }) => ({ summary: value, parts: outputs.summaries.length })),
})

export const main = () =>
  digest.run({
    topic: 'statecharts',
    documents: [
      { title: 'Harel', text: 'A visual formalism for complex systems' },
      { title: 'SCXML', text: 'A standard of the W3C' },
    ],
  })

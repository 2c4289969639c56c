// Reflection: a draft, a critique of it, a better draft, until the critique is content or three rounds are done.
import { flow, llmCall, loop } from 'tinyllm'
import { z } from 'zod'

const write = llmCall({
  name: 'write',
  model: async (messages) => {
    const last = String(messages.at(-1)?.content)
    return last.startsWith('Improve') ? `${last.slice('Improve: '.length)}, with an example` : 'Statecharts are nested'
  },
})

const critique = llmCall({
  name: 'critique',
  output: z.object({ score: z.number().min(0).max(10), advice: z.string().optional() }),
  model: async (messages) => {
    const draft = String(messages.at(-1)?.content)
    return draft.includes('example') ? { score: 9 } : { score: 4, advice: 'Add an example.' }
  },
})

const round = flow({
  name: 'round',
  input: z.object({ topic: z.string(), draft: z.string().optional(), advice: z.string().optional() }),
  steps: (s) =>
    s
      .step(write, ({ input }) => [
        { role: 'system', content: 'You write one sentence.' },
        { role: 'user', content: input.draft ? `Improve: ${input.draft}` : `Write about ${input.topic}.` },
      ])
      .step(critique, ({ value }) => [
        { role: 'system', content: 'Judge the sentence from 0 to 10.' },
        { role: 'user', content: value },
      ])
      .step('result', ({ outputs, value }) => ({ draft: outputs.write, ...value })),
})

export const reflection = loop({
  name: 'reflection',
  body: round,
  until: ({ value }) => value.score >= 8,
  next: ({ input, value }) => ({ topic: input.topic, draft: value.draft, advice: value.advice }),
  result: ({ value, iteration }) => ({ text: value.draft, rounds: iteration }),
  maxIterations: 3,
})

export const main = () => reflection.run({ topic: 'statecharts' })

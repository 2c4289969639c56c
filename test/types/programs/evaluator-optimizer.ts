// Evaluator and optimizer: one model translates, another one judges; what it says goes into the next attempt.
import { flow, llmCall, loop } from 'tinyllm'
import { z } from 'zod'

const translate = llmCall({
  name: 'translate',
  model: async (messages) =>
    String(messages.at(-1)?.content).includes('Mind') ? 'Guten Morgen, Ada!' : 'Guter Morgen, Ada!',
})

const judge = llmCall({
  name: 'judge',
  output: z.discriminatedUnion('verdict', [
    z.object({ verdict: z.literal('pass') }),
    z.object({ verdict: z.literal('fail'), why: z.string() }),
  ]),
  model: async (messages) =>
    String(messages.at(-1)?.content).includes('Guten')
      ? { verdict: 'pass' }
      : { verdict: 'fail', why: 'The accusative is missing.' },
})

export const translation = loop({
  name: 'translation',
  body: flow({
    name: 'attempt',
    input: z.object({ text: z.string(), feedback: z.array(z.string()).default([]) }),
    steps: (s) =>
      s
        .step(translate, ({ input }) => [
          { role: 'system', content: 'Translate into German.' },
          { role: 'user', content: [input.text, ...input.feedback.map((why) => `Mind this: ${why}`)].join('\n') },
        ])
        .step(judge, ({ value }) => ({ messages: [{ role: 'user', content: `Is this correct? ${value}` }] }))
        .step('judged', ({ value, outputs }) => ({ text: outputs.translate, judgement: value })),
  }),
  until: ({ value }) => value.judgement.verdict === 'pass',
  next: ({ input, value }) => ({
    text: input.text,
    feedback: value.judgement.verdict === 'fail' ? [value.judgement.why] : [],
  }),
  result: ({ value, iteration }) => ({ text: value.text, attempts: iteration }),
  maxIterations: 4,
})

export const main = () => translation.run({ text: 'Good morning, Ada!' })

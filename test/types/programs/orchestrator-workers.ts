// Orchestrator and workers: a model splits the task into parts that are not known before, workers do them at the same
// time, and a model puts their work together.
import { flow, fn, llmCall, map } from 'tinyllm'
import { z } from 'zod'

const part = z.object({ title: z.string(), brief: z.string() })

const split = llmCall({
  name: 'split',
  output: z.object({ parts: z.array(part).max(5) }),
  model: async () => ({
    parts: [
      { title: 'Past', brief: 'Harel' },
      { title: 'Present', brief: 'XState' },
    ],
  }),
})

const write = llmCall({ name: 'write', model: async (messages) => `About ${messages.at(-1)?.content}.` })

const worker = fn({
  name: 'worker',
  input: part,
  run: async ({ title, brief }, ctx) => {
    const text = await ctx.run(write, [
      { role: 'system', content: `Write the section ${title}.` },
      { role: 'user', content: brief },
    ])
    return `${title}\n${text}`
  },
})

export const report = flow({
  name: 'report',
  input: z.object({ topic: z.string() }),
  steps: (s) =>
    s
      .step(split, ({ input }) => [
        { role: 'system', content: 'Split the report into parts.' },
        { role: 'user', content: input.topic },
      ])
      .step(map({ name: 'sections', each: worker, concurrency: 3 }), ({ value }) => value.parts)
      .step('report', ({ value }) => value.join('\n\n')),
})

export const main = () => report.run({ topic: 'statecharts' })

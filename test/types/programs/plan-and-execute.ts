// Plan and execute: a model writes a plan, each step of it is executed with the results so far, then it is planned
// again, until nothing is left to do.
import { chain, flow, llmCall, loop } from 'tinyllm'
import { z } from 'zod'

const state = z.object({
  goal: z.string(),
  plan: z.array(z.string()).default([]),
  done: z.array(z.object({ step: z.string(), result: z.string() })).default([]),
  answer: z.string().optional(),
})

const plan = llmCall({
  name: 'plan',
  output: z.object({ steps: z.array(z.string()), answer: z.string().optional() }),
  model: async (messages) => {
    const text = String(messages.at(-1)?.content)
    if (text.includes('42')) return '{"steps":[],"answer":"It is 42."}'
    return text.includes('found') ? '{"steps":["multiply"]}' : '{"steps":["find numbers","multiply"]}'
  },
})

const execute = llmCall({
  name: 'execute',
  model: async (messages) => (messages.at(-1)?.content === 'multiply' ? '42' : 'found 6 and 7'),
})

const round = flow({
  name: 'round',
  input: state,
  steps: (s) =>
    s
      .step(plan, ({ input }) => [
        { role: 'system', content: 'You plan. List the steps that are left, or give the answer.' },
        { role: 'user', content: JSON.stringify({ goal: input.goal, done: input.done }) },
      ])
      .endWhen(
        ({ value }) => value.steps.length === 0,
        ({ input, value }) => ({ ...input, plan: [], answer: value.answer }),
      )
      .step(execute, ({ value, input }) => [
        { role: 'system', content: `The goal is: ${input.goal}` },
        { role: 'user', content: value.steps[0] ?? '' },
      ])
      .step('result', ({ input, outputs, value }) => ({
        ...input,
        plan: outputs.plan.steps.slice(1),
        done: [...input.done, { step: outputs.plan.steps[0] ?? '', result: value }],
      })),
})

export const planner = chain({
  name: 'planner',
  children: [
    (goal: string) => ({ goal }),
    loop({
      name: 'rounds',
      body: round,
      until: ({ value }) => value.answer !== undefined,
      result: ({ value, iteration }) => ({ answer: value.answer, steps: value.done.length, rounds: iteration }),
      maxIterations: 8,
    }),
  ],
})

export const main = () => planner.run('What is six times seven?')

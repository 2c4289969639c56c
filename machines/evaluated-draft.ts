// Evaluator and optimizer: one model writes, another one judges, and what it says goes into the next draft, until the
// draft is good enough or the third is done.
import { flow, loop } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

const ROUNDS = 3

const retry = { attempts: 3, backoff: { initial: 500, jitter: true } }
const timeout = 60_000

const draft = z.object({
  task: z.string().min(1),
  text: z.string().default(''),
  score: z.number().default(0),
  feedback: z.string().default(''),
})

const round = flow({
  name: 'round',
  input: draft,
  steps: (s) =>
    s
      .step(openAIChat({ name: 'write', model: 'gpt-4o-mini', retry, timeout }), ({ input }) =>
        [
          `Your task: ${input.task}`,
          input.text && `Your last draft:\n${input.text}\n\nWhat a critic said of it:\n${input.feedback}`,
          'Answer with the text alone.',
        ]
          .filter(Boolean)
          .join('\n\n'),
      )
      .step(
        openAIChat({
          name: 'evaluate',
          model: 'gpt-4o',
          temperature: 0,
          output: z.object({ score: z.number().min(0).max(10), feedback: z.string() }),
          retry,
          timeout,
        }),
        ({ input, value }) =>
          `The task was: ${input.task}\n\nThe text is:\n${value}\n\nScore it from 0 to 10, and say what to fix.`,
      )
      .step('judged', ({ input, value, outputs }) => ({ ...input, ...value, text: outputs.write })),
})

export const evaluatedDraft = loop({
  name: 'evaluatedDraft',
  body: round,
  until: ({ value, iteration }) => value.score >= 8 || iteration === ROUNDS,
  maxIterations: ROUNDS,
})

export const sample = { task: 'Explain in two sentences why a statechart is easier to trust than a flag in a loop.' }

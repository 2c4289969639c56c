// Corrective retrieval: what is found is graded; where nothing relevant is left, the question is rewritten and searched
// for again; the answer is written from what is relevant.
import { flow, fn, llmCall, loop, map } from 'tinyllm'
import { z } from 'zod'

const library = ['A statechart has states within states.', 'Paris is in France.', 'An actor has a mailbox.']

const retrieve = fn({
  name: 'retrieve',
  run: async (query: string) =>
    library.filter((text) => query.split(' ').some((word) => text.toLowerCase().includes(word.toLowerCase()))),
})

const grade = llmCall({
  name: 'grade',
  output: z.enum(['yes', 'no']),
  model: async (messages) => (String(messages.at(-1)?.content).includes('statechart') ? 'Yes.' : 'no'),
})

const gradeOne = flow({
  name: 'gradeOne',
  input: z.object({ question: z.string(), text: z.string() }),
  steps: (s) =>
    s
      .step(grade, ({ input }) => [
        { role: 'system', content: 'Does the text help to answer the question? Say yes or no.' },
        { role: 'user', content: `Question: ${input.question}\n\nText: ${input.text}` },
      ])
      .step('graded', ({ input, value }) => ({ text: input.text, relevant: value === 'yes' })),
})

const rewrite = llmCall({ name: 'rewrite', model: async () => 'statechart' })

const answer = llmCall({ name: 'answer', model: async (messages) => `Answer: ${messages.at(-1)?.content}` })

const search = flow({
  name: 'search',
  input: z.object({ question: z.string(), query: z.string() }),
  steps: (s) =>
    s
      .step(retrieve, ({ input }) => input.query)
      .step('pairs', ({ input, value }) => value.map((text) => ({ question: input.question, text })))
      .step(map({ name: 'grades', each: gradeOne, concurrency: 8 }))
      .step('relevant', ({ value }) => value.filter(({ relevant }) => relevant).map(({ text }) => text))
      .when(
        ({ value }) => value.length === 0,
        rewrite,
        ({ input }) => [
          { role: 'system', content: 'Rewrite the question as a better query.' },
          { role: 'user', content: input.question },
        ],
      )
      .step('found', ({ input, outputs }) => ({
        question: input.question,
        query: outputs.rewrite ?? input.query,
        texts: outputs.relevant,
      })),
})

export const rag = flow({
  name: 'rag',
  input: z.object({ question: z.string() }),
  steps: (s) =>
    s
      .step(
        loop({
          name: 'searching',
          body: search,
          until: ({ value, iteration }) => value.texts.length > 0 || iteration === 3,
          maxIterations: 3,
        }),
        ({ input }) => ({ question: input.question, query: input.question }),
      )
      .step(answer, ({ input, value }) => [
        { role: 'system', content: 'Answer from the texts only.' },
        { role: 'user', content: `${value.texts.join('\n')}\n\n${input.question}` },
      ])
      .step('result', ({ value, outputs }) => ({ answer: value, query: outputs.searching.query })),
})

export const main = () => rag.run({ question: 'What nests?' })

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { chain, llmCall } from 'tinyllm'
import { z } from 'zod'

const answer = llmCall({ name: 'answer', model: async (messages) => `${messages.length}` })

// wrong: a model that is no model
llmCall({ name: 'a', model: 'gpt-4o-mini' })

// wrong: an input that is neither a text nor messages
await answer.run({ loanApplication: 'a' })

// wrong: text where a number is needed
chain({ name: 'b', children: [answer, (n: number) => n + 1] })

// wrong: a model that never gives what the schema takes
llmCall({ name: 'c', model: async () => 1, output: z.enum(['good', 'bad']) })

// wrong: a model that gives another object than the schema takes
llmCall({ name: 'd', model: async () => ({ n: 1 }), output: z.object({ n: z.string().transform(Number) }) })

// wrong: a tool without a schema of its input
llmCall({ name: 'e', model: async () => 'x', tools: { weather: { description: 'The weather' } } })

// wrong: a model object says no number where one is needed
chain({
  name: 'f',
  children: [
    llmCall({ name: 'g', model: createOpenAICompatible({ name: 'a', baseURL: '' })('a'), output: z.stringbool() }),
    (n: number) => n,
  ],
})

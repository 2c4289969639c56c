import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import OpenAI from 'openai'
import { agent, chain, llmCall } from 'tinyllm'
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

// wrong: a choice that the schema does not have, written in place
llmCall({ name: 'h', model: async () => ({ kind: 'c' }), output: z.object({ kind: z.enum(['a', 'b']) }) })

// wrong: a part that is missing
llmCall({ name: 'i', model: async ({ length }) => ({ length }), output: z.object({ n: z.number() }) })

// wrong: a list of something else
llmCall({ name: 'j', model: async () => [1, 2], output: z.array(z.string()) })

// wrong: nothing at all
llmCall({ name: 'k', model: async () => {}, output: z.number() })

// wrong: a message where a value is wanted
llmCall({
  name: 'l',
  model: async () => ({ role: 'assistant', content: '{"n":1}' }),
  output: z.object({ n: z.number() }),
})

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

// wrong: what stands beside a catch
llmCall({ name: 'm', model: async () => ({ n: 'x' }), output: z.object({ a: z.string().catch(''), n: z.number() }) })

// wrong: a generator
llmCall({
  name: 'n',
  model: async function* () {
    yield 'Hi'
  },
})

// wrong: the stream of an SDK
llmCall({
  name: 'o',
  model: (messages) => new OpenAI().chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }),
})

// wrong: what an agent's model says is no message
agent({ name: 'p', tools: [], model: async () => ({ text: 'Hi' }) })

// wrong: nor is a number
agent({ name: 'q', tools: [], model: () => 1 })

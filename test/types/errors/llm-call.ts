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

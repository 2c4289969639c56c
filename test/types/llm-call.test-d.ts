import { chain, llmCall, type ChatMessage, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

// Your own model: messages (or a text) in, whatever it returns out.
const own = llmCall({ name: 'own', model: async (messages, { signal }) => `${messages.length} ${signal.aborted}` })
expectTypeOf<OutputOf<typeof own>>().toEqualTypeOf<string>()
expectTypeOf<{ messages: ChatMessage[] }>().toExtend<InputOf<typeof own>>()
expectTypeOf<string>().toExtend<InputOf<typeof own>>()

// A schema says what it must be, and what it becomes.
const word = llmCall({ name: 'word', model: async () => 'good', output: z.enum(['good', 'bad']) })
expectTypeOf<OutputOf<typeof word>>().toEqualTypeOf<'good' | 'bad'>()

const asked = chain({ name: 'asked', children: [(question: string) => `Briefly: ${question}`, own] })
expectTypeOf<InputOf<typeof asked>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof asked>>().toEqualTypeOf<string>()

// A function of one's own may give JSON as text, whatever the schema is.
const loan = llmCall({ name: 'loan', model: () => '{"risk":1}', output: z.object({ risk: z.number() }) })
expectTypeOf<OutputOf<typeof loan>>().toEqualTypeOf<{ risk: number }>()

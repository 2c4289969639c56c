import type OpenAI from 'openai'
import {
  agent,
  type ChatMessage,
  flow,
  fn,
  type InputOf,
  llmCall,
  type OutputOf,
  type PromptMessage,
  type SchemaInput,
} from 'tinyllm'
import { chatMessage } from 'tinyllm/zod'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'

test('makes a ChatMessage of whatever message there is', () => {
  expectTypeOf<z.infer<typeof chatMessage>>().toEqualTypeOf<ChatMessage>()
  expectTypeOf<z.input<typeof chatMessage>>().toEqualTypeOf<PromptMessage>()
  expectTypeOf<OpenAI.ChatCompletionMessageParam>().toExtend<z.input<typeof chatMessage>>()
  const state = z.object({ messages: z.array(chatMessage), n: z.number().default(0) })
  expectTypeOf<z.infer<typeof state>>().toEqualTypeOf<{ messages: ChatMessage[]; n: number }>()
  const small = mini.object({ messages: mini.array(chatMessage) })
  expectTypeOf<SchemaInput<typeof small>>().toEqualTypeOf<{ messages: PromptMessage[] }>()
})

test('fits an input, an output, and what a model is asked', () => {
  const chat = llmCall({ name: 'chat', model: async () => 'ok' })
  const it = flow({
    name: 'it',
    input: z.object({ messages: z.array(chatMessage), question: z.string() }),
    steps: (s) =>
      s
        .step(chat, ({ input }) => [...input.messages, { role: 'user' as const, content: input.question }])
        .step(
          fn({
            name: 'last',
            output: z.object({ messages: z.array(chatMessage) }),
            run: (content: string): { messages: ChatMessage[] } => ({ messages: [{ role: 'assistant', content }] }),
          }),
        ),
  })
  expectTypeOf<InputOf<typeof it>>().toEqualTypeOf<{ messages: PromptMessage[]; question: string }>()
  expectTypeOf<OutputOf<typeof it>>().toEqualTypeOf<{ messages: ChatMessage[] }>()
  agent({ name: 'a', model: chat, tools: [], input: z.object({ messages: z.array(chatMessage) }) })
})

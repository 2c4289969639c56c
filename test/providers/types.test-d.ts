import { anthropic } from '@ai-sdk/anthropic'
import { google } from '@ai-sdk/google'
import { openai } from '@ai-sdk/openai'
import { anthropic as anthropic5 } from 'ai-sdk5-anthropic'
import { openai as openai5 } from 'ai-sdk5-openai'
import { anthropic as anthropic7 } from 'ai-sdk7-anthropic'
import { openai as openai7 } from 'ai-sdk7-openai'
import { createOpenAICompatible as createVersion4 } from 'ai-sdk7-openai-compatible'
import OpenAI7, { AzureOpenAI } from 'openai7'
import { type ChatMessage, llmCall, type OutputOf } from 'tinyllm'
import { openAIChat, openAIEmbedding } from 'tinyllm/openai'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

const model = anthropic('claude-sonnet-4-5')

// Tools that the provider runs itself, of each AI SDK: there are no calls to answer, and the output is the text.
const searching = llmCall({ name: 'it', model, tools: { search: anthropic.tools.webSearch_20250305() } })
expectTypeOf<OutputOf<typeof searching>>().toEqualTypeOf<string>()
const searching5 = llmCall({ name: 'it', model, tools: { search: anthropic5.tools.webSearch_20250305() } })
expectTypeOf<OutputOf<typeof searching5>>().toEqualTypeOf<string>()
const searching7 = llmCall({ name: 'it', model, tools: { search: anthropic7.tools.webSearch_20250305() } })
expectTypeOf<OutputOf<typeof searching7>>().toEqualTypeOf<string>()
const both = llmCall({
  name: 'it',
  model,
  tools: { code: anthropic.tools.codeExecution_20250825(), search: openai.tools.webSearch() },
})
expectTypeOf<OutputOf<typeof both>>().toEqualTypeOf<string>()
llmCall({ name: 'it', model, tools: { search: google.tools.googleSearch({}) } })
llmCall({ name: 'it', model, tools: { search: openai5.tools.webSearchPreview({}) } })
llmCall({ name: 'it', model, tools: { search: openai7.tools.webSearch() } })

// Beside them, calls of one's own tools are typed.
const mixed = llmCall({
  name: 'it',
  model,
  tools: {
    search: anthropic.tools.webSearch_20250305(),
    weather: { description: 'The weather', input: z.object({ city: z.string() }) },
  },
})
type Call = OutputOf<typeof mixed>['tool_calls'][number]
expectTypeOf<Call['name']>().toEqualTypeOf<'weather'>()
expectTypeOf<Call['arguments']>().toEqualTypeOf<{ city: string }>()

// A model of specification v4, asked for calls of tools.
const weatherOrDays = {
  weather: { description: 'The weather', input: z.object({ city: z.string() }) },
  days: { description: 'Days until then', input: z.object({ date: z.coerce.date() }) },
}
const version4 = createVersion4({ name: 'provider', baseURL: 'http://localhost' })('a')
const asked = await llmCall({ name: 'it', model: version4, tools: weatherOrDays }).run('Hi')
for (const call of asked.tool_calls) {
  if (call.name === 'weather') expectTypeOf(call.arguments).toEqualTypeOf<{ city: string }>()
  else expectTypeOf(call.arguments).toEqualTypeOf<{ date: Date }>()
}

// Clients of version 7 of OpenAI's SDK, and of its Azure.
const client = new OpenAI7()
openAIChat({ name: 'it', model: 'o3', client })
openAIChat({ name: 'it', model: 'mine', client: new AzureOpenAI() })
openAIEmbedding({ name: 'it', model: 'text-embedding-3-small', client })

// Messages, in both directions.
declare const theirs: OpenAI7.ChatCompletionMessageParam[]
const own = llmCall({
  name: 'it',
  model: async (messages) => client.chat.completions.create({ model: 'gpt-4o-mini', messages }),
})
llmCall({
  name: 'it',
  model: (messages) =>
    client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
    }),
})
expectTypeOf<ChatMessage>().toExtend<OpenAI7.ChatCompletionMessageParam>()
await own.run({ messages: theirs })

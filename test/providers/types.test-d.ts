import { anthropic } from '@ai-sdk/anthropic'
import { google } from '@ai-sdk/google'
import { openai } from '@ai-sdk/openai'
import { anthropic as anthropic5 } from 'ai-sdk5-anthropic'
import { openai as openai5 } from 'ai-sdk5-openai'
import { anthropic as anthropic7 } from 'ai-sdk7-anthropic'
import { openai as openai7 } from 'ai-sdk7-openai'
import { llmCall, type OutputOf } from 'tinyllm'
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

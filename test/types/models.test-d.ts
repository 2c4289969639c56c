import { openAIChat, openAIEmbedding } from 'tinyllm/openai'
import { llmCall, chain } from 'tinyllm'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { createOpenAICompatible as c1 } from 'openai-compatible1'
import { createOpenAICompatible as c3 } from 'openai-compatible3'
import { MockLanguageModelV3 } from 'ai/test'
import OpenAI7, { AzureOpenAI } from 'openai7'
import OpenAI from 'openai'
import { z } from 'zod'
import { expectTypeOf } from 'vitest'
const m = createOpenAICompatible({ name: 'x', baseURL: 'http://x' })('gpt')
const a = llmCall({ name: 'a', model: m })
expectTypeOf(a.run('')).resolves.toEqualTypeOf<string>()
const b = llmCall({
  name: 'b',
  model: c1({ name: 'x', baseURL: 'http://x' })('gpt'),
  output: z.object({ a: z.number() }),
})
expectTypeOf(b.run('')).resolves.toEqualTypeOf<{ a: number }>()
const c = llmCall({
  name: 'c',
  model: c3({ name: 'x', baseURL: 'http://x' })('gpt'),
  tools: {
    w: { description: 'd', input: z.object({ city: z.string() }) },
    v: { description: '', input: z.object({ n: z.coerce.number() }) },
  },
})
const out = await c.run('')
for (const call of out.tool_calls) {
  if (call.name === 'w') expectTypeOf(call.arguments).toEqualTypeOf<{ city: string }>()
  else expectTypeOf(call.arguments).toEqualTypeOf<{ n: number }>()
}
llmCall({ name: 'd', model: new MockLanguageModelV3() })
await a.run([out])
const e = llmCall({ name: 'e', model: async (messages, ctx, tools) => messages.length + (tools?.length ?? 0) })
expectTypeOf(e.run('')).resolves.toEqualTypeOf<number>()
openAIChat({ name: 'x', model: 'o3', client: new OpenAI7(), reasoning_effort: 'low' })
openAIChat({ name: 'x', model: 'o3', client: new AzureOpenAI() })
openAIEmbedding({ name: 'x', model: 'o3', client: new OpenAI7() })
const t = openAIChat({
  name: 'x',
  model: 'o3',
  client: new OpenAI(),
  tools: { w: { description: 'd', input: z.object({ city: z.string() }) } },
  tool_choice: 'required',
})
const [call] = (await t.run('')).tool_calls
expectTypeOf(call!.arguments).toEqualTypeOf<{ city: string }>()
const emb = openAIEmbedding({ name: 'x', model: 'o3' })
expectTypeOf(emb.run('')).resolves.toEqualTypeOf<number[]>()
expectTypeOf(emb.run([''])).resolves.toEqualTypeOf<number[][]>()
chain({ name: 'c', children: [emb, (v: number[]) => v.length] })
chain({
  name: 'c',
  children: [(s: string) => [s], openAIEmbedding({ name: 'x', model: 'o3', many: true }), (v: number[][]) => v.length],
})

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { MockLanguageModelV3 } from 'ai/test'
import OpenAI, { AzureOpenAI } from 'openai'
import { createOpenAICompatible as createVersion2 } from 'openai-compatible1'
import { chain, llmCall, type OutputOf } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { openAIChat, openAIEmbedding, openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
import { scriptedModel } from 'tinyllm/testing'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

const provider = { name: 'provider', baseURL: 'http://localhost' }
const tools = {
  weather: { description: 'The weather', input: z.object({ city: z.string() }) },
  days: { description: 'Days until then', input: z.object({ date: z.coerce.date() }) },
}

// A model object of the AI SDK, of each specification, says text; or what the schema says; or asks for tools.
const said = llmCall({ name: 'said', model: createOpenAICompatible(provider)('a'), temperature: 0 })
expectTypeOf<OutputOf<typeof said>>().toEqualTypeOf<string>()
const parsed = llmCall({
  name: 'parsed',
  model: createVersion2(provider)('a'),
  output: z.object({ risk: z.number() }),
})
expectTypeOf<OutputOf<typeof parsed>>().toEqualTypeOf<{ risk: number }>()
const asking = llmCall({ name: 'asking', model: createOpenAICompatible(provider)('a'), tools })
const asked = await asking.run('Hi')
for (const call of asked.tool_calls) {
  if (call.name === 'weather') expectTypeOf(call.arguments).toEqualTypeOf<{ city: string }>()
  else expectTypeOf(call.arguments).toEqualTypeOf<{ date: Date }>()
}
llmCall({ name: 'mock', model: new MockLanguageModelV3() })
llmCall({ name: 'own', model: aiSdkModel(new MockLanguageModelV3()) })

// An answer that asks for tools can stand in the next prompt.
await said.run([{ role: 'user', content: 'Hi' }, asked])

// A model of your own is told of the tools.
const own = llmCall({ name: 'own', model: async (messages, _, { tools = [] }) => messages.length + tools.length })
expectTypeOf<OutputOf<typeof own>>().toEqualTypeOf<number>()

// Clients of OpenAI, and of Azure.
openAIChat({ name: 'a', model: 'o3', client: new OpenAI(), reasoning_effort: 'low' })
openAIChat({ name: 'a', model: 'mine', client: new AzureOpenAI() })
openAIEmbedding({ name: 'a', model: 'text-embedding-3-small', client: new OpenAI() })

const chat = openAIChat({ name: 'chat', model: 'gpt-4o', tools, tool_choice: 'required', stream: true, idleTimeout: 9 })
type Call = OutputOf<typeof chat>['tool_calls'][number]
expectTypeOf<Call['name']>().toEqualTypeOf<'weather' | 'days'>()
const listed = openAIChat({ name: 'listed', model: 'gpt-4o', tools: [{ name: 'a', description: '', parameters: {} }] })
type Listed = OutputOf<typeof listed>['tool_calls'][number]
expectTypeOf<Listed['arguments']>().toEqualTypeOf<Readonly<Record<string, unknown>>>()

// A text becomes a vector, a list of texts a list of them.
const embed = openAIEmbedding({ name: 'embed', model: 'text-embedding-3-small' })
expectTypeOf(embed.run('a')).resolves.toEqualTypeOf<number[]>()
expectTypeOf(embed.run(['a', 'b'])).resolves.toEqualTypeOf<number[][]>()
chain({ name: 'one', children: [embed, (vector: number[]) => vector.length] })
const many = openAIEmbedding({ name: 'many', model: 'text-embedding-3-small', many: true })
chain({ name: 'all', children: [(text: string) => text.split(' '), many, (vectors: number[][]) => vectors.length] })

// Pictures and examples have their say in what a template asks for.
const see = openAIPromptTemplate({
  name: 'see',
  sections: [
    { examples: ({ shots }: { shots: number }) => [{ user: 'a', assistant: 'b' }].slice(0, shots) },
    openAIUserMessage([
      { type: 'text', text: 'Is there a {subject}?' },
      { type: 'image_url', image_url: { url: '{url}' } },
    ]),
  ],
})
expectTypeOf(see.run).parameter(0).toEqualTypeOf<{
  shots: number
  subject: string | number | bigint | boolean | object
  url: string | number | bigint | boolean | object
}>()

// A scripted model says what its lines are.
const model = scriptedModel(['bug', 'feature', new Error('503')])
expectTypeOf(model).returns.resolves.toEqualTypeOf<'bug' | 'feature'>()
const kind = openAIChat({ name: 'kind', model: 'm', output: z.enum(['bug', 'feature']) })
kind.override(kind, model)
expectTypeOf(scriptedModel([{ name: 'Ada', tags: ['a'] }])).returns.resolves.toEqualTypeOf<{
  name: string
  tags: string[]
}>()
expectTypeOf(scriptedModel([() => 'x' as string])).returns.resolves.toEqualTypeOf<string>()
expectTypeOf(scriptedModel<string>({ refund: 'billing' })).returns.resolves.toEqualTypeOf<string>()

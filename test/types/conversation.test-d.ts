// Messages of this library and of OpenAI's SDK, in both directions: no annotation, no cast.
import OpenAI from 'openai'
import { agent, chain, type ChatMessage, flow, fn, llmCall, type ModelRequest, type OutputOf } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

const chat = llmCall({ name: 'chat', model: async () => 'Hi' })
const served = openAIChat({ name: 'served', model: 'gpt-4o-mini' })
const client = new OpenAI()
declare const history: ChatMessage[]
declare const theirs: OpenAI.ChatCompletionMessageParam[]
declare const completion: OpenAI.ChatCompletion

// A model of one's own over the SDK: as they come, copied, after others, with tools.
const model = 'gpt-4o-mini'
const own = llmCall({
  name: 'own',
  model: async (messages, { signal }) =>
    (await client.chat.completions.create({ model, messages }, { signal })).choices[0]?.message.content ?? '',
})
expectTypeOf<OutputOf<typeof own>>().toEqualTypeOf<string>()
llmCall({ name: 'b', model: async (messages) => client.chat.completions.create({ model, messages: [...messages] }) })
llmCall({ name: 'c', model: async (messages) => client.chat.completions.create({ model, messages }) })
llmCall({
  name: 'd',
  model: (messages) =>
    client.chat.completions.create({ model, messages: [{ role: 'system', content: 'Be brief.' }, ...messages] }),
})
llmCall({ name: 'e', model: async (_, __, { messages }) => client.chat.completions.create({ model, messages }) })
fn({ name: 'f', run: (messages: ChatMessage[]) => client.chat.completions.create({ model, messages }) })
expectTypeOf<ChatMessage>().toExtend<OpenAI.ChatCompletionMessageParam>()

// Parameters as one would annotate them.
llmCall({ name: 'g', model: async (messages: ChatMessage[]) => messages.length })
llmCall({ name: 'h', model: async (messages: readonly ChatMessage[]) => messages.length })
llmCall({ name: 'i', model: async (messages: OpenAI.ChatCompletionMessageParam[]) => messages.length })
const ask = async (messages: ChatMessage[], ctx: { signal: AbortSignal }) => `${messages.length} ${ctx.signal.aborted}`
const annotated = llmCall({ name: 'j', model: ask })
expectTypeOf<OutputOf<typeof annotated>>().toEqualTypeOf<string>()

// What the SDK has goes into a prompt; so does what was said, and what is `as const`.
await chat.run(theirs)
await chat.run({ messages: theirs })
await served.run([...theirs, { role: 'user', content: 'Why?' }])
await chat.run([...history, completion.choices[0]!.message])
chain({ name: 'k', children: [(q: string) => [...theirs, { role: 'user', content: q }], served] })
flow({ name: 'l', input: z.string(), steps: (s) => s.step(chat, () => theirs) })
agent({ name: 'm', model: chat, tools: [] }).run(theirs)
const fixed = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Who?' },
      { type: 'image_url', image_url: { url: 'https://a' } },
    ],
  },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'Ada' }] },
] as const
await chat.run(fixed)
await chat.run({ messages: fixed })

// All that may be in a message.
await chat.run([
  { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], name: 'rules' },
  {
    role: 'user',
    name: 'Ada',
    content: [
      { type: 'file', file: { file_data: 'data:application/pdf;base64,', filename: 'a.pdf' } },
      { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
      { type: 'video_url', video_url: { url: 'https://a' } },
    ],
  },
  { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: '1' }] },
  { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], name: 'helper' },
])
chain({
  name: 'n',
  children: [
    (data: string) => ({ role: 'user', content: [{ type: 'input_audio', input_audio: { data, format: 'mp3' } }] }),
    chat,
  ],
})
openAIUserMessage([
  { type: 'text', text: '{q}' },
  { type: 'file', file: { file_id: 'file-1' } },
])

// The conversation so far as sections of a template.
const asks = openAIPromptTemplate({
  name: 'asks',
  sections: ({ q, past }: { q: string; past: ChatMessage[] }) => [...past, { role: 'user', content: q }],
})
expectTypeOf<OutputOf<typeof asks>>().toEqualTypeOf<{ messages: ChatMessage[] }>()
openAIPromptTemplate({
  name: 'checked',
  input: z.object({ q: z.string() }),
  sections: ({ q }) => [...history, { role: 'user', content: q }],
})

// A model of an agent's own may be as short as what it says.
const tools = [fn({ name: 'now', description: 'Tells the time.', input: z.object({}), run: () => '12:00' })]
agent({ name: 'o', tools, model: async () => 'Hi' })
agent({ name: 'p', tools, model: () => 'Hi' })
agent({ name: 'q', tools, model: () => ({ role: 'assistant', content: 'Hi' }) })
agent({ name: 'r', tools, model: async ({ messages }, ctx) => ctx.run(chat, messages) })
agent({ name: 's', tools, model: ({ messages }, ctx) => ctx.run(served, { messages }) })
agent({
  name: 't',
  tools,
  model: ({ messages }) =>
    messages.length > 3 ? 'Done.' : { content: null, tool_calls: [{ function: { name: 'now', arguments: {} } }] },
})
agent({
  name: 'u',
  tools,
  model: async ({ messages, tools: offered = [] }: ModelRequest) => {
    const functions = offered.map((tool) => ({ type: 'function' as const, function: tool }))
    const answer = await client.chat.completions.create({ model, messages, tools: functions })
    return answer.choices[0]!.message
  },
})

import { MockLanguageModelV3 } from 'ai/test'
import { agent, type ChatMessage, type ChatModel, fallback, fn, llmCall } from 'tinyllm'
import { openAIChat, openAIPromptTemplate } from 'tinyllm/openai'
import { createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
}
const signed = { anthropic: { signature: 'sig-1' } }
const thinking = { type: 'reasoning', text: 'I need the weather.', providerMetadata: signed }
const asks = (id: string, input = '{"city":"Oslo"}') => ({
  type: 'tool-call',
  toolCallId: id,
  toolName: 'weather',
  input,
})

/** A model that gives these contents, one a turn. */
function modelOf(turns: object[][], provider = 'anthropic.messages') {
  let turn = 0
  return new MockLanguageModelV3({
    provider,
    doGenerate: async () => {
      const content = turns[Math.min(turn++, turns.length - 1)] as never[]
      const unified = content.some(({ type, providerExecuted }) => type === 'tool-call' && !providerExecuted)
        ? 'tool-calls'
        : 'stop'
      return { content, finishReason: { unified, raw: undefined }, usage, warnings: [] } as never
    },
  })
}
const weather = (give: (city: string) => unknown) =>
  fn({
    name: 'weather',
    description: 'Tells the weather.',
    input: z.object({ city: z.string() }),
    run: ({ city }) => give(city),
  })
const saysSo = [{ type: 'text', text: 'Take an umbrella.' }]
const promptOf = (model: MockLanguageModelV3, turn: number) => model.doGenerateCalls[turn]!.prompt as any[]

describe('what a model said goes back to it', () => {
  test('as it came, reasoning first, with the signatures beside it', async () => {
    const model = modelOf([[thinking, { type: 'text', text: 'Let me look.' }, asks('c1')], saysSo])
    const it = agent({ name: 'it', model: llmCall({ name: 'chat', model }), tools: [weather(() => ({ rain: true }))] })
    expect(await it.run('Umbrella?')).toBe('Take an umbrella.')
    expect(promptOf(model, 1).slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'I need the weather.', providerOptions: signed },
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Oslo' } },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'weather',
            output: { type: 'json', value: { rain: true } },
          },
        ],
      },
    ])
  })

  test('after a restart, too', async () => {
    const model = modelOf([[thinking, asks('c1')], saysSo])
    let isSaved = false
    const slow = weather(async () => (isSaved ? 'rain' : new Promise(() => {})))
    const it = agent({ name: 'it', model: llmCall({ name: 'chat', model }), tools: [slow] })
    const before = it.start('Umbrella?')
    await waitFor(before, (state) => state.matches({ running: 'act' }))
    const saved = JSON.parse(JSON.stringify(before.getPersistedSnapshot()))
    before.stop()
    isSaved = true
    expect(await toPromise(createActor(it.machine, { snapshot: saved, input: '' }).start())).toBe('Take an umbrella.')
    expect(promptOf(model, 1)[1].content[0]).toEqual({
      ...thinking,
      providerMetadata: undefined,
      providerOptions: signed,
    })
  })

  test('under the ids that are unique in the conversation', async () => {
    const model = modelOf([[thinking, asks('same')], [thinking, asks('same')], saysSo])
    const it = agent({ name: 'it', model: llmCall({ name: 'chat', model }), tools: [weather(() => 'rain')] })
    await it.run('Umbrella?')
    const [, first, one, second, other] = promptOf(model, 2)
    const idOf = ({ content }: any) => content.at(-1).toolCallId
    expect([first, second].map(idOf)).toEqual([one, other].map(idOf))
    expect(idOf(first)).not.toBe(idOf(second))
  })

  test('and not to another provider, which gets the text and the calls', async () => {
    const first = modelOf([[thinking, { type: 'text', text: 'Let me look.' }, asks('c1')]])
    const other = modelOf([saysSo], 'openai.chat')
    let turn = 0
    const model: ChatModel = (request, ctx) =>
      (llmCall({ name: 'chat', model: turn++ === 0 ? first : other }) as unknown as { ask: ChatModel }).ask(
        request,
        ctx,
      )
    await agent({ name: 'it', model, tools: [weather(() => 'rain')] }).run('Umbrella?')
    expect(promptOf(other, 0)[1].content).toEqual([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Oslo' } },
    ])
  })

  test('with bytes as base64, and without what nobody could save', async () => {
    const metadata = JSON.parse('{"p":{"__proto__":{"x":1},"n":1e999,"ok":true}}')
    const file = { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]), providerMetadata: metadata }
    const model = modelOf([[file, asks('c1')], saysSo])
    const it = agent({ name: 'it', model: llmCall({ name: 'chat', model }), tools: [weather(() => 'rain')] })
    await it.run('Umbrella?')
    expect(promptOf(model, 1)[1].content[0]).toEqual({
      type: 'file',
      mediaType: 'image/png',
      data: 'AQID',
      providerOptions: { p: { n: null, ok: true } },
    })
  })
})

describe('what a tool gave', () => {
  const failing = () => {
    throw new Error('no such city')
  }
  test.each<[string, () => unknown, object]>([
    ['a text', () => 'rain', { type: 'text', value: 'rain' }],
    ['a number', () => 3, { type: 'json', value: 3 }],
    ['null', () => null, { type: 'json', value: null }],
    ['nothing', () => undefined, { type: 'json', value: null }],
    ['a list', () => [1, { a: true }], { type: 'json', value: [1, { a: true }] }],
    ['a Map', () => new Map([['a', 1]]), { type: 'json', value: { a: 1 } }],
    ['an error', failing, { type: 'error-text', value: 'no such city' }],
  ])('%s goes to the model as what it is', async (_, give, output) => {
    const model = modelOf([[asks('c1')], saysSo])
    const it = agent({ name: 'it', model: llmCall({ name: 'chat', model }), tools: [weather(give)] })
    await it.run('Umbrella?')
    expect(promptOf(model, 1).at(-1).content[0].output).toEqual(output)
  })

  test.each(['[1]', '3', 'null', '"Oslo"', '{"city": "Os', 'Oslo'])(
    'arguments that are no object (%s) go back as none',
    async (input) => {
      const model = modelOf([[thinking, asks('c1', input)], saysSo])
      const it = agent({ name: 'it', model: llmCall({ name: 'chat', model }), tools: [weather(() => 'rain')] })
      await it.run('Umbrella?')
      const [, said, told] = promptOf(model, 1)
      expect(said.content.at(-1).input).toEqual({})
      expect(told.content[0].output.type).toBe('error-text')
    },
  )
})

test('what is meant for a provider goes to it, on messages, parts and calls; a developer speaks as the system', async () => {
  const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } }
  const messages: ChatMessage[] = [
    { role: 'developer', content: 'Be brief.', providerOptions: cached },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?', providerOptions: cached },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' }, providerOptions: cached },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: '{"rain":true}', result: { type: 'json', value: { rain: true } } },
  ]
  const model = modelOf([saysSo])
  await llmCall({ name: 'chat', model }).run(messages)
  expect(promptOf(model, 0)).toEqual([
    { role: 'system', content: 'Be brief.', providerOptions: cached },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?', providerOptions: cached },
        {
          type: 'file',
          mediaType: 'image/png',
          data: 'iVBORw0KGgo=',
          providerOptions: { openai: { imageDetail: 'low' } },
        },
      ],
    },
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'weather', input: {}, providerOptions: cached }],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'a', toolName: 'weather', output: { type: 'json', value: { rain: true } } },
      ],
    },
  ])
})

describe('a conversation that is given', () => {
  const said = async (...messages: unknown[]) => {
    const model = modelOf([saysSo])
    const result = await llmCall({ name: 'chat', model }).safeRun(messages as never)
    return result.error ? { code: result.error.code, message: result.error.message } : promptOf(model, 0)
  }
  const text = (value: string) => ({ type: 'text', text: value })

  test('may have texts in parts, files and sounds', async () => {
    const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } }
    const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }
    expect(
      await said(
        { role: 'system', content: [text('Be '), text('brief.')] },
        { role: 'user', content: [text('Look'), file, sound] },
        { role: 'assistant', content: [text('A '), { type: 'refusal', refusal: 'no.' }] },
      ),
    ).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          text('Look'),
          { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf', data: 'JVBERi0=' },
          { type: 'file', mediaType: 'audio/mpeg', data: 'AAAA' },
        ],
      },
      { role: 'assistant', content: [text('A no.')] },
    ])
  })

  test.each([
    [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://a.b' } }] }, 'messages[0].content[0]'],
    [
      { role: 'user', content: [{ type: 'file', file: { file_id: 'f1' } }] },
      'messages[0].content[0]: file_data is undefined, not a data: URL',
    ],
    [{ role: 'assistant', content: 'Hm', parts: { provider: 'p', content: 'zz' } }, 'messages.0.parts: expected'],
    [{ role: 'assistant', content: 'Hm', parts: { provider: 'p', content: [3] } }, 'messages.0.parts: expected'],
    [{ role: 'tool', tool_call_id: 'a', content: 'x', result: 5 }, 'messages.0.result: expected { type, value }'],
    [{ role: 'tool', tool_call_id: 'a', content: 'x', result: { type: 'jsn', value: 1 } }, 'messages.0.result'],
    [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        parts: { provider: 'p', content: [asks('b')] },
      },
      'messages.0.parts: expected the same calls as in tool_calls',
    ],
  ])('is refused by its place where it cannot be sent: %j', async (message, words) => {
    expect(await said(message)).toMatchObject({ message: expect.stringContaining(words) })
  })

  test('has the options of a call beside what its provider said of it', async () => {
    const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } }
    const [message] = (await said({
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{}' }, providerOptions: cached },
      ],
      parts: { provider: 'anthropic.messages', content: [{ ...asks('c1'), providerMetadata: { p: { a: 1 } } }] },
    })) as any[]
    expect(message.content[0].providerOptions).toEqual({ p: { a: 1 }, ...cached })
  })

  test('made by a template keeps what is meant for a provider', async () => {
    const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } }
    const system = { role: 'system', content: 'You know {what}.', providerOptions: cached } as const
    const prompt = openAIPromptTemplate({ name: 'prompt', sections: [system, { role: 'user', content: 'Hi' }] })
    expect(await prompt.run({ what: 'all' })).toEqual({
      messages: [
        { role: 'system', content: 'You know all.', providerOptions: cached },
        { role: 'user', content: 'Hi' },
      ],
    })
    const written = openAIPromptTemplate({ name: 'prompt', sections: () => [system] })
    expect(await written.run({})).toEqual({ messages: [system] })
  })
})

test('a saved conversation whose parts are no longer those of its calls is refused', async () => {
  const model = modelOf([[thinking, asks('c1')], saysSo])
  const it = agent({
    name: 'it',
    model: llmCall({ name: 'chat', model }),
    tools: [weather(() => new Promise(() => {}))],
  })
  const before = it.start('Umbrella?')
  await waitFor(before, (state) => state.matches({ running: 'act' }))
  const saved = JSON.stringify(before.getPersistedSnapshot())
  before.stop()
  for (const damaged of [
    saved.replace('"toolCallId":"c1"', '"toolCallId":"zz"'),
    saved.replace('"provider":"anthropic.messages"', '"provider":3'),
  ]) {
    expect(damaged).not.toBe(saved)
    const actor = createActor(it.machine, { snapshot: JSON.parse(damaged), input: '' })
    await expect(toPromise(actor.start())).rejects.toMatchObject({ code: 'snapshot_mismatch' })
  }
})

test('an agent whose model is an object of the AI SDK says what to do', () => {
  expect(() => agent({ name: 'it', model: modelOf([saysSo]) as never, tools: [] })).toThrow('llmCall({ name:')
})

test('a fallback between providers goes on with the conversation', async () => {
  const down = new MockLanguageModelV3({
    doGenerate: async () => {
      throw new Error('down')
    },
  })
  const up = modelOf([saysSo], 'openai.chat')
  const either = fallback({
    name: 'either',
    children: [llmCall({ name: 'first', model: down }), llmCall({ name: 'second', model: up })],
  })
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hm', parts: { provider: 'mock-provider', content: [thinking] } },
    { role: 'user', content: 'And?' },
  ]
  expect(await either.run(messages)).toBe('Take an umbrella.')
  expect(promptOf(up, 0)[1].content).toEqual([{ type: 'text', text: 'Hm' }])
  expect(promptOf(down, 0)[1].content).toEqual([{ type: 'reasoning', text: thinking.text, providerOptions: signed }])
})

test('tools that the provider runs are offered beside others, under the names that they were given', async () => {
  const search = { type: 'provider', id: 'anthropic.web_search_20250305', name: '', args: { maxUses: 2 } } as const
  const result = { type: 'tool-result', toolCallId: 's', toolName: 'search', result: [{ url: 'https://a.b' }] }
  const call = { type: 'tool-call', toolCallId: 's', toolName: 'search', input: '{"q":"x"}', providerExecuted: true }
  const model = modelOf([[call, { ...result, providerExecuted: true }, ...saysSo]])
  const answer: string = await llmCall({ name: 'chat', model, tools: { search } }).run('Hi')
  expect(answer).toBe('Take an umbrella.')
  expect(model.doGenerateCalls[0]).toMatchObject({
    tools: [{ type: 'provider', id: 'anthropic.web_search_20250305', name: 'search', args: { maxUses: 2 } }],
    toolChoice: { type: 'auto' },
  })
  const asked: any[] = []
  const old = Object.assign(modelOf([saysSo]), { specificationVersion: 'v2' })
  old.doGenerate = async (options) => {
    asked.push(options)
    return { content: saysSo, finishReason: 'stop', usage: {}, warnings: [] } as never
  }
  await llmCall({ name: 'chat', model: old as never, tools: { search } }).run('Hi')
  expect(asked[0].tools).toMatchObject([{ type: 'provider-defined', name: 'search' }])
})

test('tools that a provider runs are refused in words where no provider is asked', () => {
  const search = { type: 'provider', id: 'anthropic.web_search_20250305', name: '', args: {} } as never
  for (const make of [
    () => openAIChat({ name: 'chat', model: 'gpt-4o', tools: { search } }),
    () => llmCall({ name: 'chat', model: () => 'Hi', tools: { search } }),
    () => agent({ name: 'it', model: async () => ({ role: 'assistant', content: 'Hi' }), tools: [search] }),
  ])
    expect(make).toThrow('is run by its provider. Give it to llmCall')
})

test('a request has the schema, the choice of tools and the settings of one turn', async () => {
  const model = modelOf([saysSo])
  const { ask } = llmCall({ name: 'chat', model, temperature: 0.5, topK: 3 }) as unknown as { ask: ChatModel }
  const tools = [{ name: 'weather', description: 'd', parameters: { type: 'object', properties: {} } }]
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const ctx = { signal: new AbortController().signal, emit: () => {}, idempotencyKey: 'k' } as never
  const messages: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
  await ask({ messages, tools, toolChoice: 'required', schema, settings: { temperature: 0 } }, ctx)
  expect(model.doGenerateCalls[0]).toMatchObject({
    toolChoice: { type: 'required' },
    temperature: 0,
    topK: 3,
    responseFormat: { type: 'json', schema: { ...schema, additionalProperties: false } },
  })
})

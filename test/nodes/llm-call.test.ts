import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError } from 'ai'
import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test'
import { type LanguageModel, llmCall, ModelError, type RunContext, type RunEvent } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { chunk, completionServer, mockServer, streamServer } from '../adapters/openai/server.ts'
import { SkippingClock } from '../skipping-clock.ts'
import { compatibleProviders } from '../tools/sdk-versions.ts'

type Access = { apiKey: string; baseURL: string; supportedUrls?: () => Record<string, RegExp[]> }
const id = 'gpt-4o-mini'
const versions = compatibleProviders.map(
  ([version, create]) =>
    [version, (access: Access): LanguageModel => create({ name: 'test', includeUsage: true, ...access })(id)] as const,
)
const tools = { weather: { description: 'The weather', input: z.object({ city: z.string() }) } }
const call = { id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' }

async function eventsOf(stream: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of stream) if (event.type !== 'state' && !isResponse(event)) events.push(event)
  return events
}

/** The ids and headers of responses differ from run to run. */
const isResponse = (event: RunEvent): boolean => event.type === 'event' && event.event.type === 'response'

describe.each(versions)('llmCall over a model of the AI SDK, specification %s, over HTTP', (version, modelOf) => {
  test('is of that version', () => {
    expect(modelOf({ apiKey: '', baseURL: 'http://a' }).specificationVersion).toBe(version)
  })

  describe.each([[false], [true]])('stream: %s', (stream) => {
    test('gives the text, and tells usage, cost and finish reason', async () => {
      const { mock, access } = await mockServer()
      mock.onMessage(
        'Hi',
        { content: 'Hello there', usage: { prompt_tokens: 7, completion_tokens: 2 } },
        { chunkSize: 6 },
      )
      const prices = { [id]: { input: 1e6, output: 1e6 } }
      const chat = llmCall({ name: 'chat', model: modelOf(access), stream, temperature: 0, seed: 3, prices })
      const events = await eventsOf(chat.stream('Hi', { id: 'run' }))
      expect(events).toEqual([
        ...(stream ? ['Hello ', 'there'].map((delta) => ({ type: 'token', path: 'chat', delta })) : []),
        { type: 'usage', path: 'chat', inputTokens: 7, outputTokens: 2, cost: 9 },
        { type: 'finish', path: 'chat', reason: 'stop' },
        { type: 'output', output: 'Hello there' },
      ])
      const { body, headers } = mock.getLastRequest()!
      expect(body).toMatchObject({ model: id, temperature: 0, seed: 3, messages: [{ role: 'user', content: 'Hi' }] })
      expect(headers['idempotency-key']).toBe('run:chat')
    })

    test('gives calls of tools, and takes their results', async () => {
      const { mock, access } = await mockServer()
      mock.on({ hasToolResult: false }, { toolCalls: [call] })
      mock.on({ hasToolResult: true }, { content: 'Sunny' })
      const chat = llmCall({ name: 'chat', model: modelOf(access), stream, tools })
      const question = { role: 'user', content: 'How is Paris?' } as const
      const asked = await chat.run([{ role: 'system', content: 'Be brief.' }, question])
      expect(asked).toMatchObject({
        content: null,
        tool_calls: [{ id: 'call_1', name: 'weather', arguments: { city: 'Paris' } }],
      })
      const answered = await chat.run([question, asked, { role: 'tool', tool_call_id: 'call_1', content: '20°' }])
      expect(answered).toEqual({ role: 'assistant', content: 'Sunny', tool_calls: [] })
      expect(mock.getLastRequest()!.body).toMatchObject({
        messages: [
          { role: 'user', content: 'How is Paris?' },
          {
            role: 'assistant',
            tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
          },
          { role: 'tool', tool_call_id: 'call_1', content: '20°' },
        ],
        tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
      })
    })

    test('asks for an object, and parses it', async () => {
      const { mock, access } = await mockServer()
      mock.onMessage('Hi', { content: '{"risk":0.5}' })
      const chat = llmCall({ name: 'chat', model: modelOf(access), stream, output: z.object({ risk: z.number() }) })
      expect(await chat.run('Hi')).toEqual({ risk: 0.5 })
      expect(mock.getLastRequest()!.body).toMatchObject({ response_format: { type: expect.stringMatching(/^json/) } })
    })

    test.each<[string, z.ZodType, string, unknown]>([
      ['a list', z.array(z.string()), '{"elements":["a","b"]}', ['a', 'b']],
      ['an enum', z.enum(['good', 'bad']), '{"result":"bad"}', 'bad'],
      ['an enum, as a text', z.enum(['good', 'bad']), 'Good.', 'good'],
      ['a number', z.number(), '{"result":0.5}', 0.5],
      ['a boolean', z.boolean(), '{"result":false}', false],
      ['a union', z.union([z.object({ a: z.string() }), z.number()]), '{"result":{"a":"x"}}', { a: 'x' }],
    ])('asks for an object around %s, and takes it off', async (_, output, content, value) => {
      const { mock, access } = await mockServer()
      mock.onMessage('Hi', { content })
      expect(await llmCall({ name: 'chat', model: modelOf(access), stream, output }).run('Hi')).toEqual(value)
      expect(mock.getLastRequest()!.body).toMatchObject({ response_format: { type: expect.stringMatching(/^json/) } })
    })

    test('asks for a text where that is all that is wanted', async () => {
      const { mock, access } = await mockServer()
      mock.onMessage('Hi', { content: '{"a":1}' })
      const chat = llmCall({ name: 'chat', model: modelOf(access), stream, output: z.string().min(2) })
      expect(await chat.run('Hi')).toBe('{"a":1}')
      expect(mock.getLastRequest()!.body).not.toHaveProperty('response_format')
    })

    test.each([['length'], ['content_filter']])('%s is an error of its own', async (finishReason) => {
      const { mock, access } = await mockServer()
      mock.onMessage('Hi', { content: 'Once', finishReason })
      const result = await llmCall({ name: 'chat', model: modelOf(access), stream }).safeRun('Hi')
      expect(result).toMatchObject({ error: { code: 'run', path: 'chat', cause: { problem: finishReason } } })
      expect(!result.success && result.error.cause).toBeInstanceOf(ModelError)
    })

    test('tries again what may pass, after the time that the server names, with the same key', async () => {
      const { mock, access } = await mockServer()
      mock.on({ sequenceIndex: 0 }, { error: { message: 'slow down' }, status: 429, retryAfter: 0.3 })
      mock.on({}, { content: 'ok' })
      const chat = llmCall({ name: 'chat', model: modelOf(access), stream, retry: { attempts: 2 } })
      const clock = new SkippingClock()
      expect(await clock.run(chat, 'Hi', 'run')).toBe('ok')
      expect(clock.waits).toEqual([300])
      expect(mock.getRequests().map(({ headers }) => headers['idempotency-key'])).toEqual(['run:chat', 'run:chat'])
    })

    test.each([
      [401, { message: 'no' }],
      [429, { message: 'no money', code: 'insufficient_quota', type: 'insufficient_quota' }],
    ])('%i %j fails at once', async (status, error) => {
      const { mock, access } = await mockServer()
      mock.onMessage('Hi', { error, status })
      const result = await llmCall({ name: 'chat', model: modelOf(access), stream, retry: { attempts: 3 } }).safeRun(
        'Hi',
      )
      expect(result).toMatchObject({ error: { attempts: 1, cause: { statusCode: status } } })
      expect(mock.getRequests()).toHaveLength(1)
    })
  })

  test.each([[true], [false]])('a stream that ends early (cut: %s) is an error, never a short answer', async (cut) => {
    const { access } = await streamServer([chunk('Once upon')], { cut })
    const result = await llmCall({ name: 'chat', model: modelOf(access), stream: true }).safeRun('Hi')
    expect(result).toMatchObject({ success: false, error: { code: 'run', cause: { problem: 'cut_off' } } })
  })

  test('patience with a stream ends', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hey' }, { chunkSize: 2, streamingProfile: { ttft: 1, tps: 3 } })
    const slow = (patience: object) =>
      llmCall({ name: 'chat', model: modelOf(access), stream: true, ...patience }).safeRun('Hi')
    expect(await slow({ idleTimeout: 100 })).toMatchObject({ error: { cause: { problem: 'idle_timeout' } } })
    mock.clearFixtures().onMessage('Hi', { content: 'Hello' }, { streamingProfile: { ttft: 500 } })
    expect(await slow({ firstTokenTimeout: 100 })).toMatchObject({
      error: { cause: { problem: 'first_token_timeout' } },
    })
  })

  test('sends pictures', async () => {
    const { mock, access } = await mockServer()
    mock.on({}, { content: 'A cat' })
    const urls = ['data:image/png;base64,AAAA', 'https://example.org/a.png']
    const content = [
      { type: 'text', text: 'What is this?' } as const,
      ...urls.map((url) => ({ type: 'image_url', image_url: { url } }) as const),
    ]
    const model = modelOf({ ...access, supportedUrls: () => ({ 'image/*': [/^https:/] }) })
    expect(await llmCall({ name: 'chat', model }).run([{ role: 'user', content }])).toBe('A cat')
    expect(mock.getLastRequest()!.body).toMatchObject({ messages: [{ role: 'user', content }] })
  })
})

const usage = {
  inputTokens: { total: 5, noCache: 3, cacheRead: 2, cacheWrite: undefined },
  outputTokens: { total: 4, text: 1, reasoning: 3 },
}
const finishReason = { unified: 'stop', raw: 'stop' } as const
const generating = (content: object[], reason: object = finishReason) =>
  new MockLanguageModelV3({ doGenerate: { content, finishReason: reason, usage, warnings: [] } as never })
const streaming = (parts: object[]) =>
  new MockLanguageModelV3({ doStream: async () => ({ stream: convertArrayToReadableStream(parts as never[]) }) })

describe('llmCall over the mock model of the AI SDK', () => {
  test('joins the texts, and tells what was cached and reasoned', async () => {
    const model = generating([
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ])
    expect(await eventsOf(llmCall({ name: 'chat', model }).stream('Hi'))).toEqual([
      { type: 'reasoning', path: 'chat', delta: 'Hm' },
      { type: 'usage', path: 'chat', inputTokens: 5, outputTokens: 4, cachedInputTokens: 2, reasoningTokens: 3 },
      { type: 'finish', path: 'chat', reason: 'stop' },
      { type: 'output', output: 'ab' },
    ])
  })

  test('gives a model only what was set', async () => {
    const model = generating([{ type: 'text', text: 'a' }])
    await llmCall({ name: 'chat', model, temperature: undefined as never, topK: 3, toolChoice: { type: 'auto' } }).run(
      'Hi',
    )
    expect(Object.keys(model.doGenerateCalls[0]!).toSorted()).toEqual(['abortSignal', 'headers', 'prompt', 'topK'])
  })

  test('tells reasoning and the pieces of calls', async () => {
    const model = streaming([
      { type: 'stream-start', warnings: [] },
      { type: 'reasoning-delta', id: 'r', delta: 'Hm' },
      { type: 'tool-input-start', id: 'call_1', toolName: 'weather' },
      { type: 'tool-input-delta', id: 'call_1', delta: '{"city":' },
      { type: 'tool-input-delta', id: 'call_1', delta: '"Paris"}' },
      { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"city":"Paris"}' },
      { type: 'tool-call', toolCallId: 'call_2', toolName: 'search', input: '{}', providerExecuted: true },
      { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_use' }, usage },
    ])
    const events = await eventsOf(llmCall({ name: 'chat', model, stream: true, tools }).stream('Hi'))
    const told = events.filter(({ type }) => type === 'reasoning' || type === 'event' || type === 'finish')
    expect(told.map((event) => (event.type === 'event' ? event.event : event))).toEqual([
      { type: 'reasoning', path: 'chat', delta: 'Hm' },
      { type: 'tool_call_delta', id: 'call_1', name: 'weather', delta: '{"city":' },
      { type: 'tool_call_delta', id: 'call_1', name: 'weather', delta: '"Paris"}' },
      { type: 'providerToolCall', toolCallId: 'call_2', toolName: 'search', input: '{}', providerExecuted: true },
      { type: 'finish', path: 'chat', reason: 'tool_calls', rawReason: 'tool_use' },
    ])
    expect(events.at(-1)).toMatchObject({ output: { tool_calls: [{ name: 'weather', arguments: { city: 'Paris' } }] } })
  })

  test.each<[string, object[], object]>([
    ['without an end', [{ type: 'text-delta', id: '1', delta: 'Once' }], { problem: 'cut_off' }],
    [
      'without a reason',
      [{ type: 'finish', finishReason: { unified: 'other', raw: undefined }, usage }],
      { problem: 'cut_off' },
    ],
    [
      'that is interrupted',
      [{ type: 'finish', finishReason: { unified: 'interrupted', raw: 'x' }, usage }],
      { problem: 'cut_off' },
    ],
    ['with an error', [{ type: 'error', error: new Error('overloaded') }], { message: 'overloaded' }],
    ['with an error that is none', [{ type: 'error', error: { message: 'overloaded' } }], { problem: 'no_answer' }],
  ])('a stream %s is an error', async (_, parts, cause) => {
    const result = await llmCall({ name: 'chat', model: streaming(parts), stream: true }).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'run', cause } })
  })

  test.each<[string, object[], object, string]>([
    ['an error', [], { unified: 'error', raw: 'x' }, 'no_answer'],
    ['nothing', [], finishReason, 'no_answer'],
    [
      'a call that nobody offered',
      [{ type: 'tool-call', toolCallId: '1', toolName: 'a', input: '{}' }],
      finishReason,
      'tool_calls',
    ],
  ])('%s is no answer', async (_, content, reason, problem) => {
    const result = await llmCall({ name: 'chat', model: generating(content, reason) }).safeRun('Hi')
    expect(result).toMatchObject({ error: { cause: { problem } } })
  })

  test('an abort ends the run at once, though the model does not listen', async () => {
    const model = new MockLanguageModelV3({ doGenerate: () => new Promise(() => {}) })
    const stop = new AbortController()
    const running = llmCall({ name: 'chat', model }).safeRun('Hi', { signal: stop.signal })
    await vi.waitFor(() => expect(model.doGenerateCalls).toHaveLength(1))
    stop.abort()
    expect(await running).toMatchObject({ error: { code: 'aborted' } })
    expect(model.doGenerateCalls[0]!.abortSignal!.aborted).toBe(true)
  })

  test('a connection that broke is tried again, as the provider says', async () => {
    const model = new MockLanguageModelV3({
      doGenerate: () =>
        Promise.reject(
          new APICallError({ message: 'Cannot connect', url: '', requestBodyValues: {}, isRetryable: true }),
        ),
    })
    expect(await llmCall({ name: 'chat', model, retry: { attempts: 3 } }).safeRun('Hi')).toMatchObject({
      error: { attempts: 3 },
    })
  })

  test('says in the chart which model it is', () => {
    const { machine } = llmCall({ name: 'chat', model: new MockLanguageModelV3({ modelId: 'my-model' }) })
    expect(machine.config.meta).toMatchObject({ kind: 'llmCall', model: 'my-model' })
  })

  test.each([
    [
      'gpt-4o',
      'llmCall chat: model is "gpt-4o", not a model. Give a model object of the AI SDK, or async (messages, ctx) => text; for a model of OpenAI by its name, use openAIChat({ name: "chat", model: "gpt-4o" }).',
    ],
    [{ specificationVersion: 'v1', doGenerate: () => {} }, 'llmCall chat: the model has the specification v1'],
  ])('refuses %j', (model, message) => {
    expect(() => llmCall({ name: 'chat', model: model as never })).toThrow(message)
  })
})

describe('a model of your own', () => {
  test('is told of the tools, and may ask for them', async () => {
    const seen: unknown[] = []
    const chat = llmCall({
      name: 'chat',
      tools,
      model: (messages, _, { tools }) => {
        seen.push(tools)
        const { id, ...rest } = call
        if (messages.length > 1) return 'Sunny'
        return { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: rest }] }
      },
    })
    const asked = await chat.run('Hi')
    expect(asked).toMatchObject({ tool_calls: [{ name: 'weather', arguments: { city: 'Paris' } }] })
    expect(
      await chat.run(['Hi', asked].map((said) => (typeof said === 'string' ? { role: 'user', content: said } : said))),
    ).toEqual({
      role: 'assistant',
      content: 'Sunny',
      tool_calls: [],
    })
    expect(seen[0]).toMatchObject([{ name: 'weather', description: 'The weather', parameters: { type: 'object' } }])
  })
})

describe('one turn with tools (ask)', () => {
  const ctx: RunContext = {
    signal: new AbortController().signal,
    attempt: 1,
    path: 'agent',
    idempotencyKey: 'key',
    emit: () => {},
    log: () => {},
    run: () => Promise.reject(new Error('runs nothing')),
    get: () => {
      throw new Error('has nothing')
    },
  }
  const messages = [{ role: 'user', content: 'Hi' }] as const
  const toolCall = { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"city":"Paris"}' }
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
  }
  const spec = { name: 'weather', description: 'd', parameters: { type: 'object' } }

  test('of an AI SDK model', async () => {
    const model = generating([toolCall], { unified: 'tool-calls', raw: undefined })
    const { ask } = llmCall({ name: 'chat', model }) as any
    expect(await ask({ messages, tools: [spec] }, ctx)).toEqual(message)
    expect(model.doGenerateCalls[0]!.tools).toEqual([
      { type: 'function', name: 'weather', description: 'd', inputSchema: { type: 'object' } },
    ])
  })

  test('of a model of your own', async () => {
    const { ask } = llmCall({ name: 'chat', model: (_, __, { tools }) => (tools?.length ? message : 'Hello') }) as any
    expect(await ask({ messages, tools: [spec] }, ctx)).toEqual(message)
    expect(await ask({ messages }, ctx)).toEqual({ role: 'assistant', content: 'Hello' })
    const { ask: other } = llmCall({ name: 'chat', model: () => 3 }) as any
    await expect(other({ messages }, ctx)).rejects.toThrow('the model returned 3, which is not a message')
  })

  test('aiSdkModel makes a function of a model object', async () => {
    const model = generating([{ type: 'text', text: 'Hello' }])
    const careful = llmCall({
      name: 'chat',
      model: async (messages, ctx) => `${await aiSdkModel(model)(messages, ctx)}!`,
    })
    expect(await careful.run('Hi')).toBe('Hello!')
    expect(await aiSdkModel(generating([toolCall]))([...messages], ctx)).toEqual(message)
  })
})

test('an OpenAI-compatible answer without text is no answer', async () => {
  const { access } = await completionServer([{ index: 0, finish_reason: 'stop', message: { content: null } }])
  const model = createOpenAICompatible({ name: 'test', ...access })(id)
  expect(await llmCall({ name: 'chat', model }).safeRun('Hi')).toMatchObject({
    error: { cause: { problem: 'no_answer' } },
  })
})

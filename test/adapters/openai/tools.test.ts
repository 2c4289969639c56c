import type { RunContext, RunEvent } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { completionServer, mockServer, streamServer } from './server.ts'

const model = 'gpt-4o-mini'
const tools = {
  weather: { description: 'The weather of a city', input: z.object({ city: z.string(), days: z.coerce.number() }) },
  time: { description: 'The time now', input: z.object({}) },
}
const called = [
  { id: 'call_1', name: 'weather', arguments: '{"city":"Paris","days":"2"}' },
  { id: 'call_2', name: 'time', arguments: '' },
]
const parsed = [
  {
    id: 'call_1',
    type: 'function',
    function: { name: 'weather', arguments: '{"city":"Paris","days":"2"}' },
    name: 'weather',
    arguments: { city: 'Paris', days: 2 },
  },
  { id: 'call_2', type: 'function', function: { name: 'time', arguments: '' }, name: 'time', arguments: {} },
]

const toolCall = (name: string, text: string) => ({
  index: 0,
  finish_reason: 'tool_calls',
  message: { content: null, tool_calls: [{ id: 'x', type: 'function', function: { name, arguments: text } }] },
})

describe.each([[false], [true]])('openAIChat with tools (stream: %s)', (stream) => {
  test('tells the model of them, and gives parallel calls with checked arguments', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Paris', { toolCalls: called })
    const answer = await openAIChat({ name: 'chat', model, stream, tools, ...access }).run('How is Paris?')
    expect(answer).toEqual({ role: 'assistant', content: null, tool_calls: parsed })
    const { body } = mock.getLastRequest()!
    expect(body).toMatchObject({
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'The weather of a city',
            parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city', 'days'] },
          },
        },
        { type: 'function', function: { name: 'time', parameters: { type: 'object', properties: {} } } },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('$schema')
  })

  test('gives an answer in words without calls', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello' })
    const chat = openAIChat({ name: 'chat', model, stream, tools, ...access })
    expect(await chat.run('Hi')).toEqual({ role: 'assistant', content: 'Hello', tool_calls: [] })
  })

  test('an answer can be sent back as it is', async () => {
    const { mock, access } = await mockServer()
    mock.on({ hasToolResult: false }, { toolCalls: called })
    mock.on({ hasToolResult: true }, { content: 'Sunny' })
    const chat = openAIChat({ name: 'chat', model, stream, tools, ...access })
    const question = { role: 'user', content: 'How is Paris?' } as const
    const asked = await chat.run([question])
    const results = asked.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'fine' }) as const)
    const answered = await chat.run([question, asked, ...results])
    expect(answered.content).toBe('Sunny')
    await chat.run([question, asked, ...results, answered, question])
    const { messages } = mock.getLastRequest()!.body as { messages: object[] }
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: called[0]!.arguments } },
        { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{}' } },
      ],
    })
    expect(messages[4]).toEqual({ role: 'assistant', content: 'Sunny' })
  })
})

describe('a call that does not fit', () => {
  test.each([
    ['time and space', '{}', 'the model called the tool'],
    ['weather', '{"city":"Par', 'expected JSON'],
    ['weather', '{"city":3,"days":1}', 'tool_calls.0.arguments.city'],
  ])('%s(%s) is an output_validation', async (name, text, words) => {
    const { access } = await completionServer([toolCall(name, text)])
    const result = await openAIChat({ name: 'chat', model, tools, ...access }).safeRun('Hi')
    expect(result).toMatchObject({
      error: { code: 'output_validation', state: 'validatingOutput', message: expect.stringContaining(words) },
    })
  })

  test('is tried again with a retry', async () => {
    const { mock, access } = await mockServer()
    mock.on({ sequenceIndex: 0 }, { toolCalls: [{ name: 'weather', arguments: '{}' }] })
    mock.on({}, { toolCalls: called })
    const chat = openAIChat({ name: 'chat', model, tools, retry: { attempts: 2 }, ...access })
    expect(await chat.run('Hi')).toMatchObject({ tool_calls: parsed })
  })

  test('a call that was cut off by the limit of tokens is no call', async () => {
    const { access } = await completionServer([{ ...toolCall('weather', '{"ci'), finish_reason: 'length' }])
    const result = await openAIChat({ name: 'chat', model, tools, ...access }).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'run', cause: { problem: 'length' } } })
  })
})

test('with n it is a list', async () => {
  const { access } = await completionServer([
    toolCall('time', '{}'),
    { index: 1, finish_reason: 'stop', message: { content: 'Late' } },
  ])
  const answers = await openAIChat({ name: 'chat', model, n: 2, tools, ...access }).run('Hi')
  expect(answers).toMatchObject([{ tool_calls: [{ name: 'time', arguments: {} }] }, { content: 'Late' }])
})

test('tools as a list are sent as they are, and their arguments parsed', async () => {
  const { mock, access } = await mockServer()
  mock.onMessage('Hi', { toolCalls: [{ name: 'anything', arguments: '{"a":1}' }] })
  const list = [{ name: 'anything', description: 'd', parameters: { type: 'object', properties: {} } }]
  const answer = await openAIChat({ name: 'chat', model, tools: list, ...access }).run('Hi')
  expect(answer).toMatchObject({ tool_calls: [{ name: 'anything', arguments: { a: 1 } }] })
  expect(mock.getLastRequest()!.body).toMatchObject({ tools: [{ type: 'function', function: list[0] }] })
})

test('the pieces of calls and of reasoning are events', async () => {
  const piece = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  })
  const { access } = await streamServer([
    piece({ role: 'assistant', content: '' }),
    piece({ reasoning_content: 'Hm' }),
    piece({ reasoning: 'm' }),
    piece({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'time', arguments: '' } }] }),
    piece({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }),
    piece({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'time', arguments: '{}' } }] }),
    piece({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }),
    piece({}, 'tool_calls'),
  ])
  const events: RunEvent[] = []
  const chat = openAIChat({ name: 'chat', model, stream: true, tools, ...access })
  for await (const event of chat.stream('Hi')) if (event.type !== 'state') events.push(event)
  const told = events.map((event) => (event.type === 'event' ? event.event : event))
  expect(told.slice(0, -1).filter(({ type }) => type !== 'response')).toEqual([
    { type: 'reasoning', path: 'chat', delta: 'Hm' },
    { type: 'reasoning', path: 'chat', delta: 'm' },
    { type: 'tool_call_delta', id: 'a', name: 'time', delta: '{' },
    { type: 'tool_call_delta', id: 'b', name: 'time', delta: '{}' },
    { type: 'tool_call_delta', id: 'a', name: 'time', delta: '}' },
    { type: 'finish', path: 'chat', reason: 'tool_calls' },
  ])
  expect(events.at(-1)).toMatchObject({ output: { content: null, tool_calls: [{ id: 'a' }, { id: 'b' }] } })
})

test.each<[string, object[]]>([
  [
    'no index, a new id for each',
    [
      { id: 'a', function: { name: 'time', arguments: '{}' } },
      { id: 'b', function: { name: 'time' } },
    ],
  ],
  [
    'no index, pieces of one',
    [{ id: 'a', function: { name: 'time', arguments: '{' } }, { function: { arguments: '}' } }],
  ],
  [
    'index 0 for each',
    [
      { index: 0, id: 'a', function: { name: 'time' } },
      { index: 0, id: 'b', function: { name: 'time' } },
    ],
  ],
  ['no id', [{ index: 0, function: { name: 'time', arguments: '{}' } }]],
])('servers that only resemble OpenAI: %s', async (_, calls) => {
  const { access } = await streamServer([
    ...calls.map((call) => ({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ])
  const chat = openAIChat({ name: 'chat', model, stream: true, tools, ...access })
  const { tool_calls } = await chat.run('Hi')
  expect(tool_calls.every((call) => call.name === 'time' && call.id)).toBe(true)
  expect(tool_calls).toHaveLength(new Set(calls.flatMap((call) => ('id' in call ? [call.id] : []))).size || 1)
})

test.each<[string, object[], string[]]>([
  [
    'whole calls without an index or an id',
    [{ function: { name: 'time', arguments: '{}' } }, { function: { name: 'time', arguments: '{}' } }],
    ['{}', '{}'],
  ],
  [
    'whole calls with the same index and id',
    [
      { index: 0, id: 'a', function: { name: 'time', arguments: '{"n":1}' } },
      { index: 0, id: 'a', function: { name: 'time', arguments: '{"n":2}' } },
    ],
    ['{"n":1}', '{"n":2}'],
  ],
  [
    'a name with every piece',
    [
      { index: 0, function: { name: 'time', arguments: '{"n":' } },
      { index: 0, function: { name: 'time', arguments: '1}' } },
      { index: 0, function: { name: 'time', arguments: '' } },
    ],
    ['{"n":1}'],
  ],
  ['an index that begins at 1', [{ index: 1, id: 'a', function: { name: 'time', arguments: '{}' } }], ['{}']],
])('calls in a stream are told apart: %s', async (_, calls, texts) => {
  const { access } = await streamServer([
    ...calls.map((call) => ({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ])
  const { tool_calls } = await openAIChat({ name: 'chat', model, stream: true, tools, ...access }).run('Hi')
  expect(tool_calls.map((call) => call.function.arguments)).toEqual(texts)
  expect(new Set(tool_calls.map(({ id }) => id)).size).toBe(texts.length)
})

test.each([undefined, '', null, 7, 'call_0', 'x'])(
  'each call has an id of its own in its conversation: %j',
  async (id) => {
    const time = { type: 'function', function: { name: 'time', arguments: '{}' } }
    const message = {
      content: null,
      tool_calls: [
        { ...time, id },
        { ...time, id },
      ],
    }
    const { access } = await completionServer([{ index: 0, finish_reason: 'tool_calls', message }])
    const chat = openAIChat({ name: 'chat', model, tools, ...access })
    const first = await chat.run('Hi')
    const results = first.tool_calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: 'noon' }) as const)
    const second = await chat.run([{ role: 'user', content: 'Hi' }, first, ...results])
    const ids = [...first.tool_calls, ...second.tool_calls].map((call) => call.id)
    expect(ids.every((each) => typeof each === 'string' && each !== '')).toBe(true)
    expect(new Set(ids).size).toBe(4)
    if (typeof id === 'string' && id) expect(ids[0]).toBe(id)
  },
)

test.each<[tools: unknown, message: string]>([
  [{ 'a b': tools.time }, '"a b" is not a valid tool name'],
  [{ time: { description: 'The time' } }, 'the tool time is not a tool'],
  ...['function', 'dynamic', undefined].map(
    (type) =>
      [
        { time: { type, description: 'The time', inputSchema: z.object({}), execute: () => 1 } },
        'the tool time is a tool of the AI SDK, which only the AI SDK can execute. Give { description:',
      ] as [unknown, string],
  ),
  [
    [{ name: 'time', parameters: { type: 'string' } }],
    'the parameters of the tool time are an object, not the JSON Schema of an object',
  ],
  [
    { time: { description: 'The time', input: z.object({ at: z.date() }) } },
    'the tool time: the schema of its input cannot be satisfied: at at it takes a date',
  ],
])('tools like %j are refused when they are defined', (wrong, message) => {
  expect(() => openAIChat({ name: 'chat', model, tools: wrong as never })).toThrow(`openAIChat chat: ${message}`)
})

test.each<[string, z.ZodType, unknown, unknown]>([
  ['a text', z.string(), { input: 'noon' }, 'noon'],
  ['a list', z.array(z.int()), { input: [1, 2] }, [1, 2]],
  ['a union', z.union([z.object({ a: z.string() }), z.null()]), { input: null }, null],
  ['a union whose wrapper was left out', z.union([z.object({ a: z.string() }), z.null()]), { a: 'x' }, { a: 'x' }],
  ['nothing', z.string().optional(), {}, undefined],
  ['an empty object that is the value', z.record(z.string(), z.unknown()).nullable(), {}, {}],
  ['an empty object of a union', z.union([z.object({ a: z.number().optional() }), z.string()]), {}, {}],
  ['an empty object rather than nothing', z.union([z.object({}), z.undefined()]), {}, {}],
])('a tool that takes no object gets its arguments in one: %s', async (_, input, given, value) => {
  const { access } = await completionServer([toolCall('time', JSON.stringify(given))])
  const chat = openAIChat({ name: 'chat', model, tools: { time: { description: 'The time', input } }, ...access })
  expect((await chat.run('Hi')).tool_calls[0]?.arguments).toEqual(value)
})

test('tools and output together are refused', () => {
  expect(() => openAIChat({ name: 'chat', model, tools, output: z.string() })).toThrow('both tools and output')
})

test('ask makes one turn with the tools of whoever asks', async () => {
  const { mock, access } = await mockServer()
  mock.onMessage('Hi', { toolCalls: [{ id: 'call_1', name: 'other', arguments: '{"a":1}' }] })
  const chat = openAIChat({ name: 'chat', model, ...access }) as any
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
  const other = { name: 'other', description: 'd', parameters: { type: 'object', properties: {} } }
  expect(await chat.ask({ messages: [{ role: 'user', content: 'Hi' }], tools: [other] }, ctx)).toEqual({
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'other', arguments: '{"a":1}' } }],
  })
  expect(mock.getLastRequest()!.body).toMatchObject({ tools: [{ type: 'function', function: other }] })
  mock.clearFixtures().onMessage('Hi', { content: 'Hello' })
  expect(await chat.ask({ messages: [{ role: 'user', content: 'Hi' }] }, ctx)).toEqual({
    role: 'assistant',
    content: 'Hello',
  })
  expect(mock.getLastRequest()!.body).not.toHaveProperty('tools')
})

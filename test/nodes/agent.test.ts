import { agent, type AgentCall, chain, fn, llmCall, PipelineError, type RunContext, type RunEvent } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { answers, scriptedModel, type Turn } from './agent/server.ts'

const tick = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms))

const weather = fn({
  name: 'weather',
  description: 'Tells the weather of a city.',
  input: z.object({ city: z.string() }),
  run: async ({ city }) => ({ city, celsius: city.length }),
})
const broken = fn({
  name: 'broken',
  description: 'Fails.',
  input: z.object({}),
  run: (): string => {
    throw new Error('the service is down')
  },
})

/** First these calls, then words. */
const callThenSay =
  (calls: Exclude<Turn, string>, words = 'Done.') =>
  (turn: number): Turn =>
    turn === 0 ? calls : words

describe('agent, over HTTP', () => {
  test('answers in words when the model asks for nothing', async () => {
    const { model, requests } = await scriptedModel(() => 'Hello.')
    const it = agent({ name: 'it', model, tools: [weather], instructions: 'Be brief.' })
    expect(await it.run('Hi')).toBe('Hello.')
    expect(requests()).toHaveLength(1)
    expect(requests()[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'Tells the weather of a city.',
            parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          },
        },
      ],
    })
  })

  test('runs the calls of a turn at the same time, and gives their results in order', async () => {
    const { model, requests } = await scriptedModel(
      callThenSay([
        ['slow', { ms: 40 }],
        ['weather', { city: 'Oslo' }],
        ['slow', { ms: 10 }],
      ]),
    )
    let running = 0
    let most = 0
    const slow = fn({
      name: 'slow',
      description: 'Takes its time.',
      input: z.object({ ms: z.number() }),
      run: async ({ ms }) => {
        most = Math.max(most, ++running)
        await tick(ms)
        running--
        return `${ms} ms`
      },
    })
    const it = agent({ name: 'it', model, tools: [weather, slow] })
    expect(await it.run('How is Oslo?')).toBe('Done.')
    expect(most).toBe(2)
    expect(answers(requests()[1]!)).toEqual(['40 ms', '{"city":"Oslo","celsius":4}', '10 ms'])
    expect(requests()[1]?.messages.slice(2)).toMatchObject([
      { role: 'tool', tool_call_id: 'call_0_0' },
      { role: 'tool', tool_call_id: 'call_0_1' },
      { role: 'tool', tool_call_id: 'call_0_2' },
    ])
  })

  test('what goes wrong with a tool goes to the model, and the run goes on', async () => {
    const { model, requests } = await scriptedModel(
      callThenSay([
        ['broken', {}],
        ['nothing', {}],
        ['weather', '{"city":'],
        ['weather', { city: 7 }],
        ['weather', { city: 'Rome' }],
      ]),
    )
    expect(await agent({ name: 'it', model, tools: [weather, broken] }).run('Go')).toBe('Done.')
    expect(answers(requests()[1]!)).toEqual([
      'Error: the service is down',
      'Error: there is no tool nothing. The tools are: weather, broken.',
      'Error: the arguments are not JSON. Write them as one JSON object.',
      'Error: the arguments do not fit: city: Invalid input: expected string, received number. Fix them and call again.',
      '{"city":"Rome","celsius":4}',
    ])
  })

  test('the policy of a tool is its own', async () => {
    const { model, requests } = await scriptedModel(
      callThenSay([
        ['flaky', {}],
        ['hanging', {}],
      ]),
    )
    const tool = { description: 'A tool.', input: z.object({}) }
    const flaky = fn({
      ...tool,
      name: 'flaky',
      retry: { attempts: 3 },
      run: (_, { attempt }) => (attempt < 3 ? Promise.reject(new Error('not yet')) : `attempt ${attempt}`),
    })
    const hang = (_: unknown, { signal }: RunContext) =>
      new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const hanging = fn({ ...tool, name: 'hanging', timeout: 10, run: hang })
    await agent({ name: 'it', model, tools: [flaky, hanging] }).run('Go')
    expect(answers(requests()[1]!)).toEqual(['attempt 3', expect.stringMatching(/longer than its timeout of 10 ms/)])
  })

  test('any function with a schema is a tool: a chain, an agent, one that takes a text', async () => {
    const { model, requests } = await scriptedModel(
      callThenSay([
        ['double', { n: 4 }],
        ['shout', { input: 'hey' }],
        ['helper', { input: 'help' }],
      ]),
    )
    const double = chain({
      name: 'double',
      description: 'Doubles.',
      children: [fn({ name: 'read', input: z.object({ n: z.number() }), run: ({ n }) => n }), (n: number) => n * 2],
    })
    const shout = fn({ name: 'shout', description: 'Shouts.', input: z.string(), run: (text) => text.toUpperCase() })
    const helper = agent({
      name: 'helper',
      description: 'Helps.',
      model: llmCall({ name: 'own', model: (messages) => `${messages.length} message` }),
      tools: [],
    })
    await agent({ name: 'it', model, tools: [double, shout, helper] }).run('Go')
    expect(answers(requests()[1]!)).toEqual(['8', 'HEY', '1 message'])
  })

  test('fails with max_iterations when it does not end, after the calls of the last turn', async () => {
    const run = vi.fn(() => 'again')
    const { model, requests } = await scriptedModel(() => [['more', {}]])
    const more = fn({ name: 'more', description: 'Gives more.', input: z.object({}), run })
    const result = await agent({ name: 'it', model, tools: [more], maxTurns: 3 }).safeRun('Go')
    expect(result).toMatchObject({
      error: { code: 'max_iterations', path: 'it', message: expect.stringContaining('after 3 turns') },
    })
    expect(requests()).toHaveLength(3)
    expect(run).toHaveBeenCalledTimes(3)
  })

  test('stopWhen ends it after a round of tools, with what was said last', async () => {
    const { model, requests } = await scriptedModel(() => [['weather', { city: 'Oslo' }]])
    const stopWhen = vi.fn(({ calls }: { calls: readonly AgentCall[] }) => calls.some(({ name }) => name === 'weather'))
    const it = agent({ name: 'it', model, tools: [weather], stopWhen, output: z.object({ celsius: z.number() }) })
    expect(await it.run('Go')).toEqual({ celsius: 4 })
    expect(requests()).toHaveLength(1)
    expect(stopWhen.mock.calls[0]?.[0]).toMatchObject({
      turn: 1,
      calls: [{ id: 'call_0_0', name: 'weather', input: { city: 'Oslo' } }],
    })
  })

  test('output is read from the words, whose form the model is asked for; what does not fit is an error with its retry', async () => {
    let calls = 0
    const { model, requests } = await scriptedModel(() => (++calls === 1 ? 'I do not know' : '```json\n{"n":7}\n```'))
    const it = agent({ name: 'it', model, tools: [], output: z.object({ n: z.number() }), retry: { attempts: 2 } })
    expect(await it.run('Go')).toEqual({ n: 7 })
    expect(requests()[0]).toMatchObject({
      messages: [{ role: 'user' }],
      response_format: { json_schema: { schema: { properties: { n: { type: 'number' } } } } },
    })
    calls = 0
    expect(await agent({ name: 'it', model, tools: [], output: z.number() }).safeRun('Go')).toMatchObject({
      error: { code: 'output_validation', path: 'it' },
    })
  })

  test('the failure of the model is that of the agent, after the retries of the model', async () => {
    const { mock, model, requests } = await scriptedModel(() => 'Hello.', { retry: { attempts: 2 } })
    mock.nextRequestError(503, { message: 'not now' })
    expect(await agent({ name: 'it', model, tools: [weather] }).run('Hi')).toBe('Hello.')
    expect(requests()).toHaveLength(2)
    mock.nextRequestError(400, { message: 'no' })
    const result = await agent({ name: 'it', model, tools: [weather] }).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'run', path: 'it.think', message: expect.stringContaining('no') } })
  })

  test('tells of tokens, usage, calls and results as events, with their paths', async () => {
    const { model } = await scriptedModel(callThenSay([['weather', { city: 'Oslo' }]]), { stream: true })
    const events: RunEvent[] = []
    for await (const event of agent({ name: 'it', model, tools: [weather] }).stream('Go')) events.push(event)
    const [path, input] = ['it.act[call_0_0].weather', { city: 'Oslo' }]
    expect(events.filter(({ type }) => /^tool[CR]/.test(type))).toMatchObject([
      { path, type: 'toolCall', turn: 1, callId: 'call_0_0', name: 'weather', arguments: '{"city":"Oslo"}', input },
      { path, type: 'toolResult', turn: 1, callId: 'call_0_0', name: 'weather', success: true },
    ])
    expect(events.filter(({ type }) => type === 'usage')).toHaveLength(2)
    const tokens = events.flatMap((event) => (event.type === 'token' ? [event.delta] : []))
    expect(tokens.join('')).toBe('Done.')
    expect(events).toContainEqual({ type: 'state', path: 'it.act[call_0_0].weather', state: 'running', attempt: 1 })
  })

  test('an abort in the middle of a tool aborts the tool', async () => {
    const { model } = await scriptedModel(callThenSay([['hanging', {}]]))
    let signal: AbortSignal | undefined
    const hanging = fn({
      name: 'hanging',
      description: 'Hangs.',
      input: z.object({}),
      run: (_, ctx) => {
        signal = ctx.signal
        return new Promise<string>((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)))
      },
    })
    const controller = new AbortController()
    const running = agent({ name: 'it', model, tools: [hanging] }).safeRun('Go', { signal: controller.signal })
    await vi.waitFor(() => expect(signal).toBeDefined(), { timeout: 8000 })
    controller.abort(new Error('enough'))
    expect(await running).toMatchObject({ error: { code: 'aborted', path: 'it', cause: { message: 'enough' } } })
    expect(signal?.aborted).toBe(true)
  })

  test('override swaps the model by its path and a tool by object or path', async () => {
    const { model, requests } = await scriptedModel(callThenSay([['weather', { city: 'Oslo' }]]))
    const it = agent({ name: 'it', model, tools: [weather] })
    const warm = ({ city }: { city: string }) => ({ city, celsius: 30 })
    await it.override(weather, warm).run('Go')
    await it.override('it.act.weather', warm).run('Go')
    expect(requests().flatMap(answers)).toEqual(Array(2).fill('{"city":"Oslo","celsius":30}'))
    expect(await it.override('it.think', () => 'No model.').run('Go')).toBe('No model.')
  })
})

describe('a predicate', () => {
  const model = async ({ messages }: { messages: readonly unknown[] }) => ({
    role: 'assistant' as const,
    content: messages.length > 1 ? 'ok' : null,
    ...(messages.length === 1 && {
      tool_calls: [{ id: '1', type: 'function' as const, function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
    }),
  })
  const boom = (): boolean => {
    throw new Error('of the predicate')
  }
  test.each([
    ['stopWhen throws', { stopWhen: boom }],
    ['stopWhen gives a promise', { stopWhen: (async () => true) as never }],
  ])('that cannot answer is the failure of the agent: %s', async (_, rest) => {
    const result = await agent({ name: 'it', model, tools: [weather], ...rest }).safeRun('Go')
    expect(!result.success && result.error).toBeInstanceOf(PipelineError)
    expect(result).toMatchObject({ error: { code: 'run', path: 'it' } })
  })
})

describe('the definition of an agent', () => {
  const model = async () => ({ role: 'assistant' as const, content: 'ok' })
  const plain = fn({ name: 'plain', run: () => 1 })
  test.each<[string, object, RegExp]>([
    ['no model', { model: undefined }, /has no model: model is undefined\. Give it model: openAIChat/],
    ['a model that is none', { model: plain }, /has no model/],
    ['a tool without a description', { tools: [plain] }, /the tool plain has no description/],
    ['a tool without a schema', { tools: [fn({ name: 'a', description: 'a', run: () => 1 })] }, /has no input schema/],
    ['a name that models refuse', { tools: [weather.as('the weather')] }, /a name that models do not accept/],
    ['two tools of one name', { tools: [weather, weather] }, /two tools named weather/],
    ['no turns', { maxTurns: 0 }, /maxTurns is 0/],
    ['an unknown name in approve', { approve: ['wether'] }, /approve names wether, which is not a tool.*weather/],
    ['a stopWhen that is none', { stopWhen: 3 }, /stopWhen is 3\. Give \(round\) => boolean/],
    ['what is not a function', { tools: ['weather'] }, /a tool is not a function/],
  ])('refuses %s', (_, rest, message) => {
    expect(() => agent({ name: 'it', model, tools: [weather], ...rest } as never)).toThrow(message)
  })

  test('draws only what can happen', () => {
    const states = (fn: { machine: { states: unknown } }) =>
      Object.keys((fn.machine.states as { running: { states: object } }).running.states)
    const options = { approve: ['weather'], stopWhen: () => true, endWith: 'weather' } as const
    expect(states(agent({ name: 'it', model, tools: [] }))).toEqual(['think', 'act'])
    expect(states(agent({ name: 'it', model, tools: [weather], ...options }))).toEqual(['think', 'act'])
    expect(states(agent({ name: 'it', model, tools: [], beforeTurn: () => {} }))).toEqual([
      'beforeTurn',
      'think',
      'act',
    ])
  })
})

describe('a model of your own', () => {
  const chat = llmCall({ name: 'chat', model: async () => 'Hi' })
  test.each([
    ['a text', agent({ name: 'it', tools: [], model: async () => 'Hi' })],
    ['a text at once', agent({ name: 'it', tools: [], model: () => 'Hi' })],
    ['a message at once', agent({ name: 'it', tools: [], model: () => ({ role: 'assistant', content: 'Hi' }) })],
    ['parts', agent({ name: 'it', tools: [], model: () => ({ content: [{ type: 'text', text: 'Hi' }] }) })],
    ['what another says', agent({ name: 'it', tools: [], model: ({ messages }, ctx) => ctx.run(chat, messages) })],
    [
      'calls without an id',
      agent({
        name: 'it',
        tools: [weather],
        model: ({ messages }) =>
          messages.length > 1 ? 'Hi' : { tool_calls: [{ function: { name: 'weather', arguments: { city: 'Oslo' } } }] },
      }),
    ],
  ])('may return %s', async (_, it) => {
    expect(await it.run('Hello')).toBe('Hi')
  })
})

import { agent, type AgentRound, type BeforeTurn, fn, key, type RunEvent } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, json, resumed, results, scripted, texts, toolsIn } from './script.ts'

const input = z.object({ n: z.number() })
const add = fn({ name: 'add', description: 'Adds.', input, run: ({ n }) => n + 1 })
const pay = fn({ name: 'pay', description: 'Pays.', input, run: ({ n }) => `paid ${n}` })
const call = (n: number, name = 'add') => [{ name, input: { n } }]

describe.each(engines)('beforeTurn, on the %s engine', (engine) => {
  const options = { engine }

  test('is asked before each turn, with where the agent stands', async () => {
    const { model } = scripted(call(1), call(2), 'Done.')
    const rounds: unknown[] = []
    const tenant = key<string>('tenant')
    const it = agent({
      name: 'it',
      model,
      tools: [add],
      beforeTurn: ({ turn, messages, usage, input: given, get }, ctx) => {
        rounds.push([turn, messages.length, usage.inputTokens, given, get(tenant), ctx.get(tenant), ctx.path])
      },
    })
    expect(await it.run('Go', { ...options, provide: [tenant.with('acme')] })).toBe('Done.')
    const given = { messages: [{ role: 'user', content: 'Go' }] }
    expect(rounds).toEqual([0, 1, 2].map((turn) => [turn, 1 + 2 * turn, 0, given, 'acme', 'acme', 'it.beforeTurn']))
  })

  test('its messages replace the kept conversation, once', async () => {
    const { model, requests } = scripted(call(1), call(2), 'Done.')
    const beforeTurn = ({ turn, messages }: AgentRound) =>
      turn === 1 ? { messages: [{ role: 'user' as const, content: 'Short.' }, ...messages.slice(-2)] } : undefined
    const it = agent({ name: 'it', model, tools: [add], beforeTurn, transcript: true, instructions: 'Be brief.' })
    const { messages } = await it.run('A long story', options)
    expect(requests.map((request) => texts(request.messages))).toEqual([
      ['system: Be brief.', 'user: A long story'],
      ['system: Be brief.', 'user: Short.', 'assistant: ', 'tool: 2'],
      ['system: Be brief.', 'user: Short.', 'assistant: ', 'tool: 2', 'assistant: ', 'tool: 3'],
    ])
    expect(texts(messages)).toEqual([...texts(requests[2]?.messages).slice(1), 'assistant: Done.'])
  })

  test('its tools, toolChoice and instructions hold for that turn alone', async () => {
    const { model, requests } = scripted(call(1), call(2), 'Done.')
    const beforeTurn = ({ turn }: AgentRound) =>
      turn === 1
        ? ({ tools: ['pay'], toolChoice: { type: 'tool', toolName: 'pay' }, instructions: 'Now pay.' } as const)
        : {}
    await agent({ name: 'it', model, tools: [add, pay], instructions: 'Add.', beforeTurn }).run('Go', options)
    expect(toolsIn(requests)).toEqual([['add', 'pay'], ['pay'], ['add', 'pay']])
    expect(requests.map(({ toolChoice }) => toolChoice)).toEqual([
      undefined,
      { type: 'tool', toolName: 'pay' },
      undefined,
    ])
    expect(requests.map(({ messages }) => messages[0]?.content)).toEqual(['Add.', 'Now pay.', 'Add.'])
  })

  test('its model answers that turn, also in a run that was saved in the midst of it', async () => {
    const { model, requests } = scripted(call(1), 'Done.')
    let isStuck = true
    const other = scripted(call(2))
    const big = (request: Parameters<typeof other.model>[0]) =>
      isStuck ? new Promise<never>(() => {}) : other.model(request)
    const beforeTurn = vi.fn(({ turn }: AgentRound) => (turn === 1 ? { model: big } : {}))
    const it = agent({ name: 'it', model, tools: [add], beforeTurn })
    const first = it.start('Go', options)
    await vi.waitFor(() => expect(first.getSnapshot().matches({ running: 'think' })).toBe(true))
    await vi.waitFor(() => expect(beforeTurn).toHaveBeenCalledTimes(2))
    await vi.waitFor(() => expect(first.getSnapshot().matches({ running: 'think' })).toBe(true))
    const saved = json(first.getPersistedSnapshot())
    first.stop()
    isStuck = false
    expect(await toPromise(resumed(it, saved))).toBe('Done.')
    expect(other.requests).toHaveLength(1)
    expect(requests).toHaveLength(2)
  })

  test.each<[string, object, object]>([
    ['a text', { stop: { output: 'Enough.' } }, { success: true, output: 'Enough.' }],
    ['nothing', { stop: { output: undefined } }, { success: true, output: undefined }],
  ])('stop ends the agent with %s, without the model', async (_, change, expected) => {
    const { model, requests } = scripted('Hello.')
    expect(
      await agent({ name: 'it', model, tools: [], beforeTurn: () => change }).safeRun('Go', options),
    ).toMatchObject(expected)
    expect(requests).toEqual([])
  })

  test('what it stops with goes through output', async () => {
    const { model } = scripted('1')
    const stopped = (output: unknown) =>
      agent({ name: 'it', model, tools: [], output: z.coerce.number(), beforeTurn: () => ({ stop: { output } }) })
    expect(await stopped('7').run('Go', options)).toBe(7)
    expect(await stopped('many').safeRun('Go', options)).toMatchObject({
      error: { code: 'output_validation', path: 'it' },
    })
  })

  test('may be a function of ours, with its retry and timeout', async () => {
    const { model, requests } = scripted(call(1), 'Done.')
    const run = vi.fn((_: AgentRound, { attempt }: { attempt: number }) => {
      if (attempt === 1) throw new Error('not yet')
      return { instructions: `try ${attempt}` }
    })
    const beforeTurn = fn({ name: 'compact', retry: { attempts: 2 }, run: run as never }) as never as BeforeTurn
    expect(await agent({ name: 'it', model, tools: [add], beforeTurn }).run('Go', options)).toBe('Done.')
    expect(run).toHaveBeenCalledTimes(4)
    expect(requests.map(({ messages }) => messages[0]?.content)).toEqual(['try 2', 'try 2'])
    const slow = fn({ name: 'compact', timeout: 5, run: () => new Promise<undefined>(() => {}) }) as never as BeforeTurn
    expect(await agent({ name: 'it', model, tools: [add], beforeTurn: slow }).safeRun('Go', options)).toMatchObject({
      error: { code: 'timeout', path: 'it.beforeTurn' },
    })
  })

  test('is a state of the chart and tells of itself', async () => {
    const { model } = scripted('Done.')
    const it = agent({ name: 'it', model, tools: [], beforeTurn: async () => ({ instructions: 'Hm' }) })
    const events: RunEvent[] = []
    for await (const event of it.stream('Go', options)) events.push(event)
    const states = events.flatMap((event) => (event.type === 'state' ? [`${event.path} ${event.state}`] : []))
    expect(states.filter((state) => state.includes('beforeTurn'))).toEqual([
      'it.beforeTurn validatingInput',
      'it.beforeTurn running',
      'it.beforeTurn validatingOutput',
      'it.beforeTurn complete',
    ])
  })

  test('what it said before a restore is not asked again', async () => {
    let isStuck = true
    const { model, requests } = scripted('Done.')
    const think = (request: Parameters<typeof model>[0]) => (isStuck ? new Promise<never>(() => {}) : model(request))
    const beforeTurn = vi.fn<() => object>(() => ({ messages: [{ role: 'user', content: 'Short.' }] }))
    const it = agent({ name: 'it', model: think, tools: [], beforeTurn })
    const first = it.start('A long story', options)
    await vi.waitFor(() => expect(first.getSnapshot().matches({ running: 'think' })).toBe(true))
    const saved = json(first.getPersistedSnapshot())
    first.stop()
    isStuck = false
    expect(await toPromise(resumed(it, saved))).toBe('Done.')
    expect(beforeTurn).toHaveBeenCalledTimes(1)
    expect(texts(requests[0]?.messages)).toEqual(['user: Short.'])
  })

  test.each<[string, unknown, RegExp]>([
    ['a text', 'x', /expected an object, or nothing/],
    ['an unknown key', { message: [] }, /has no option "message"/],
    ['messages that are none', { messages: [{ role: 'user' }] }, /messages/],
    ['messages with an open call', { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'x', type: 'function', function: { name: 'add', arguments: '{}' } }] }] }, /calls of tools without a result: x/],
    ['tools that are none', { tools: 'add' }, /expected a list of tool names/],
    ['a tool that is not there', { tools: ['wether'] }, /wether/],
    ['a choice that is none', { toolChoice: 'pay' }, /expected 'auto', 'none', 'required' or/],
    ['a model that is none', { model: 3 }, /has no model/],
    ['a stop without output', { stop: true }, /expected \{ output \}/],
    ['instructions that are none', { instructions: 3 }, /expected a string/],
  ])('says what is wrong with %s', async (_, change, message) => {
    const { model, requests } = scripted('Done.')
    const { error } = await agent({ name: 'it', model, tools: [add], beforeTurn: () => change as never }).safeRun('Go', options)
    expect(error).toMatchObject({ code: 'output_validation', path: 'it.beforeTurn' })
    expect(error?.message).toMatch(message)
    expect(requests).toEqual([])
  }) // prettier-ignore

  test('the results of a round are there before it is asked again', async () => {
    const { model, requests } = scripted(call(4, 'pay'), 'Done.')
    const seen: string[][] = []
    const beforeTurn = ({ messages }: AgentRound) => void seen.push(texts(messages))
    await agent({ name: 'it', model, tools: [pay], beforeTurn }).run('Go', options)
    expect(seen[1]).toEqual(['user: Go', 'assistant: ', 'tool: paid 4'])
    expect(results(requests[1]!)).toEqual(['paid 4'])
  })
})

test('says at the definition that it is no function', () => {
  const { model } = scripted('')
  expect(() => agent({ name: 'it', model, tools: [], beforeTurn: 3 as never })).toThrow(
    /agent it: beforeTurn is 3\. Give \(round, ctx\) =>/,
  )
})

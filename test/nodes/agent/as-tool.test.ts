import { agent, type ChatModel, fn } from 'tinyllm'
import { createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { own } from './models.ts'
import { scriptedModel } from './server.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const weather = fn({
  name: 'weather',
  description: 'Tells the weather of a city.',
  input: z.object({ city: z.string() }),
  run: ({ city }) => ({ city, celsius: city.length }),
})
describe('an agent that is a tool', () => {
  test('takes a text, is seen inside, and its usage counts', async () => {
    const inside = await scriptedModel((turn) => (turn === 0 ? [['weather', { city: 'Oslo' }]] : 'It is cold.'))
    const outside = await scriptedModel((turn) => (turn === 0 ? [['scout', { input: 'Oslo?' }]] : 'Stay in.'))
    const scout = agent({ name: 'scout', description: 'Finds out.', model: inside.model, tools: [weather] })
    const it = agent({ name: 'it', model: outside.model, tools: [scout] })
    const result = await it.safeRun('Shall I go out?')
    expect(result).toMatchObject({ success: true, output: 'Stay in.' })
    const alone = await scout.safeRun('Oslo?')
    expect(result.usage.inputTokens).toBeGreaterThan(alone.usage.inputTokens)
    expect(outside.requests()[0]?.tools).toMatchObject([
      { function: { name: 'scout', parameters: { type: 'object', properties: { input: { type: 'string' } } } } },
    ])
    expect(outside.requests()[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: 'It is cold.' })
    expect(inside.requests()[0]?.messages).toEqual([{ role: 'user', content: 'Oslo?' }])

    const seen: string[] = []
    for await (const event of it.stream('Shall I go out?')) {
      if (event.type === 'toolCall' || event.type === 'toolResult') seen.push(`${event.type} ${event.path}`)
      if (event.type === 'state' && event.state === 'running') seen.push(event.path)
    }
    expect(seen).toEqual(
      expect.arrayContaining([
        'toolCall it.act[call_0_0].scout',
        'it.act[call_0_0].scout',
        'it.act[call_0_0].scout.think',
        'toolCall it.act[call_0_0].scout.act[call_0_0].weather',
        'it.act[call_0_0].scout.act[call_0_0].weather',
        'toolResult it.act[call_0_0].scout.act[call_0_0].weather',
        'toolResult it.act[call_0_0].scout',
      ]),
    )
  })

  test('takes the input of its choice, whose JSON is what the user says', async () => {
    const inside = await scriptedModel(() => 'Found.')
    const outside = await scriptedModel((turn) => (turn === 0 ? [['scout', { city: 'Oslo' }]] : 'Done.'))
    const input = z.object({ city: z.string(), days: z.number().default(3) })
    const scout = agent({ name: 'scout', description: 'Finds out.', input, model: inside.model, tools: [] })
    await agent({ name: 'it', model: outside.model, tools: [scout] }).run('Go')
    expect(outside.requests()[0]?.tools).toMatchObject([
      { function: { parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } },
    ])
    expect(inside.requests()[0]?.messages).toEqual([{ role: 'user', content: '{"city":"Oslo","days":3}' }])
    await scout.run({ city: 'Bergen' })
    expect(inside.requests()[1]?.messages).toEqual([{ role: 'user', content: '{"city":"Bergen","days":3}' }])
  })

  test.each<[string, z.ZodType, unknown, unknown]>([
    [
      'a text',
      z.object({ q: z.string() }).transform(({ q }) => `Find ${q}`),
      { q: 'Ada' },
      [{ role: 'user', content: 'Find Ada' }],
    ],
    ['a message', z.any(), { role: 'user', content: 'Hi' }, [{ role: 'user', content: 'Hi' }]],
    ['messages', z.any(), [{ role: 'system', content: 'Hi' }], [{ role: 'system', content: 'Hi' }]],
    ['{ messages }', z.any(), { messages: [{ role: 'user', content: 'Hi' }] }, [{ role: 'user', content: 'Hi' }]],
    ['a number', z.number(), 4, [{ role: 'user', content: '4' }]],
    ['a list of texts', z.array(z.string()), ['a'], [{ role: 'user', content: '["a"]' }]],
    ['mails', z.any(), { messages: [{ from: 'Ada' }] }, [{ role: 'user', content: '{"messages":[{"from":"Ada"}]}' }]],
  ])('begins with what its schema makes: %s', async (_, input, given, messages) => {
    const { model, requests } = own(() => 'Done.')
    await agent({ name: 'it', model, tools: [], input }).run(given)
    expect(requests[0]).toEqual(messages)
  })

  test('refuses what its schema rejects, and messages that are none', async () => {
    const { model } = own(() => 'Done.')
    const typed = agent({ name: 'it', model, tools: [], input: z.object({ q: z.string() }) })
    expect(await typed.safeRun({ q: 4 } as never)).toMatchObject({
      error: { code: 'input_validation', path: 'it', issues: [{ path: ['q'] }] },
    })
    const open = agent({ name: 'it', model, tools: [], input: z.any() })
    expect(await open.safeRun({ messages: [{ role: 'usr', content: '' }] })).toMatchObject({
      error: { code: 'input_validation', path: 'it', issues: [{ path: ['messages', 0, 'role'] }] },
    })
    expect(await open.safeRun({ messages: [] })).toMatchObject({ error: { code: 'input_validation' } })
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(await open.safeRun(circle)).toMatchObject({ error: { code: 'input_validation', path: 'it' } })
  })

  test('tells the model of arguments that do not fit, and of its failure', async () => {
    const scout = agent({
      name: 'scout',
      description: 'Finds out.',
      input: z.object({ city: z.string() }),
      model: async () => Promise.reject(new Error('no quota')),
      tools: [],
    })
    const { model, requests } = own((turn) =>
      turn === 0
        ? [
            { id: 'a', name: 'scout', input: { town: 'Oslo' } },
            { id: 'b', name: 'scout', input: { city: 'Oslo' } },
          ]
        : 'Done.',
    )
    expect(await agent({ name: 'it', model, tools: [scout] }).run('Go')).toBe('Done.')
    expect(requests[1]?.flatMap((message) => (message.role === 'tool' ? [message.content] : []))).toEqual([
      expect.stringContaining('city'),
      expect.stringContaining('Error: '),
    ])
  })

  test('goes on after a restore with the input that it was given', async () => {
    let isSlow = true
    const model: ChatModel = ({ messages }) =>
      isSlow ? new Promise(() => {}) : Promise.resolve({ role: 'assistant', content: String(messages.at(-1)?.content) })
    const it = agent({ name: 'it', model, tools: [], input: z.object({ n: z.coerce.number() }) })
    const before = it.start({ n: '4' })
    await waitFor(before, (state) => state.matches({ running: 'think' }))
    const snapshot = json(before.getPersistedSnapshot())
    before.stop()
    isSlow = false
    expect(await toPromise(createActor(it.machine, { snapshot, input: { n: 0 } }).start())).toBe('{"n":4}')
  })

  test('says that an input is no schema', () => {
    const { model } = own(() => '')
    expect(() => agent({ name: 'it', model, tools: [], input: 'text' as never })).toThrow(/it.*input.*schema/)
  })
})

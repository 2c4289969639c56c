import { agent, chain, type ChatMessage, type ChatModel, fallback, flow, fn, validator } from 'tinyllm'
import { check, diff } from 'tinyllm/testing'
import { chatMessage } from 'tinyllm/zod'
import { createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { own, ways } from './models.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const weather = fn({
  name: 'weather',
  description: 'Tells the weather of a city.',
  input: z.object({ city: z.string() }),
  run: ({ city }) => ({ city, celsius: city.length }),
})
/** Every question costs a call: the odd turns answer in words. */
const askThenSay = (turn: number) =>
  turn % 2 === 0 ? [{ id: 'c', name: 'weather', input: { city: 'Oslo' } }] : `Answer ${turn}.`

describe('an agent with a transcript', () => {
  test.each(Object.entries(ways))('keeps the conversation of three turns, with %s', async (_, way) => {
    const { model, requests } = await way(askThenSay)
    const it = agent({ name: 'it', model, tools: [weather], transcript: true, instructions: 'Be brief.' })
    const first = await it.run('One')
    expect(first.output).toBe('Answer 1.')
    expect(first.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
    expect(first.messages[2]).toMatchObject({
      content: '{"city":"Oslo","celsius":4}',
      result: { type: 'json', value: { city: 'Oslo', celsius: 4 } },
    })
    const second = await it.run(json([...first.messages, { role: 'user' as const, content: 'Two' }]))
    expect(second.messages.slice(0, 4)).toEqual(first.messages)
    const third = await it.run({ messages: [...second.messages, { role: 'user', content: 'Three' }] })
    expect(third.output).toBe('Answer 5.')
    expect(third.messages.slice(0, 8)).toEqual(second.messages)
    const ids = third.messages.flatMap((message) =>
      message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [],
    )
    expect(new Set(ids).size).toBe(3)
    // The instructions are asked once each time, and stand in no conversation.
    expect(requests.at(-1)?.map(({ role }) => role)).toEqual([
      'system',
      ...third.messages.slice(0, -1).map(({ role }) => role),
    ])
    expect(json(third)).toEqual(third)
  })

  test('keeps the system messages that it was given, and those alone', async () => {
    const { model } = own(() => 'Hello.')
    const given: ChatMessage[] = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ]
    for (const instructions of [undefined, 'Be brief.', 'Be kind.']) {
      const it = agent({ name: 'it', model, tools: [], transcript: true, ...(instructions && { instructions }) })
      expect((await it.run(given)).messages).toEqual([...given, { role: 'assistant', content: 'Hello.' }])
    }
  })

  test('has what its output schema makes, and the words of the model beside it', async () => {
    const { model } = own(() => '{"n":"4"}')
    const output = z.object({ n: z.coerce.number() })
    const it = agent({ name: 'it', model, tools: [], output, transcript: true })
    expect(await it.run('Go')).toEqual({
      output: { n: 4 },
      messages: [
        { role: 'user', content: 'Go' },
        { role: 'assistant', content: '{"n":"4"}' },
      ],
    })
  })

  test('tells the model of a refused answer, and leaves that out', async () => {
    const seen: (readonly ChatMessage[])[] = []
    const model: ChatModel = async ({ messages }) => {
      seen.push(messages)
      return { role: 'assistant', content: seen.length === 1 ? '{"n":"many"}' : '{"n":4}' }
    }
    const output = z.object({ n: z.number() })
    const retry = { attempts: 2, feedback: true }
    const it = agent({ name: 'it', model, tools: [], output, transcript: true, instructions: 'Count.', retry })
    const { messages } = await it.run('Go')
    expect(seen[1]?.slice(-2)).toMatchObject([
      { role: 'assistant', content: '{"n":"many"}' },
      { role: 'user', content: expect.stringContaining('n: ') },
    ])
    expect(messages).toEqual([
      { role: 'user', content: 'Go' },
      { role: 'assistant', content: '{"n":4}' },
    ])
  })

  test('ends after stopWhen with the results of the tools', async () => {
    const { model } = own(askThenSay)
    const it = agent({ name: 'it', model, tools: [weather], transcript: true, stopWhen: () => true })
    const { output, messages } = await it.run('One')
    expect(output).toBe('{"city":"Oslo","celsius":4}')
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
    expect((await it.run([...messages, { role: 'user', content: 'Go on' }])).messages.slice(0, 3)).toEqual(messages)
  })

  test('keeps what a provider said beside the text', async () => {
    const parts = { provider: 'p', content: [{ type: 'reasoning', text: 'Hm', providerMetadata: { p: { sig: 'x' } } }] }
    const providerOptions = { p: { cache: true } }
    const model: ChatModel = async () => ({ role: 'assistant', content: 'Hi.', parts, providerOptions })
    const it = agent({ name: 'it', model, tools: [], transcript: true })
    const asked: ChatMessage = { role: 'user', content: 'Hi', providerOptions }
    const { messages } = await it.run(asked)
    expect(messages).toEqual([asked, { role: 'assistant', content: 'Hi.', parts, providerOptions }])
  })

  test.each([undefined, 'Be brief.', 'Be long.'])(
    'is whole after a restore in the middle, where the instructions are %s by then',
    async (instructions) => {
      const { model } = own(askThenSay)
      const slow = fn({
        name: 'weather',
        description: 'Tells.',
        input: z.object({}),
        run: () => new Promise<string>(() => {}),
      })
      const make = (tool: typeof slow, words?: string) =>
        agent({ name: 'it', model, tools: [tool], transcript: true, ...(words && { instructions: words }) })
      const before = make(slow, 'Be brief.').start('One')
      await waitFor(before, (state) => state.matches({ running: 'act' }))
      const snapshot = json(before.getPersistedSnapshot())
      before.stop()
      const quick = fn({ name: 'weather', description: 'Tells.', input: z.object({}), run: async () => 'cold' })
      const after = createActor(make(quick, instructions).machine, { snapshot, input: '' }).start()
      const { output, messages } = await toPromise(after)
      expect(output).toBe('Answer 1.')
      expect(messages.map(({ role, content }) => [role, content])).toEqual([
        ['user', 'One'],
        ['assistant', null],
        ['tool', 'cold'],
        ['assistant', 'Answer 1.'],
      ])
    },
  )

  test('tells an agent whose tool it is its output alone, in a chain too', async () => {
    const inner = agent({
      name: 'inner',
      description: 'Knows.',
      model: own(() => 'Deep.').model,
      tools: [],
      transcript: true,
    })
    const text = validator(z.string())
    const last = chain({ name: 'last', description: 'Knows.', children: [text, inner] })
    const choice = fallback({ name: 'choice', description: 'Knows.', children: [last, inner.as('other')] })
    const { model, requests } = own((turn) =>
      turn === 0
        ? [
            { id: 'a', name: 'inner', input: { input: 'Go' } },
            { id: 'b', name: 'last', input: { input: 'Go' } },
            { id: 'c', name: 'choice', input: { input: 'Go' } },
          ]
        : 'Done.',
    )
    await agent({ name: 'outer', model, tools: [inner, last, choice] }).run('Go')
    expect(requests[1]?.flatMap((message) => (message.role === 'tool' ? [message.content] : []))).toEqual([
      'Deep.',
      'Deep.',
      'Deep.',
    ])
  })

  test('hands both on in a chain and in a flow', async () => {
    const talk = agent({ name: 'talk', model: own(() => 'Hi.').model, tools: [], transcript: true })
    expect(
      await chain({
        name: 'c',
        children: [talk, ({ messages }: { messages: readonly ChatMessage[] }) => messages.length],
      }).run('Go'),
    ).toBe(2)
    const twice = flow({
      name: 'twice',
      input: z.string(),
      steps: (s) =>
        s
          .step(talk, ({ input }) => input)
          .step(talk.as('again'), ({ value }) => ({
            messages: [...value.messages, { role: 'user', content: 'And?' } as const],
          })),
    })
    expect((await twice.run('Go')).messages).toHaveLength(4)
  })

  test('is known to who checks and compares definitions', () => {
    const { model } = own(() => '')
    const make = (transcript: boolean) =>
      agent({ name: 'talk', model, tools: [], output: z.object({ n: z.number() }), transcript })
    const takes = (schema: z.ZodType) => fn({ name: 'last', input: schema, run: () => 1 })
    const whole = takes(z.object({ output: z.object({ n: z.number() }), messages: z.array(chatMessage).min(1) }))
    const codes = (last: typeof whole) =>
      check(chain({ name: 'c', children: [make(true), last as never] })).map(({ code }) => code)
    expect(codes(whole)).not.toContain('missing-field')
    expect(codes(takes(z.object({ n: z.number() })))).toContain('missing-field')
    expect(String(diff(make(false), make(true)))).toContain('transcript')
  })

  test('says what transcript may be', () => {
    const model = own(() => '').model
    expect(() => agent({ name: 'it', model, tools: [], transcript: 'yes' as never })).toThrow(
      'agent it: transcript is "yes". Give true to get { output, messages }, or leave it out.',
    )
  })
})

import { agent, type AgentRound, type ChatMessage, fn, key, provided } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, json, resumed, results, scripted, texts } from './script.ts'

const toolCall = (id: string, n = 1) => ({
  id,
  type: 'function' as const,
  function: { name: 'pay', arguments: JSON.stringify({ n }) },
})
const asks = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => toolCall(id)),
})
const answer = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: 'paid before' })
const user: ChatMessage = { role: 'user', content: 'Pay.' }

describe.each(engines)('on the %s engine', (engine) => {
  const options = { engine }
  const paying = () => {
    const run = vi.fn<(input: { n: number }) => string>(({ n }) => `paid ${n}`)
    return { run, pay: fn({ name: 'pay', description: 'Pays.', input: z.object({ n: z.number() }), run }) }
  }

  describe('given messages with calls without a result', () => {
    test.each<[string, ChatMessage[], RegExp]>([
      ['at the end', [user, asks('a', 'b'), answer('a')], /without a result: b\. Add a tool message for each, or give \{ messages, resume: true \}/],
      ['in the middle', [user, asks('a'), user], /without a result: a\. Add a tool message for each, before the message that follows/],
      ['in both places', [user, asks('a'), user, asks('b')], /without a result: a, b\./],
    ])('are rejected with the ids of these: %s', async (_, messages, said) => {
      const { model, requests } = scripted('Done.')
      const { run, pay } = paying()
      const { error } = await agent({ name: 'it', model, tools: [pay] }).safeRun({ messages }, options)
      expect(error).toMatchObject({ code: 'input_validation', path: 'it' })
      expect(error?.message).toMatch(said)
      expect([requests.length, run.mock.calls.length]).toEqual([0, 0])
    }) // prettier-ignore

    test('are rejected where a schema of the input makes them, too', async () => {
      const { model } = scripted('Done.')
      const input = z.object({ talk: z.array(z.any()) }).transform(({ talk }) => talk as ChatMessage[])
      const it = agent({ name: 'it', model, tools: [], input })
      const { error } = await it.safeRun({ talk: [user, asks('a')] }, options)
      expect(error).toMatchObject({ code: 'input_validation', path: 'it' })
      expect(error?.message).toContain('without a result: a.')
    })

    test('in the middle are rejected with resume, too', async () => {
      const { model } = scripted('Done.')
      const messages = [user, asks('a'), user]
      const { error } = await agent({ name: 'it', model, tools: [paying().pay] }).safeRun({ messages, resume: true } as never)
      expect(error).toMatchObject({ code: 'input_validation' })
    }) // prettier-ignore

    test('are made with resume, before the model is asked', async () => {
      const { model, requests } = scripted('Done.')
      const { run, pay } = paying()
      const messages = [user, asks('a', 'b'), answer('a')]
      const it = agent({ name: 'it', model, tools: [pay], transcript: true })
      const { output, messages: all } = await it.run({ messages, resume: true } as never, options)
      expect(output).toBe('Done.')
      expect(run).toHaveBeenCalledTimes(1)
      expect(results(requests[0]!)).toEqual(['paid before', 'paid 1'])
      expect(texts(all)).toEqual(['user: Pay.', 'assistant: ', 'tool: paid before', 'tool: paid 1', 'assistant: Done.'])
    })

    test('resume without such calls is an input as any other', async () => {
      const { model } = scripted('Done.')
      const it = agent({ name: 'it', model, tools: [] })
      expect(await it.run({ messages: [user], resume: true } as never, options)).toBe('Done.')
      expect(await it.safeRun({ messages: [user], resume: 'yes' } as never)).toMatchObject({
        error: { code: 'input_validation', message: expect.stringContaining('resume: expected true or false') },
      })
    })

    test('of a resumed conversation ask a person as others do', async () => {
      const { model } = scripted('Done.')
      const { run, pay } = paying()
      const it = agent({ name: 'it', model, tools: [pay], approve: ['pay'] })
      const actor = it.start({ messages: [user, asks('a')], resume: true } as never, options)
      await vi.waitFor(() => expect(actor.getSnapshot().hasTag('waiting')).toBe(true))
      expect(run).not.toHaveBeenCalled()
      actor.send({ type: 'APPROVE', id: 'a' })
      expect(await toPromise(actor)).toBe('Done.')
      expect(run).toHaveBeenCalledTimes(1)
    })
  })

  describe('instructions as a function', () => {
    test('are asked before each turn, with the round, and are kept in no conversation', async () => {
      const { model, requests } = scripted([{ name: 'pay', input: { n: 1 } }], 'Done.')
      const tenant = key<string>('tenant')
      const instructions = ({ turn, messages, get }: AgentRound) => `${get(tenant)} ${turn} ${messages.length}`
      const it = agent({ name: 'it', model, tools: [paying().pay], instructions, transcript: true })
      const { messages } = await it.run('Go', { ...options, provide: [tenant.with('acme')] })
      expect(requests.map((request) => texts(request.messages)[0])).toEqual(['system: acme 0 1', 'system: acme 1 3'])
      expect(texts(messages).filter((text) => text.startsWith('system'))).toEqual([])
    })

    test('a restored run hears those of today', async () => {
      let day = 'Monday'
      let isStuck = true
      const { model, requests } = scripted('Done.')
      const slow = (request: Parameters<typeof model>[0]) => (isStuck ? new Promise<never>(() => {}) : model(request))
      const it = agent({ name: 'it', model: slow, tools: [], instructions: () => `It is ${day}.` })
      const first = it.start('Go', options)
      await vi.waitFor(() => expect(first.getSnapshot().matches({ running: 'think' })).toBe(true))
      const saved = json(first.getPersistedSnapshot())
      expect(JSON.stringify(saved)).not.toContain('Monday')
      first.stop()
      ;[day, isStuck] = ['Tuesday', false]
      expect(await toPromise(resumed(it, saved))).toBe('Done.')
      expect(texts(requests[0]?.messages)[0]).toBe('system: It is Tuesday.')
    })

    test.each<[string, () => unknown]>([
      ['throw', () => { throw new Error('x') }],
      ['give a number', () => 3],
      ['give a promise', async () => 'Hi'],
    ])('that %s are the failure of the agent', async (_, instructions) => {
      const { model, requests } = scripted('Done.')
      const it = agent({ name: 'it', model, tools: [], instructions: instructions as () => string })
      expect(await it.safeRun('Go', options)).toMatchObject({ error: { code: 'run' } })
      expect(requests).toEqual([])
    }) // prettier-ignore
  })
})

describe('what a restored run is given again', () => {
  const tenant = key<string>('tenant')
  const make = (model: unknown) =>
    agent({ name: 'it', model: model as never, tools: [], instructions: ({ get }) => `For ${get(tenant)}.` })
  async function saved(): Promise<unknown> {
    const it = make(() => new Promise<never>(() => {}))
    const actor = it.start('Go', { provide: [tenant.with('acme')] })
    await vi.waitFor(() => expect(actor.getSnapshot().matches({ running: 'think' })).toBe(true))
    const snapshot = json(actor.getPersistedSnapshot())
    actor.stop()
    return snapshot
  }

  test('is there when its instructions are asked', async () => {
    const { model, requests } = scripted('Done.')
    const machine = provided(make(model).machine, [tenant.with('other')])
    expect(await toPromise(resumed({ machine }, await saved()))).toBe('Done.')
    expect(texts(requests[0]?.messages)[0]).toBe('system: For other.')
  })

  test('is missed in words where it is not', async () => {
    const { model } = scripted('Done.')
    const ended = toPromise(resumed(make(model), await saved()))
    await expect(ended).rejects.toMatchObject({
      code: 'snapshot_mismatch',
      message: expect.stringContaining('the key tenant has no value'),
    })
  })
})

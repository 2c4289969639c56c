import { agent, fn, waits as waitsOf } from 'tinyllm'
import { createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { answers, scriptedModel, type Turn } from './agent-server.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const waits = <A extends Parameters<typeof waitFor>[0]>(actor: A) =>
  waitFor(actor, (state) => (state as unknown as { hasTag(tag: string): boolean }).hasTag('waiting'))

/** An agent that sends two mails and looks something up, all in one turn; mails need approval. */
async function mailer(approve: readonly ('mail' | 'lookUp')[] | ((call: { input: unknown }) => boolean) = ['mail']) {
  const script = (turn: number): Turn =>
    turn === 0
      ? [
          ['mail', { to: 'Ada' }],
          ['lookUp', {}],
          ['mail', { to: 'Eve' }],
        ]
      : 'Done.'
  const { model, requests } = await scriptedModel(script)
  const sent = vi.fn(({ to }: { to: string }) => `sent to ${to}`)
  const mail = fn({ name: 'mail', description: 'Sends a mail.', input: z.object({ to: z.string() }), run: sent })
  const lookUp = fn({ name: 'lookUp', description: 'Looks up.', input: z.object({}), run: () => 'found' })
  const parts = { model, tools: [mail, lookUp], approve } as const
  return { it: agent({ name: 'it', ...parts }), parts, sent, requests }
}

describe('approval', () => {
  test('asks about one call after the other; nothing runs before; a reason goes to the model', async () => {
    const { it, sent, requests } = await mailer()
    const actor = it.start('Go')
    const state = await waits(actor)
    expect(state.value).toEqual({ running: { approve: 'running' } })
    // Whoever draws the form finds the call as the input of `approve`.
    expect(state.context.slots.flat()).toContainEqual(
      expect.objectContaining({
        path: 'it.approve',
        input: expect.objectContaining({ id: 'call_0_0', name: 'mail', input: { to: 'Ada' } }),
      }),
    )
    actor.send({ type: 'REJECT', id: 'call_0_0', reason: 'Ada is on leave.' })
    await waits(actor)
    expect(sent).not.toHaveBeenCalled()
    actor.send({ type: 'APPROVE', id: 'call_0_2' })
    expect(await toPromise(actor)).toBe('Done.')
    expect(sent).toHaveBeenCalledOnce()
    expect(answers(requests()[1]!)).toEqual([
      'A person rejected this call. Their reason: Ada is on leave.',
      'found',
      'sent to Eve',
    ])
  })

  test('a word on another call is refused, and so is one that does not fit', async () => {
    const { it, sent } = await mailer()
    const actor = it.start('Go')
    const reasons: string[] = []
    actor.on('refused', ({ reason }) => reasons.push(reason))
    await waits(actor)
    actor.send({ type: 'APPROVE', id: 'call_0_0' })
    await waits(actor)
    // A second click comes late, and does not approve the next call.
    expect(actor.getSnapshot().can({ type: 'APPROVE', id: 'call_0_0' })).toBe(false)
    actor.send({ type: 'APPROVE', id: 'call_0_0' })
    actor.send({ type: 'REJECT', reason: 7 } as never)
    expect(reasons).toEqual([
      'The call call_0_0 of it has already been approved, and a call is decided once. it.approve waits for a decision on call_0_2 (mail) now.',
      expect.stringContaining('reason: expected a string'),
    ])
    actor.send({ type: 'REJECT' })
    await toPromise(actor)
    expect(sent.mock.calls.map(([{ to }]) => to)).toEqual(['Ada'])
  })

  test('a predicate may look at the call', async () => {
    const { it, sent } = await mailer(({ input }) => (input as { to?: string }).to === 'Eve')
    const actor = it.start('Go')
    await waits(actor)
    actor.send({ type: 'APPROVE' })
    await toPromise(actor)
    expect(sent).toHaveBeenCalledTimes(2)
  })

  test('when all calls are rejected none runs, and the model goes on', async () => {
    const { it, sent, requests } = await mailer(() => true)
    const actor = it.start('Go')
    for (let call = 0; call < 3; call++) {
      await waits(actor)
      actor.send({ type: 'REJECT' })
    }
    expect(await toPromise(actor)).toBe('Done.')
    expect(sent).not.toHaveBeenCalled()
    expect(answers(requests()[1]!)).toEqual(Array(3).fill('A person rejected this call.'))
  })

  test('outlives the process: a restored run waits for the same word', async () => {
    const { it, sent, requests } = await mailer()
    const first = it.start('Go', { id: 'run-1' })
    await waits(first)
    first.send({ type: 'APPROVE' })
    await waits(first)
    const snapshot = json(first.getPersistedSnapshot())
    first.stop()
    const second = createActor(it.machine, { snapshot, input: '' }).start()
    second.send({ type: 'REJECT', id: 'call_0_2' })
    expect(await toPromise(second)).toBe('Done.')
    expect(sent.mock.calls.map(([{ to }]) => to)).toEqual(['Ada'])
    expect(requests()).toHaveLength(2)
  })

  test('in a tool it is heard, and counts for that alone', async () => {
    const helper = fn({ name: 'unused', description: 'Unused.', input: z.object({}), run: () => 1 })
    const calling = (name: string, input: object) => async (turn: { messages: readonly { role: string }[] }) => {
      if (turn.messages.at(-1)?.role === 'tool') return { role: 'assistant' as const, content: 'ok' }
      const call = { name, arguments: JSON.stringify(input) }
      const calls = [{ id: 'c', type: 'function' as const, function: call }]
      return { role: 'assistant' as const, content: null, tool_calls: calls }
    }
    const inner = agent({
      name: 'inner',
      description: 'Helps.',
      model: calling('unused', {}),
      tools: [helper],
      approve: ['unused'],
    })
    const actor = agent({ name: 'outer', model: calling('inner', { input: 'Go' }), tools: [inner] }).start('Go')
    const event = { type: 'APPROVE', id: 'c' } as const
    await vi.waitFor(() => expect(actor.getSnapshot().can(event)).toBe(true))
    actor.send(event)
    expect(await toPromise(actor)).toBe('ok')
  })

  test('in a tool it is asked for call by call at the path of the call, and an old word is refused', async () => {
    const { parts, sent, requests } = await mailer()
    const inner = agent({ name: 'inner', description: 'Helps.', ...parts })
    const outside = await scriptedModel((turn) => (turn === 0 ? [['inner', { input: 'Go' }]] : 'All done.'))
    const actor = agent({ name: 'outer', model: outside.model, tools: [inner] }).start('Go')
    const refused: unknown[] = []
    actor.on('refused', ({ code }) => refused.push(code))
    const asked = () => waitsOf(actor.getSnapshot()).map(({ path, call }) => [path, call?.id])
    await vi.waitFor(() => expect(asked()).toEqual([['outer.act.inner[0].approve', 'call_0_0']]))
    actor.send({ type: 'REJECT', path: 'outer.act.inner.each.approve', id: 'call_0_0' })
    actor.send({ type: 'REJECT', id: 'call_0_0', reason: 'Ada is on leave.' })
    await vi.waitFor(() => expect(asked()).toEqual([['outer.act.inner[0].approve', 'call_0_2']]))
    actor.send({ type: 'APPROVE', id: 'call_0_0' })
    expect(refused).toEqual(['unknown_path', 'not_now'])
    expect(sent).not.toHaveBeenCalled()
    actor.send({ type: 'APPROVE', path: 'outer.act.inner[0].approve' })
    expect(await toPromise(actor)).toBe('All done.')
    expect(sent.mock.calls.map(([{ to }]) => to)).toEqual(['Eve'])
    expect(answers(requests()[1]!)[0]).toBe('A person rejected this call. Their reason: Ada is on leave.')
    expect(answers(outside.requests()[1]!)).toEqual(['Done.'])
  })
})

describe('what a person was shown is what runs', () => {
  const paid: unknown[] = []
  const pay = fn({
    name: 'pay',
    description: 'Pays.',
    input: z.object({ amount: z.number() }),
    run: ({ amount }) => void paid.push(amount),
  })
  const call = (args: string) => ({
    role: 'assistant' as const,
    content: null,
    tool_calls: [{ id: '1', type: 'function' as const, function: { name: 'pay', arguments: args } }],
  })
  const payer = (answer: () => ReturnType<typeof call>) =>
    agent({
      name: 'it',
      model: async ({ messages }) => (messages.length > 1 ? { role: 'assistant', content: 'Done.' } : answer()),
      tools: [pay],
      approve: ['pay'],
    })
  const shown = (state: unknown) =>
    (state as { context: { slots: { path: string; input: { input: unknown } }[][] } }).context.slots
      .flat()
      .find((frame) => frame?.path === 'it.approve')?.input.input

  test('whatever the model does to its message afterwards', async () => {
    paid.length = 0
    const answer = call('{"amount":10}')
    const actor = payer(() => answer).start('Pay')
    expect(shown(await waits(actor))).toEqual({ amount: 10 })
    answer.tool_calls[0]!.function.arguments = '{"amount":99999}'
    actor.send({ type: 'APPROVE', id: '1' })
    await toPromise(actor)
    expect(paid).toEqual([10])
  })

  test('a word that means more than is understood is refused, and nothing runs', async () => {
    paid.length = 0
    const actor = payer(() => call('{"amount":10}')).start('Pay')
    const codes: (string | undefined)[] = []
    actor.on('refused', ({ code }) => codes.push(code))
    await waits(actor)
    for (const more of [{ ids: 'other' }, { ids: [] }, { arguments: { amount: '5' } }, { idd: '1' }]) {
      actor.send({ type: 'APPROVE', ...more } as never)
    }
    expect([codes, paid]).toEqual([['invalid', 'invalid', 'invalid', 'invalid'], []])
    actor.stop()
  })

  test('a yes holds for the arguments that it was given for', async () => {
    paid.length = 0
    const two = () => {
      const message = call('{"amount":1}')
      message.tool_calls.push({ ...call('{"amount":2}').tool_calls[0]!, id: '2' })
      return message
    }
    const it = payer(two)
    const actor = it.start('Pay')
    await waits(actor)
    actor.send({ type: 'APPROVE', id: '1' })
    await waits(actor)
    const saved = JSON.stringify(actor.getPersistedSnapshot())
    actor.stop()
    const snapshot = JSON.parse(saved.replaceAll('{\\"amount\\":1}', '{\\"amount\\":9}'))
    const again = createActor(it.machine, { snapshot, input: '' })
    await expect(toPromise(again.start())).rejects.toMatchObject({ code: 'snapshot_mismatch' })
    expect(paid).toEqual([])
  })

  test.each([
    '{"amount":-0}',
    '{"amount":1,"more":1e999}',
    '{"amount":1,"__proto__":{}}',
    `{"amount":1,"x":${'['.repeat(1500)}${']'.repeat(1500)}}`,
  ])('a run that waits can be saved, whatever the model wrote: %#', async (text) => {
    const actor = payer(() => call(text)).start('Pay')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(() => actor.getPersistedSnapshot()).not.toThrow()
    actor.stop()
  })

  test('options that are none are refused at once, and a list is copied', async () => {
    paid.length = 0
    const base = { name: 'it', model: async () => 'x', tools: [pay] }
    for (const approve of ['pay', false, null, [1]]) {
      expect(() => agent({ ...base, approve } as never)).toThrow(/approve is .* Give true .*, an array of tool names/)
    }
    expect(() => agent({ ...base, instructions: 5 } as never)).toThrow(/instructions are/)
    const names = ['pay'] as ['pay']
    const it = agent({ name: 'it', model: async () => call('{"amount":1}') as never, tools: [pay], approve: names })
    names.length = 0 as never
    const actor = it.start('Pay')
    await waits(actor)
    expect(paid).toEqual([])
    actor.stop()
  })
})

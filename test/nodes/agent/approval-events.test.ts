import { agent, fn, waits as waitsOf } from 'tinyllm'
import { createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { answers, scriptedModel, type Turn } from './server.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const waits = <A extends Parameters<typeof waitFor>[0]>(actor: A) =>
  waitFor(actor, (state) => (state as unknown as { hasTag(tag: string): boolean }).hasTag('waiting'))
const pathsOf = (actor: { getSnapshot(): object }) => waitsOf(actor.getSnapshot()).map(({ path }) => path)
const asking = (actor: { getSnapshot(): object }, count: number) =>
  vi.waitFor(() => expect(pathsOf(actor)).toHaveLength(count), { timeout: 4000 })

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
  test('asks about all calls at the same time; the others run meanwhile; a reason goes to the model', async () => {
    const { it, sent, requests } = await mailer()
    const actor = it.start('Go')
    const ended: string[] = []
    actor.on('toolResult', ({ callId }) => ended.push(callId))
    await asking(actor, 2)
    // Whoever draws the forms finds each call, with what will run.
    expect(waitsOf(actor.getSnapshot())).toMatchObject([
      { path: 'it.act[call_0_0].mail', input: { to: 'Ada' }, call: { id: 'call_0_0', name: 'mail', turn: 1 } },
      { path: 'it.act[call_0_2].mail', input: { to: 'Eve' }, call: { id: 'call_0_2', name: 'mail', turn: 1 } },
    ])
    await vi.waitFor(() => expect(ended).toEqual(['call_0_1']))
    expect(sent).not.toHaveBeenCalled()
    // In any order.
    actor.send({ type: 'APPROVE', id: 'call_0_2' })
    await vi.waitFor(() => expect(ended).toEqual(['call_0_1', 'call_0_2']))
    actor.send({ type: 'REJECT', id: 'call_0_0', reason: 'Ada is on leave.' })
    expect(await toPromise(actor)).toBe('Done.')
    expect(sent).toHaveBeenCalledOnce()
    expect(answers(requests()[1]!)).toEqual([
      'A person rejected this call. Their reason: Ada is on leave.',
      'found',
      'sent to Eve',
    ])
  })

  test('a second word on a call is refused, and so is one that does not fit', async () => {
    const { it, sent } = await mailer()
    const actor = it.start('Go')
    const reasons: string[] = []
    actor.on('refused', ({ reason }) => reasons.push(reason))
    await asking(actor, 2)
    actor.send({ type: 'APPROVE', id: 'call_0_0' })
    await asking(actor, 1)
    // A second click comes late, and does not approve the other call.
    expect(actor.getSnapshot().can({ type: 'APPROVE', id: 'call_0_0' })).toBe(false)
    actor.send({ type: 'APPROVE', id: 'call_0_0' })
    actor.send({ type: 'REJECT', reason: 7 } as never)
    expect(reasons).toEqual([
      expect.stringMatching(/^The call call_0_0 of it has already been approved, and a call is decided once\./),
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
    await asking(actor, 3)
    // Without a name, a word could be for any of them.
    expect(actor.getSnapshot().can({ type: 'REJECT' })).toBe(false)
    actor.send({ type: 'REJECT', ids: 'all' })
    expect(await toPromise(actor)).toBe('Done.')
    expect(sent).not.toHaveBeenCalled()
    expect(answers(requests()[1]!)).toEqual(Array(3).fill('A person rejected this call.'))
  })

  test('outlives the process: a restored run waits for the same word', async () => {
    const { it, sent, requests } = await mailer()
    const first = it.start('Go', { id: 'run-1' })
    await asking(first, 2)
    first.send({ type: 'APPROVE', id: 'call_0_0' })
    await vi.waitFor(() => expect(sent).toHaveBeenCalledOnce())
    await asking(first, 1)
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

  test('in a tool it is asked for at the path of each call, and an old word is refused', async () => {
    const { parts, sent, requests } = await mailer()
    const inner = agent({ name: 'inner', description: 'Helps.', ...parts })
    const outside = await scriptedModel((turn) => (turn === 0 ? [['inner', { input: 'Go' }]] : 'All done.'))
    const actor = agent({ name: 'outer', model: outside.model, tools: [inner] }).start('Go')
    const refused: unknown[] = []
    actor.on('refused', ({ code }) => refused.push(code))
    const at = 'outer.act[call_0_0].inner.act'
    await asking(actor, 2)
    expect(pathsOf(actor)).toEqual([`${at}[call_0_0].mail`, `${at}[call_0_2].mail`])
    actor.send({ type: 'REJECT', path: 'outer.act.inner.act.mail', id: 'call_0_0' })
    actor.send({ type: 'REJECT', path: `${at}[call_9].mail` })
    actor.send({ type: 'REJECT', id: 'call_0_0', reason: 'Ada is on leave.' })
    await asking(actor, 1)
    actor.send({ type: 'APPROVE', id: 'call_0_0' })
    expect(refused).toEqual(['unknown_path', 'unknown_path', 'not_now'])
    expect(sent).not.toHaveBeenCalled()
    actor.send({ type: 'APPROVE', path: `${at}[call_0_2].mail` })
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
  test('whatever the model does to its message afterwards', async () => {
    paid.length = 0
    const answer = call('{"amount":10}')
    const actor = payer(() => answer).start('Pay')
    await waits(actor)
    expect(waitsOf(actor.getSnapshot())[0]?.input).toEqual({ amount: 10 })
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

  test.each([true, false])('a yes holds for the arguments that it was given for (given: %s)', async (isGiven) => {
    paid.length = 0
    const it = payer(() => call('{"amount":1}'))
    const actor = it.start('Pay')
    await waits(actor)
    if (isGiven) actor.send({ type: 'APPROVE', id: '1' })
    const saved = JSON.stringify(actor.getPersistedSnapshot())
    actor.stop()
    const edited = saved.replaceAll('{\\"amount\\":1}', '{\\"amount\\":9}')
    expect(edited).not.toBe(saved)
    const again = createActor(it.machine, { snapshot: JSON.parse(edited), input: '' })
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
    expect(() => agent({ ...base, instructions: 5 } as never)).toThrow(/instructions is 5/)
    const names = ['pay'] as ['pay']
    const it = agent({ name: 'it', model: async () => call('{"amount":1}') as never, tools: [pay], approve: names })
    names.length = 0 as never
    const actor = it.start('Pay')
    await waits(actor)
    expect(paid).toEqual([])
    actor.stop()
  })
})

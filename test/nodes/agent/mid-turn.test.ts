import { agent, fn, waits } from 'tinyllm'
import { type AnyActorRef, createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { json, turns } from './asked.ts'

const none = z.object({})
const named = (name: string, run: () => unknown) => fn({ name, description: `Is ${name}.`, input: none, run })
const resumed = (it: { machine: unknown }, snapshot: unknown): AnyActorRef => {
  const run = createActor(
    it.machine as never,
    { snapshot: json(snapshot), input: '' } as never,
  ) as unknown as AnyActorRef
  run.start()
  return run
}

describe('tools that are asked for in each turn', () => {
  const one = named('one', () => 'first')
  const asking = () =>
    agent({ name: 'it', model: turns([['one', {}]]), tools: () => [one], approve: true, approvalTimeout: 60_000 })

  test.each([{}, { id: 'c1' }, { ids: 'all' }, { path: 'it' }, { path: 'it.act[c1].one' }])(
    'wait for a person, who answers with %j, also after a restore',
    async (word) => {
      const run = asking().start('Go')
      await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
      const again = resumed(asking(), run.getPersistedSnapshot())
      run.stop()
      const event = { type: 'APPROVE', ...word } as never
      expect((again.getSnapshot() as { can(event: object): boolean }).can(event)).toBe(true)
      again.send(event)
      expect(await toPromise(again)).toContain('first')
    },
  )

  test('are asked for with the round of their turn, also after a restore in the midst of their calls', async () => {
    const rounds: unknown[] = []
    let open = () => {}
    const slow = named('slow', () => new Promise((resolve) => (open = () => resolve('done'))))
    const it = agent({
      name: 'it',
      model: turns([['slow', {}]]),
      tools: ({ turn, messages }) => {
        rounds.push([turn, messages.length])
        return turn === 0 ? [slow] : []
      },
    })
    const run = it.start('Go')
    await vi.waitFor(() => expect(run.getSnapshot().value).toEqual({ running: { act: 'running' } }))
    const saved = run.getPersistedSnapshot()
    run.stop()
    rounds.length = 0
    const again = resumed(it, saved)
    await new Promise((resolve) => setTimeout(resolve, 5))
    open()
    expect(await toPromise(again)).toContain('done')
    expect(rounds[0]).toEqual([0, 1])
  })

  test('must be known at once', async () => {
    const tools = (async () => {
      throw new Error('no')
    }) as never
    const result = await agent({ name: 'it', model: turns([]), tools }).safeRun('Go')
    expect(result.error?.message).toContain('tools returned a promise, and must be synchronous')
  })
})

describe('a run that is saved in the midst of a turn', () => {
  test.each(['message', 'toolCall', 'toolResult'] as const)('by a listener of %s goes on', async (type) => {
    const tools = [named('a', () => 'A'), named('b', () => 'B')] as const
    const it = agent({
      name: 'it',
      model: turns([
        ['a', {}],
        ['b', {}],
      ]),
      tools,
      concurrency: 1,
    })
    const run = it.start('Go')
    const saved: unknown[] = []
    run.on(type, () => void saved.push(json(run.getPersistedSnapshot())))
    const output = await toPromise(run)
    expect(saved.length).toBeGreaterThan(0)
    for (const snapshot of saved) expect(await toPromise(resumed(it, snapshot))).toBe(output)
  })

  test('is not saved without the output with which it may end', async () => {
    const end = named('end', () => new Map([['a', 1]]))
    const wait = named('wait', () => 'x')
    const model = turns([
      ['end', {}],
      ['wait', {}],
    ])
    const run = agent({ name: 'it', model, tools: [end, wait], endWith: 'end', approve: ['wait'] }).start('Go')
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(() => run.getPersistedSnapshot()).toThrow(/it\.act\[c1\]\.end.*a Map/s)
    run.stop()
  })
})

test('what hooks and models do to messages is their own affair', async () => {
  let paid = 0
  const pay = named('pay', () => `paid ${++paid}`)
  const spoil = ({ messages }: { messages: readonly unknown[] }) => {
    for (const message of messages as { tool_calls?: { id: string }[]; content: unknown }[]) {
      message.content = 'spoilt'
      for (const call of message.tool_calls ?? []) call.id = 'zzz'
    }
    ;(messages as unknown[]).splice(1)
  }
  const script = turns([['pay', {}]])
  const result = await agent({
    name: 'it',
    model: ((request: never, ctx: never) => {
      const answer = (script as (...args: never[]) => unknown)(request, ctx)
      spoil(request)
      return answer
    }) as never,
    tools: [pay],
    transcript: true,
    instructions: (round) => (spoil(round), 'Be kind.'),
    beforeTurn: (round) => spoil(round),
    stopWhen: (round) => (spoil(round), false),
  }).run('Go')
  expect(paid).toBe(1)
  expect(result.messages).toMatchObject([
    { role: 'user', content: 'Go' },
    { role: 'assistant', tool_calls: [{ id: 'c1' }] },
    { role: 'tool', tool_call_id: 'c1', content: 'paid 1' },
    { role: 'assistant' },
  ])
})

test('two runs of one conversation do not see what the model of the other does to it', async () => {
  const given = [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
    { role: 'user', content: 'Go' },
  ] as const
  const spoiler = agent({
    name: 'spoiler',
    model: async ({ messages }) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      for (const message of messages as { content: unknown }[]) message.content = 'spoilt'
      return 'done'
    },
    tools: [],
  })
  const reader = agent({
    name: 'reader',
    model: async ({ messages }) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return messages.map(({ content }) => String(content)).join(' ')
    },
    tools: [],
  })
  const [, read] = await Promise.all([spoiler.run(given), reader.run(given)])
  expect(read).toBe('Hello Hi Go')
})

import { agent, type AnyFn, asTool, fn, map, waits } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, json, resumed, scripted } from './script.ts'

const input = z.object({ n: z.number() })
const marker = 'said-once'
const count = (saved: unknown) => JSON.stringify(saved).split(marker).length - 1

describe.each(engines)('a snapshot of an agent, on the %s engine', (engine) => {
  const options = { engine }
  const never = () => new Promise<never>(() => {})

  test('holds what it was given once: in think, in act, while a person is asked, and at the end', async () => {
    const pay = fn({ name: 'pay', description: 'Pays.', input, run: ({ n }) => (n === 1 ? 'paid' : never()) })
    const { model } = scripted([{ id: 'a', name: 'pay', input: { n: 1 } }], [{ id: 'b', name: 'pay', input: { n: 2 } }])
    const it = agent({ name: 'it', model, tools: [pay], approve: ['pay'], instructions: () => 'Be brief.' })
    const seen = new Map<string, number>()
    const actor = it.start(marker, options)
    actor.subscribe((state) => {
      if (state.status === 'active') seen.set(JSON.stringify(state.value), count(json(actor.getPersistedSnapshot())))
    })
    for (const id of ['a', 'b']) {
      await vi.waitFor(() => expect(waits(actor.getSnapshot())).toMatchObject([{ call: { id } }]))
      expect(count(json(actor.getPersistedSnapshot()))).toBe(1)
      actor.send({ type: 'APPROVE', id })
    }
    expect(seen.size).toBe(2)
    expect([...seen].filter(([, times]) => times !== 1)).toEqual([])
    actor.stop()
  })

  test('holds what the model and a tool said once, too', async () => {
    const say = fn({ name: 'say', description: 'Says.', input, run: ({ n }) => (n === 1 ? 'x' : never()) })
    const { model, requests } = scripted(
      [{ id: 'a', name: 'say', input: { n: 1, note: marker } }],
      [{ id: 'b', name: 'say', input: { n: 2 } }],
    )
    const actor = agent({ name: 'it', model, tools: [say] }).start('Go', options)
    await vi.waitFor(() => expect(requests).toHaveLength(2))
    await vi.waitFor(() => expect(actor.getSnapshot().matches({ running: 'act' })).toBe(true))
    expect(count(json(actor.getPersistedSnapshot()))).toBe(1)
    actor.stop()
  })

  test('is taken where results are no JSON, before and after the round ends', async () => {
    const odd = fn({ name: 'odd', description: 'Odd.', input, run: ({ n }) => (n === 1 ? { at: 12n, f: () => 1 } : never()) })
    const shown = asTool(odd, { name: 'shown', description: 'Odd.', toModel: ({ at }) => `at ${String(at)}` })
    const { model, requests } = scripted(
      [{ id: 'a', name: 'shown', input: { n: 1 } }, { id: 'b', name: 'odd', input: { n: 2 } }],
    )
    const it = agent({ name: 'it', model, tools: [odd, shown] })
    const actor = it.start('Go', options)
    await vi.waitFor(() => expect(JSON.stringify(json(actor.getPersistedSnapshot()))).toContain('at 12'))
    const saved = json(actor.getPersistedSnapshot())
    actor.stop()
    const quick = agent({ name: 'it', model: scripted('Done.').model, tools: [odd.override('odd', () => 'fine'), shown] as never })
    expect(await toPromise(resumed(quick, saved))).toBe('Done.')
    expect(requests).toHaveLength(1)
  }) // prettier-ignore

  test('a stopWhen that sees an output which was no JSON does so after a restore without it', async () => {
    const give = fn({ name: 'give', description: 'Gives.', input, run: ({ n }) => (n === 1 ? { at: 12n } : never()) })
    const calls = [1, 2].map((n) => ({ id: `c${n}`, name: 'give', input: { n } }))
    const it = (run?: () => unknown) =>
      agent({
        name: 'it',
        model: scripted(calls).model,
        tools: [run ? give.override('give', run as never) : give] as never,
        stopWhen: ({ calls: ended }) => ({
          output: (ended as readonly { status: string }[]).map(({ status }) => status),
        }),
      })
    const actor = it().start('Go', options)
    await vi.waitFor(() => expect(JSON.stringify(json(actor.getPersistedSnapshot()))).toContain('a bigint at at'))
    const saved = json(actor.getPersistedSnapshot())
    actor.stop()
    expect(
      await toPromise(
        resumed(
          it(() => 'x'),
          saved,
        ),
      ),
    ).toEqual(['complete', 'complete'])
  })
})

describe.each(engines)('a restart in the middle of a round, on the %s engine', (engine) => {
  test('does nothing twice, three agents deep', async () => {
    const done: string[] = []
    let isStuck = true
    const tool = (name: string) =>
      fn({
        name,
        description: 'Works.',
        input,
        run: async ({ n }, { idempotencyKey }) => {
          if (n === 2 && isStuck) return new Promise<never>(() => {})
          done.push(`${name}${n} ${idempotencyKey}`)
          return `${name} ${n}`
        },
      })
    const asked: string[] = []
    /** Each calls its own tool twice, the agent below it once, and then answers. */
    const level = (name: string, below?: AnyFn) => {
      const { model } = scripted(({ messages }) => {
        asked.push(name)
        if (messages.some(({ role }) => role === 'tool')) return `${name} is done.`
        const own = [1, 2].map((n) => ({ id: `${name}${n}`, name: `${name}Work`, input: { n } }))
        return [...own, ...(below ? [{ id: `${name}-below`, name: below.name, input: { input: 'Go' } }] : [])]
      })
      return agent({ name, description: 'Works.', model, tools: [tool(`${name}Work`), ...(below ? [below] : [])] } as never) as AnyFn
    } // prettier-ignore
    const it = level('top', level('mid', level('low')))
    const actor = it.start('Go' as never, { engine, id: 'run-1' })
    await vi.waitFor(() => expect(done).toHaveLength(3))
    await vi.waitFor(() =>
      expect(JSON.stringify(actor.getPersistedSnapshot()).match(/"content":"\w+Work 1"/g)).toHaveLength(3),
    )
    const saved = json(actor.getPersistedSnapshot())
    actor.stop()
    isStuck = false
    expect(await toPromise(resumed(it, saved))).toBe('top is done.')
    expect(done.map((text) => text.split(' ')[0]).toSorted()).toEqual(
      ['low', 'mid', 'top'].flatMap((name) => [`${name}Work1`, `${name}Work2`]),
    )
    expect(new Set(done.map((text) => text.split(' ')[1])).size).toBe(6)
    // Each model once before its round, and once after it.
    expect(asked.toSorted()).toEqual(['low', 'low', 'mid', 'mid', 'top', 'top'])
  })
})

test('agents that are items of a map go on after a restore', async () => {
  let isStuck = true
  const model = async ({ messages }: { messages: readonly { content?: unknown }[] }) =>
    isStuck ? new Promise<never>(() => {}) : `about ${String(messages[0]?.content)}`
  const it = map({ name: 'many', each: agent({ name: 'each', model, tools: [] }) })
  const actor = it.start(['one', 'two'])
  await vi.waitFor(() => expect(JSON.stringify(actor.getPersistedSnapshot())).toContain('"think"'))
  const saved = json(actor.getPersistedSnapshot())
  actor.stop()
  isStuck = false
  expect(await toPromise(resumed(it, saved))).toEqual(['about one', 'about two'])
})

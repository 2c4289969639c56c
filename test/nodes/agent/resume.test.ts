import { agent, type AnyFn, fn, type RunContext } from 'tinyllm'
import { createActor, type Snapshot, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { scriptedModel } from './server.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** The first request loads the SDK, which a busy machine takes its time for. */
const patience = { timeout: 8000 }

describe('an agent that is resumed', () => {
  test('in the middle of a round runs only the calls that had not ended, with the same keys', async () => {
    const { model, requests } = await scriptedModel((turn) =>
      turn === 0
        ? [
            ['search', { q: 'a' }],
            ['search', { q: 'b' }],
            ['count', {}],
          ]
        : 'Done.',
    )
    const calls: string[] = []
    const gates = new Map<string, () => void>()
    const search = fn({
      name: 'search',
      description: 'Searches.',
      input: z.object({ q: z.string() }),
      run: ({ q }, { idempotencyKey }) =>
        new Promise<string>((resolve) => {
          calls.push(`${q} ${idempotencyKey}`)
          gates.set(q, () => resolve(`found ${q}`))
        }),
    })
    const count = fn({ name: 'count', description: 'Counts.', input: z.object({}), run: () => calls.push('count') })
    const it = agent({ name: 'it', model, tools: [search, count] })
    const first = it.start('Go', { id: 'run-1' })
    await vi.waitFor(() => expect(calls).toHaveLength(3), patience)
    gates.get('a')?.()
    await vi.waitFor(() => expect(JSON.stringify(first.getPersistedSnapshot())).toContain('found a'), patience)
    const snapshot = json(first.getPersistedSnapshot())
    first.stop()
    const before = calls.find((call) => call.startsWith('b'))
    calls.length = 0

    const second = createActor(it.machine, { snapshot, input: '' }).start()
    await vi.waitFor(() => expect(calls).toEqual([before]), patience)
    gates.get('b')?.()
    expect(await toPromise(second)).toBe('Done.')
    expect(requests()).toHaveLength(2)
    expect(
      requests()[1]
        ?.messages.slice(2)
        .map(({ content }) => content),
    ).toEqual(['found a', 'found b', '3'])
  })

  test('at any moment ends as it would have, and nothing that had ended runs again', async () => {
    const { model, requests } = await scriptedModel((turn) => (turn < 2 ? [['add', { n: turn + 1 }]] : 'Done.'))
    const run = vi.fn(async ({ n }: { n: number }, ctx: RunContext) => `${n} by ${ctx.idempotencyKey}`)
    const add = fn({ name: 'add', description: 'Adds.', input: z.object({ n: z.number() }), run })
    const it: AnyFn = agent({ name: 'it', model, tools: [add] })
    const actor = createActor(it.machine, { input: 'Go', id: 'run-1' })
    const taken: { snapshot: Snapshot<unknown>; told: number }[] = []
    actor.subscribe((state) => {
      const told = new Set(JSON.stringify(state.context).match(/\d by run-1/g)).size
      if (state.status === 'active') taken.push({ snapshot: json(actor.getPersistedSnapshot()), told })
    })
    actor.start()
    await toPromise(actor)
    const last = requests().at(-1)?.messages
    expect(taken.length).toBeGreaterThan(6)
    for (const { snapshot, told } of taken) {
      run.mockClear()
      expect(await toPromise(createActor(it.machine, { snapshot, input: '' }).start())).toBe('Done.')
      expect(requests().at(-1)?.messages).toEqual(last)
      expect(run.mock.calls.length).toBeLessThanOrEqual(2 - told)
    }
  })
})

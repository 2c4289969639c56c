import { agent, type AnyFn, fn, map, waits } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Dice } from '../../engine/dice.ts'
import { type Called, eventsOf, json, settled, turns } from './asked.ts'

/**
 * A boss asks two teams, each of them two workers, and each of those pays twice; every payment waits for a person. What
 * was paid is told by the path of the call and by its idempotency key.
 */
function company(options: object = {}) {
  const paid: string[] = []
  const keys: string[] = []
  const pay = fn({
    name: 'pay',
    description: 'Pays.',
    input: z.object({ n: z.number() }),
    run: ({ n }, ctx) => {
      paid.push(ctx.path)
      keys.push(ctx.idempotencyKey)
      ctx.emit({ type: 'progress', n })
      return `paid ${n}`
    },
  })
  const two = (name: string, input: (n: number) => object): Called[] => [1, 2].map((n): Called => [name, input(n)])
  const team = (name: string, tool: unknown, input: (n: number) => object, more: object = {}) =>
    agent({
      name,
      description: 'Works.',
      model: turns(two((tool as AnyFn).name, input)),
      tools: [tool],
      ...more,
    } as never)
  const worker = team('worker', pay, (n) => ({ n }), { approve: true, ...options })
  const lead = team('lead', worker, (n) => ({ input: `Task ${n}` }))
  const boss = team('boss', lead, (n) => ({ input: `Team ${n}` })) as unknown as AnyFn
  return { boss, paid, keys }
}
const paths = [1, 2].flatMap((a) =>
  [1, 2].flatMap((b) => [1, 2].map((c) => `boss.act[c${a}].lead.act[c${b}].worker.act[c${c}].pay`)),
)

describe.each(['fast', 'stock'] as const)('agents that are tools of agents, three deep, on the %s engine', (engine) => {
  const begin = (it: AnyFn): any => it.start('Go' as never, { engine, id: 'run' })
  const resume = (it: AnyFn, run: any): any => {
    const snapshot = json(run.getPersistedSnapshot())
    run.stop()
    const { machine } = it as unknown as { machine: { stock: object } }
    return createActor((engine === 'stock' ? machine.stock : machine) as never, { snapshot } as never).start()
  }
  const asking = (run: any, count: number) =>
    vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(count), { timeout: 3000 })

  test.each([1, 2, 3])(
    'ask at the same time, and a restart between any two words does nothing twice (seed %i)',
    async (seed) => {
      const dice = new Dice(seed)
      const { boss, paid, keys } = company()
      let run = begin(boss)
      await asking(run, 8)
      expect(waits(run.getSnapshot()).map(({ path }) => path)).toEqual(paths)
      const open = [...paths]
      const approved: string[] = []
      while (open.length > 0) {
        const [path] = open.splice(dice.int(open.length), 1) as [string]
        const isYes = dice.chance(0.7)
        if (isYes) approved.push(path)
        run.send({ type: isYes ? 'APPROVE' : 'REJECT', path })
        if (dice.chance(0.5)) await settled()
        if (dice.chance(0.5)) {
          const saved = json(run.getPersistedSnapshot())
          expect(waits(saved)).toEqual(waits(run.getSnapshot()))
          run = resume(boss, run)
        }
        expect(waits(run.getSnapshot()).map((wait) => wait.path)).toEqual(open)
      }
      const output = String(await toPromise(run))
      // What was begun when the run was saved begins again, under the same key.
      expect([...new Set(paid)].toSorted()).toEqual(approved.toSorted())
      expect(new Set(keys).size).toBe(approved.length)
      expect(output.split(' | ').filter((one) => one.startsWith('paid'))).toHaveLength(approved.length)
      expect(output.split(' | ')).toHaveLength(8)
    },
  )

  test('a word for all is for one agent: its path says which, and without one it is ambiguous', async () => {
    const { boss, paid } = company()
    const run = begin(boss)
    const refused = eventsOf(run, 'refused')
    await asking(run, 8)
    for (const word of [{ ids: 'all' }, { ids: ['c1', 'c2'] }, { id: 'c1' }, { ids: 'all', path: 'boss' }, {}]) {
      expect(run.getSnapshot().can({ type: 'APPROVE', ...word })).toBe(false)
      run.send({ type: 'APPROVE', ...word })
    }
    expect(refused.map(({ code }) => code)).toEqual(Array(5).fill('ambiguous'))
    run.send({ type: 'APPROVE', ids: 'all', path: 'boss.act[c2].lead.act[c1].worker' })
    await asking(run, 6)
    run.send({ type: 'REJECT', id: 'c2', path: 'boss.act[c2].lead.act[c2].worker' })
    await asking(run, 5)
    await settled()
    expect(paid).toEqual(paths.slice(4, 6))
    run.stop()
  })

  test('a word that ends an agent ends that one alone: the agent around it reads it as a failure', async () => {
    const { boss } = company()
    const run = begin(boss)
    await asking(run, 8)
    run.send({ type: 'REJECT', path: paths[0], end: true, reason: 'fraud' })
    await asking(run, 6)
    for (const path of paths.slice(2)) run.send({ type: 'APPROVE', path })
    const [first] = String(await toPromise(run)).split(' | ')
    expect(first).toBe('Error: a person ended what the tool was doing. Their reason: fraud')
  })

  test('CANCEL_CALL of an agent that is a tool ends all that it does', async () => {
    const { boss, paid } = company()
    const run = begin(boss)
    await asking(run, 8)
    run.send({ type: 'CANCEL_CALL', id: 'c1', path: 'boss', reason: 'no need' })
    await asking(run, 4)
    run.send({ type: 'CANCEL_CALL', id: 'c2', path: 'boss.act[c2].lead' })
    await asking(run, 2)
    run.send({ type: 'APPROVE', ids: 'all' })
    const stopped = 'Error: a person stopped this call'
    expect(await toPromise(run)).toBe(`${stopped}: no need | paid 1 | paid 2 | ${stopped}`)
    expect(paid.toSorted()).toEqual(paths.slice(4, 6))
  })

  test('what happens in a tool is told with the innermost call, at its path', async () => {
    const { boss } = company({ approve: undefined })
    const events: any[] = []
    for await (const event of boss.stream('Go' as never, { engine })) events.push(event)
    const progress = events.filter(({ type }) => type === 'progress')
    expect(progress.map(({ path, callId, turn }) => [path, callId, turn]).toSorted()).toEqual(
      paths.map((path) => [path, /\[(c\d)\]\.pay$/.exec(path)?.[1], 1]),
    )
    const results = events.filter(({ type }) => type === 'toolResult')
    expect(results).toHaveLength(2 + 4 + 8)
    // Each call is told of once, before its result.
    for (const { path, callId } of results) {
      const own = events.filter((event) => event.path === path && event.callId === callId).map(({ type }) => type)
      expect(own.filter((type) => type.startsWith('tool'))).toEqual(['toolCall', 'toolResult'])
    }
  })

  test('under a map each item asks at its own path', async () => {
    const { boss, paid } = company()
    const both = (map({ name: 'many', each: boss as never }) as unknown as AnyFn).start(['a', 'b'] as never, {
      engine,
    }) as any
    await asking(both, 16)
    const at = paths.map((path) => path.replace('boss', 'many[1]'))
    expect(
      waits(both.getSnapshot())
        .map(({ path }) => path)
        .slice(8),
    ).toEqual(at)
    both.send({ type: 'APPROVE', path: at[0] })
    await asking(both, 15)
    await settled()
    expect(paid).toEqual([at[0]])
    both.stop()
  })
})

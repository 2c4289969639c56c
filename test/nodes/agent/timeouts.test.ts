import { agent, type AnyFn, chain, fn, receive } from 'tinyllm'
import { createActor, SimulatedClock, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { asksAbout, type Called, eventsOf, idsAsked, json, settled, turns } from './asked.ts'

type Machine = { stock: Machine }
const empty = z.object({})

/** Tools that are done at once, when they are told to, and when a person answers. */
function desk(options: object, ...list: readonly (readonly Called[])[]) {
  const open: (() => void)[] = []
  const pay = fn({ name: 'pay', description: 'Pays.', input: empty, run: () => 'paid' })
  const slow = fn({
    name: 'slow',
    description: 'Takes long.',
    input: empty,
    run: () => new Promise<string>((resolve) => open.push(() => resolve('slow'))),
  })
  const askUser = receive({ name: 'askUser', description: 'Asks.', input: empty, events: { ANSWER: empty } })
  const parts = { model: turns(...list), tools: [pay, slow, askUser], approve: ['pay'], ...options }
  const it = agent({ name: 'it', description: 'Works.', ...parts } as never) as unknown as AnyFn
  return { it, open }
}

describe.each(['fast', 'stock'] as const)('time in an agent, on the %s engine', (engine) => {
  function begin(fn: AnyFn, options: object = { input: 'Go' }, clock = new SimulatedClock()) {
    const { machine } = fn as unknown as { machine: Machine }
    const run = createActor(
      (engine === 'stock' ? machine.stock : machine) as never,
      { clock, ...options } as never,
    ) as any
    run.subscribe({ error: () => {} })
    run.start()
    const pass = async (ms: number) => {
      await settled()
      clock.increment(ms)
      await settled()
    }
    return { run, pass, clock }
  }
  const again = (fn: AnyFn, run: any, later: number) => {
    const snapshot = json(run.getPersistedSnapshot())
    const at = (run.clock as SimulatedClock).now()
    run.stop()
    const clock = new SimulatedClock()
    clock.set(at + later)
    return begin(fn, { snapshot }, clock)
  }

  test('approvalTimeout rejects each call that nobody answers, by its own time, and the model is told', async () => {
    const { it } = desk(
      { approvalTimeout: 1000 },
      [['pay', {}]],
      [
        ['pay', {}],
        ['pay', {}],
      ],
    )
    const { run, pass } = begin(it)
    await asksAbout(run, 'c1')
    await pass(999)
    expect(idsAsked(run)).toEqual(['c1'])
    await pass(1)
    await vi.waitFor(() => expect(idsAsked(run)).toHaveLength(2))
    await pass(999)
    const [, second] = idsAsked(run)
    run.send({ type: 'APPROVE', id: second })
    expect(idsAsked(run)).toHaveLength(1)
    await pass(1)
    const late = 'This call was not made: no person approved it within 1000 ms.'
    expect(await toPromise(run)).toBe(`${late} | ${late} | paid`)
  })

  test('a restored run keeps the deadline of an approval, also one that has passed meanwhile', async () => {
    const { it } = desk({ approvalTimeout: 1000 }, [['pay', {}]])
    const first = begin(it)
    await asksAbout(first.run, 'c1')
    await first.pass(600)
    const second = again(it, first.run, 300)
    await settled()
    expect(idsAsked(second.run)).toEqual(['c1'])
    const third = again(it, second.run, 100)
    await third.pass(0)
    expect(await toPromise(third.run)).toContain('no person approved it')
  })

  test('its timeout stands still while a person is asked and nothing else runs', async () => {
    const { it, open } = desk(
      { timeout: 1000 },
      [
        ['pay', {}],
        ['slow', {}],
      ],
      [['askUser', {}]],
    )
    const { run, pass } = begin(it)
    await asksAbout(run, 'c1')
    await vi.waitFor(() => expect(open).toHaveLength(1))
    // A tool that runs takes the agent's own time.
    await pass(600)
    open[0]?.()
    await pass(1_000_000)
    expect(run.getSnapshot().status).toBe('active')
    run.send({ type: 'APPROVE', id: 'c1' })
    await settled()
    // So does a tool that asks the user.
    expect(run.getSnapshot().can({ type: 'ANSWER' })).toBe(true)
    await pass(1_000_000)
    run.send({ type: 'ANSWER' })
    expect(await toPromise(run)).toContain('paid | slow')
  })

  test('what is left of its timeout is used up by its own work', async () => {
    const { it, open } = desk(
      { timeout: 1000 },
      [
        ['pay', {}],
        ['slow', {}],
      ],
      [['slow', {}]],
    )
    const { run, pass } = begin(it)
    await asksAbout(run, 'c1')
    await pass(600)
    open[0]?.()
    await pass(5000)
    run.send({ type: 'APPROVE', id: 'c1' })
    await vi.waitFor(() => expect(open).toHaveLength(2))
    await pass(399)
    expect(run.getSnapshot().status).toBe('active')
    await pass(1)
    await expect(toPromise(run)).rejects.toMatchObject({ code: 'timeout', path: 'it' })
  })

  test('what is left of its timeout is saved, and stands still where the restored run waits', async () => {
    const { it, open } = desk(
      { timeout: 1000 },
      [
        ['pay', {}],
        ['slow', {}],
      ],
      [['slow', {}]],
    )
    const first = begin(it)
    await asksAbout(first.run, 'c1')
    await first.pass(600)
    open[0]?.()
    await first.pass(5000)
    const second = again(it, first.run, 1_000_000)
    await second.pass(1_000_000)
    expect(idsAsked(second.run)).toEqual(['c1'])
    second.run.send({ type: 'APPROVE', id: 'c1' })
    await vi.waitFor(() => expect(open).toHaveLength(2))
    await second.pass(399)
    expect(second.run.getSnapshot().status).toBe('active')
    await second.pass(1)
    await expect(toPromise(second.run)).rejects.toMatchObject({ code: 'timeout', path: 'it' })
  })

  test('the timeout of what is around it goes on', async () => {
    const { it } = desk({ timeout: 10 }, [['pay', {}]])
    const { run, pass } = begin(chain({ name: 'all', children: [it], timeout: 1000 }) as unknown as AnyFn)
    await asksAbout(run, 'c1')
    await pass(999)
    expect(run.getSnapshot().status).toBe('active')
    await pass(1)
    await expect(toPromise(run)).rejects.toMatchObject({ code: 'timeout', path: 'all' })
  })

  test('the timeout of an agent stands still while only an agent that is its tool asks', async () => {
    const { it } = desk({ timeout: 1000 }, [['pay', {}]])
    const boss = agent({ name: 'boss', model: turns([['it', { input: 'Go' }]]), tools: [it], timeout: 1000 } as never)
    const { run, pass } = begin(boss as unknown as AnyFn)
    const waiting = eventsOf(run, 'approvalRequested')
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    await pass(1_000_000)
    const second = again(boss as unknown as AnyFn, run, 1_000_000)
    await second.pass(1_000_000)
    second.run.send({ type: 'APPROVE' })
    expect(await toPromise(second.run)).toBe('paid')
  })
})

import { actor, agent, chain, fn, loop, map, parallel, receive, type RunEvent } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { own } from '../nodes/agent/models.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const tick = () => new Promise((resolve) => setTimeout(resolve, 5))

const approval = receive({
  name: 'approval',
  events: { APPROVE: z.object({ by: z.string(), note: z.string().optional() }), REJECT: z.object({}) },
})
const order = chain({ name: 'order', children: [fn({ name: 'price', run: (n: number) => n * 2 }), approval] })
const by = {
  type: 'object',
  properties: { by: { type: 'string' }, note: { type: 'string' } },
  required: ['by'],
}
const engines = ['fast', 'stock'] as const

describe.each(engines)('what a run waits for, on the %s engine', (engine) => {
  /** Starts it, and gathers what it waits for. */
  const started = (it: typeof order | ReturnType<typeof agent>, input: never) => {
    const run = it.start(input, { engine })
    onTestFinished(() => void run.stop())
    return { run, waits: told(run) }
  }
  const told = (run: { on(type: 'waiting', listener: (event: { path: string; events: object }) => void): unknown }) => {
    const waits: { path: string; events: object }[] = []
    run.on('waiting', (event) => waits.push(event))
    return waits
  }

  test('is an event of the actor, with what may be sent', async () => {
    const { run, waits } = started(order, 1 as never)
    await vi.waitFor(() => expect(waits).not.toEqual([]))
    expect(waits).toEqual([
      {
        type: 'waiting',
        path: 'order.approval',
        events: { APPROVE: expect.objectContaining(by), REJECT: expect.objectContaining({ type: 'object' }) },
      },
    ])
    run.send({ type: 'APPROVE', by: 'Ada' })
    await toPromise(run)
    expect(waits).toHaveLength(1)
    expect(json(waits)).toEqual(waits)
  })

  test('is told to whoever listens right after the start', async () => {
    const run = approval.start(undefined, { engine })
    const waits = told(run)
    await tick()
    expect(waits).toMatchObject([{ path: 'approval' }])
    run.stop()
  })

  test('is not told where it is over before anybody could hear of it', async () => {
    const run = approval.start(undefined, { engine })
    const waits = told(run)
    run.send({ type: 'APPROVE', by: 'Ada' })
    await tick()
    expect(waits).toEqual([])
  })

  test('is told again after a restore, once, and when an actor is started again', async () => {
    const { run, waits } = started(order, 1 as never)
    await vi.waitFor(() => expect(waits).toHaveLength(1))
    const snapshot = json(run.getPersistedSnapshot())
    run.stop()
    const machine =
      engine === 'stock' ? (order.machine as never as { stock: typeof order.machine }).stock : order.machine
    const again = createActor(machine, { snapshot, input: 0 })
    const after = told(again as never)
    again.start()
    await tick()
    expect(after).toEqual(waits)
    again.send({ type: 'APPROVE', by: 'Ada' })
    expect(await toPromise(again)).toMatchObject({ by: 'Ada' })
    expect(after).toHaveLength(1)
  })

  test('is told of regions, rounds of a loop, items of a map, and machines inside', async () => {
    const places: string[] = []
    const listen = (run: {
      on(type: 'waiting', listener: (event: { path: string }) => void): unknown
      stop(): unknown
    }) => {
      run.on('waiting', ({ path }) => places.push(path))
      onTestFinished(() => void run.stop())
    }
    listen(parallel({ name: 'both', children: { legal: approval, money: approval } }).start(undefined, { engine }))
    listen(map({ name: 'each', each: approval }).start([1, 2], { engine }))
    listen(chain({ name: 'outer', children: [actor({ name: 'inner', logic: order.machine })] }).start(1, { engine }))
    const again = loop({ name: 'again', body: approval, until: () => false, maxIterations: 9 }).start(undefined, {
      engine,
    })
    listen(again as never)
    await tick()
    again.send({ type: 'APPROVE', by: 'Ada' })
    await vi.waitFor(() => expect(places).toHaveLength(7))
    expect(places.toSorted()).toEqual([
      'again.body',
      'again.body',
      'both.legal',
      'both.money',
      'each[0].approval',
      'each[1].approval',
      'outer.inner.order.approval',
    ])
  })

  test('is told of each call that an agent asks about', async () => {
    const pay = fn({ name: 'pay', description: 'Pays.', input: z.object({}), run: () => 'paid' })
    const { model } = own((turn) =>
      turn === 0
        ? [
            { id: 'a', name: 'pay', input: {} },
            { id: 'b', name: 'pay', input: {} },
          ]
        : 'Done.',
    )
    const it = agent({ name: 'it', model, tools: [pay], approve: ['pay'] })
    const run = it.start('Go', { engine })
    const waits = told(run)
    await vi.waitFor(() => expect(waits).toHaveLength(2))
    const events = { APPROVE: { type: 'object' }, REJECT: { properties: { reason: { type: 'string' } } } }
    expect(waits).toMatchObject([
      { path: 'it.act[a].pay', events },
      { path: 'it.act[b].pay', events },
    ])
    run.send({ type: 'REJECT', id: 'b', reason: 'no' })
    run.send({ type: 'APPROVE' })
    expect(await toPromise(run)).toBe('Done.')
    expect(waits).toHaveLength(2)
  })

  test('is an event of stream, and what is refused is one as well', async () => {
    let send = (_: object) => {}
    const inspect = ({ actorRef }: { actorRef: { _parent?: unknown; send(event: never): void } }) => {
      if (!actorRef._parent) send = (event) => actorRef.send(event as never)
    }
    const seen: RunEvent[] = []
    for await (const event of order.stream(1, { engine, inspect: inspect as never })) {
      if (event.type === 'state') continue
      seen.push(event)
      if (event.type !== 'waiting') continue
      send({ type: 'APPROVE', by: 4 })
      send({ type: 'APPROVE', by: 'Ada' })
    }
    expect(seen).toEqual([
      { type: 'waiting', path: 'order.approval', events: expect.objectContaining({ REJECT: expect.anything() }) },
      {
        type: 'refused',
        path: 'order.approval',
        event: { type: 'APPROVE', by: 4 },
        reason: expect.stringContaining('by: '),
        code: 'invalid',
      },
      { type: 'output', output: { type: 'APPROVE', by: 'Ada' } },
    ])
  })

  test('is one line of the logger, and so is what is refused', async () => {
    const lines: string[] = []
    const write = (level: string) => (line: unknown) => void lines.push(`${level} ${String(line)}`)
    const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
    const run = order.start(1, { engine, logger })
    await tick()
    run.send({ type: 'APPROVE', by: 4 } as never)
    run.send({ type: 'REJECT' } as never)
    await toPromise(run)
    expect(lines.filter((line) => /waits|rejected/.test(line))).toEqual([
      "info [order.approval] waits for { type: 'APPROVE', by: string, note?: string } or { type: 'REJECT' }",
      expect.stringMatching(/^warn \[order\.approval\] rejected APPROVE: .*by: /),
    ])
  })

  test('is not taken for what a leaf calls the same', async () => {
    const it = fn({
      name: 'it',
      run: (_: number, { emit }) => {
        emit({ type: 'waiting', since: 1 })
        emit({ type: 'refused', why: 'no' })
      },
    })
    const lines: unknown[] = []
    const write = (line: unknown) => void lines.push(line)
    const logger = { debug: write, info: write, warn: write, error: write }
    const seen: RunEvent[] = []
    for await (const event of it.stream(1, { engine, logger })) if (event.type === 'event') seen.push(event)
    expect(seen).toEqual([
      { type: 'event', path: 'it', event: { type: 'waiting', since: 1 } },
      { type: 'event', path: 'it', event: { type: 'refused', why: 'no' } },
    ])
    expect(lines).toContain('[it] event: refused')
  })
})

test.each(['exit', 'beforeExit'])(
  'one listener of the process waits for its %s, and only while a run waits',
  (type) => {
    const before = process.listenerCount(type)
    const runs = Array.from({ length: 1000 }, () => approval.start(undefined))
    expect(process.listenerCount(type)).toBe(before + 1)
    for (const run of runs.slice(1)) run.stop()
    expect(process.listenerCount(type)).toBe(before + 1)
    const [last] = runs
    last?.send({ type: 'APPROVE', by: 'Ada' })
    expect(process.listenerCount(type)).toBe(before)
  },
)

import { chain, fallback, fn, map, type RunContext } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'

const tick = () => new Promise((resolve) => setTimeout(resolve, 1))
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('map', () => {
  test('keeps the order, and runs no more at a time than it may', async () => {
    let running = 0
    let most = 0
    const each = async (n: number) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, n % 3))
      running--
      return n * 2
    }
    const items = Array.from({ length: 30 }, (_, n) => n)
    expect(await map({ name: 'm', each, concurrency: 4 }).run(items)).toEqual(items.map((n) => n * 2))
    expect(most).toBe(4)
  })

  test('gives an empty list for one', async () => {
    expect(await map({ name: 'm', each: (n: number) => n }).run([])).toEqual([])
  })

  test('draws from an async iterable only what it has room for', async () => {
    let drawn = 0
    let finished = 0
    async function* source() {
      for (; drawn < 10; drawn++) yield drawn
    }
    const each = async (n: number) => {
      expect(drawn - finished).toBeLessThanOrEqual(3)
      await tick()
      finished++
      return n
    }
    expect(await map({ name: 'm', each, concurrency: 2 }).run(source())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('a source that breaks is the failure of the map, and one that is left is closed', async () => {
    async function* broken() {
      yield 1
      throw new Error('no more')
    }
    await expect(map({ name: 'm', each: (n: number) => n }).run(broken())).rejects.toMatchObject({
      code: 'run',
      path: 'm',
      state: 'running',
      cause: { message: 'no more' },
    })
    const closed = vi.fn()
    async function* endless() {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        closed()
      }
    }
    const failing = map({
      name: 'm',
      concurrency: 1,
      each: (n: number) => (n < 3 ? n : Promise.reject(new Error('three'))),
    })
    await expect(failing.run(endless())).rejects.toMatchObject({ path: 'm[3]', cause: { message: 'three' } })
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce())
  })

  test('the first failure aborts the others; settled lets them end', async () => {
    const aborted: number[] = []
    const each = (n: number, { signal }: RunContext) =>
      n === 1
        ? Promise.reject(new Error('one'))
        : new Promise<number>((resolve, reject) => {
            const timer = setTimeout(() => resolve(n), 20)
            signal.addEventListener('abort', () => {
              clearTimeout(timer)
              aborted.push(n)
              reject(signal.reason)
            })
          })
    await expect(map({ name: 'm', each }).run([0, 1, 2])).rejects.toMatchObject({ code: 'run', path: 'm[1]' })
    expect(aborted).toEqual([0, 2])
    expect(await map({ name: 'm', each, mode: 'settled' }).run([0, 1, 2])).toMatchObject([
      { success: true, output: 0 },
      { success: false, error: { code: 'run', path: 'm[1]', cause: { message: 'one' } } },
      { success: true, output: 2 },
    ])
  })

  test('what all alternatives of an item failed with is told by the paths of the run', async () => {
    const fails = (name: string) => fn({ name, run: (_: number) => Promise.reject(new Error(`no ${name}`)) })
    const each = fallback({ name: 'f', children: [fails('a'), fails('b')] })
    const { error } = await map({ name: 'outer', each: map({ name: 'm', each }) }).safeRun([[1]])
    const words =
      'All 2 children of outer[0].m[0] failed: outer[0].m[0].a failed while running: no a. outer[0].m[0].b failed while running: no b.'
    expect(error).toMatchObject({ path: 'outer[0].m[0]', message: words, cause: { message: words } })
    const errors = ['a', 'b'].map((name) => ({ path: `outer[0].m[0].${name}`, cause: { message: `no ${name}` } }))
    expect(error?.cause).toMatchObject({ errors })
    expect(JSON.stringify(error)).not.toContain('each')
  })

  test('every item has an idempotency key of its own, and its events come out once', async () => {
    const keys: string[] = []
    const each = (n: number, ctx: RunContext) => {
      keys.push(ctx.idempotencyKey)
      ctx.emit({ type: 'token', delta: String(n) })
      ctx.emit({ type: 'usage', inputTokens: 1, outputTokens: 2 })
      return n
    }
    const actor = chain({ name: 'c', children: [map({ name: 'm', each })] }).start([7, 8], { id: 'run' })
    const tokens: unknown[] = []
    actor.on('token', ({ path, delta }) => tokens.push([path, delta]))
    await toPromise(actor)
    expect(keys).toEqual(['run:c.m[0]:c.m.each', 'run:c.m[1]:c.m.each'])
    expect(tokens).toEqual([
      ['c.m[0]', '7'],
      ['c.m[1]', '8'],
    ])
    expect(actor.getSnapshot().context.usage).toEqual({ inputTokens: 2, outputTokens: 4, cost: 0 })
  })

  test('a snapshot of a half-done map resumes only the unfinished items', async () => {
    const calls: string[] = []
    const gates = new Map<number, () => void>()
    const first = fn({ name: 'first', run: (n: number) => (calls.push(`first ${n}`), n) })
    const second = fn({
      name: 'second',
      run: (n: number) =>
        new Promise<number>((resolve) => {
          calls.push(`second ${n}`)
          gates.set(n, () => resolve(n * 10))
        }),
    })
    const pipeline = map({ name: 'm', each: chain({ name: 'each', children: [first, second] }), concurrency: 2 })
    const actor = pipeline.start([0, 1, 2])
    await vi.waitFor(() => expect(gates.size).toBe(2))
    gates.get(0)?.()
    await vi.waitFor(() => expect(gates.size).toBe(3))
    const snapshot = json(actor.getPersistedSnapshot())
    actor.stop()
    calls.length = 0
    gates.clear()
    const restored = createActor(pipeline.machine, { snapshot, input: undefined })
    const ended = toPromise(restored)
    restored.start()
    await vi.waitFor(() => expect(gates.size).toBe(2))
    for (const open of gates.values()) open()
    expect(await ended).toEqual([0, 10, 20])
    expect(calls.toSorted()).toEqual(['second 1', 'second 2'])
  })

  test('its version follows the chart of its items', () => {
    const of = (...children: [(n: number) => number, ...((n: number) => number)[]]) =>
      map({ name: 'm', each: chain({ name: 'each', children }) }).machine.version
    const same = (n: number) => n
    expect(of(same)).toBe(of(same))
    expect(of(same)).not.toBe(of(same, (n) => n))
  })

  test('override reaches into the items', async () => {
    const slow = fn({ name: 'slow', run: (_: number): number => expect.unreachable() })
    const pipeline = map({ name: 'm', each: chain({ name: 'each', children: [slow] }) })
    expect(await pipeline.override(slow, (n) => n + 1).run([1])).toEqual([2])
    expect(await pipeline.override('m.each.slow', (n: number) => n + 1).run([1])).toEqual([2])
  })

  test('the stream tells of the items', async () => {
    const states: string[] = []
    for await (const event of map({ name: 'm', each: (n: number) => n }).stream([1])) {
      if (event.type === 'state') states.push(`${event.path} ${event.state}`)
    }
    expect(states).toContain('m[0] running')
    expect(states).toContain('m[0] complete')
  })

  test('refuses what is no list, and a definition that cannot be meant', async () => {
    await expect(map({ name: 'm', each: (n: number) => n }).run('text' as never)).rejects.toMatchObject({
      code: 'input_validation',
      path: 'm',
    })
    expect(() => map({ name: 'm', each: (n: number) => n, concurrency: 0 })).toThrow(/concurrency is 0.*whole number/)
    expect(() => map({ name: 'm', each: (n: number) => n, mode: 'some' as 'all' })).toThrow(/no mode "some"/)
  })
})

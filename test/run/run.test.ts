import { branch, chain, fn, type PipelineContext, type RunContext } from 'tinyllm'
import { assign, createActor, setup, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'

const echo = fn({ name: 'echo', run: (input: unknown) => input })
const hang = fn({
  name: 'hang',
  run: (_: unknown, { signal }: RunContext) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
})

describe('a run', () => {
  test('is named by its id, which is part of every idempotency key', async () => {
    const key = fn({ name: 'key', run: (_: unknown, ctx: RunContext) => ctx.idempotencyKey })
    const pipeline = chain({ name: 'c', children: [key] })
    expect(await pipeline.run(1, { id: 'run-7' })).toBe('run-7:c.key')
    const [one, other] = [await pipeline.run(1), await pipeline.run(1)]
    expect(one).toMatch(/^[0-9a-f-]{36}:c\.key$/)
    expect(one).not.toBe(other)
  })

  test('inside another machine is named anew each time, whatever id it is invoked with', async () => {
    const key = fn({ name: 'key', run: (_: unknown, ctx: RunContext) => ctx.idempotencyKey })
    const app = setup({ types: { context: {} as { key?: unknown } }, actors: { it: key.machine } }).createMachine({
      context: {},
      initial: 'working',
      states: {
        working: {
          invoke: {
            id: 'same',
            src: 'it',
            input: () => 1,
            onDone: { target: 'done', actions: assign({ key: ({ event }) => event.output }) },
          },
        },
        done: { type: 'final' },
      },
      output: ({ context }) => context.key,
    })
    const [one, other] = [await toPromise(createActor(app).start()), await toPromise(createActor(app).start())]
    expect(one).toMatch(/^[0-9a-f-]{36}:key$/)
    expect(one).not.toBe(other)
  })

  test.each([
    [{}, { code: 'aborted', message: 'c was aborted.' }],
    [
      { code: 'timeout', message: 'Closed for today.', reason: new Error('closed') },
      { code: 'timeout', message: 'Closed for today.', cause: { message: 'closed' } },
    ],
  ] as const)('is ended by an event, which may say why: %j', async (why, error) => {
    const actor = chain({ name: 'c', children: [hang] }).start(1)
    const ended = toPromise(actor)
    actor.send({ type: 'tinyllm.cancel', ...why })
    await expect(ended).rejects.toMatchObject({ path: 'c', state: 'running', attempts: 1, ...error })
  })

  test('sums the usage that is told in numbers, and takes no other event for usage', async () => {
    const leaf = fn({
      name: 'leaf',
      run: (_: unknown, { emit }: RunContext) => {
        emit({ type: 'usage', inputTokens: 1, outputTokens: 2, cost: 0.5 })
        emit({ type: 'usage', inputTokens: NaN, outputTokens: '2', cost: Infinity })
        emit({ type: 'estimate', inputTokens: 9, outputTokens: 9, cost: 9 })
      },
    })
    const actor = leaf.start(1)
    await toPromise(actor)
    expect(actor.getSnapshot().context.usage).toEqual({ inputTokens: 1, outputTokens: 2, cost: 0.5 })
  })

  test('takes the replacement from furthest outside, where several are given for one function', async () => {
    const leaf = fn({ name: 'leaf', run: (_: unknown) => 'own' })
    const inner = chain({ name: 'inner', children: [leaf] }).override('inner.leaf', () => 'inside')
    const outer = chain({ name: 'outer', children: [inner] })
    expect(await outer.run(1)).toBe('inside')
    expect(await outer.override('outer.inner.leaf', () => 'outside').run(1)).toBe('outside')
  })

  test('keeps the key over the attempts of a leaf, and changes it with those of a composite around it', async () => {
    const keys: string[] = []
    const leaf = fn({
      name: 'leaf',
      retry: { attempts: 2 },
      run: (_: unknown, ctx: RunContext) => {
        keys.push(ctx.idempotencyKey)
        throw new Error('no')
      },
    })
    await chain({ name: 'c', children: [leaf], retry: { attempts: 2 } }).safeRun(1, { id: 'r' })
    expect(keys).toEqual(['r:c.leaf:1', 'r:c.leaf:1', 'r:c.leaf:2', 'r:c.leaf:2'])
  })

  test('leaves no listener on a signal that others share, and adds one for all', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    await Promise.all(Array.from({ length: 50 }, () => echo.run(1, { signal })))
    expect(add).toHaveBeenCalledOnce()
    expect(remove).toHaveBeenCalledOnce()
    const controller = new AbortController()
    const running = Array.from({ length: 50 }, () => hang.safeRun(1, { signal: controller.signal }))
    controller.abort()
    for (const result of await Promise.all(running)) expect(result).toMatchObject({ error: { code: 'aborted' } })
  })

  test('refuses a time limit that is none', async () => {
    await expect(echo.run(1, { timeout: -1 })).rejects.toThrow(/The run of echo: timeout is -1. Give milliseconds/)
  })

  test('may be limited to more than a timer can hold', async () => {
    expect(await echo.run(1, { timeout: 2 ** 35 })).toBe(1)
  })

  test('that fails with nobody listening is reported as any XState actor is', async () => {
    const bad = fn({ name: 'bad', run: () => Promise.reject(new Error('unheard')) })
    const { promise, resolve } = later<unknown>()
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').once('uncaughtException', resolve)
    try {
      bad.start(1, { timeout: 1000 })
      expect(await promise).toMatchObject({ code: 'run', path: 'bad' })
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })

  test('leaves its observers to see every inspection event', async () => {
    const inspect = vi.fn()
    const next = vi.fn()
    await echo.run(1, { inspect })
    await echo.run(1, { inspect: { next } })
    const types = new Set(inspect.mock.calls.map(([event]) => event.type))
    expect(types).toContain('@xstate.microstep')
    expect(next.mock.calls.length).toBe(inspect.mock.calls.length)
  })
})

describe('a stream', () => {
  test('that is left early stops the run', async () => {
    let aborted = false
    const leaf = fn({
      name: 'leaf',
      run: (_: unknown, { signal, emit }: RunContext) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject((aborted = true)))
          emit({ type: 'token', delta: 'a' })
        }),
    })
    for await (const event of leaf.stream(1)) if (event.type === 'token') break
    expect(aborted).toBe(true)
  })

  test('tells events in order, with attempts', async () => {
    let calls = 0
    const leaf = fn({
      name: 'leaf',
      retry: { attempts: 2 },
      run: (_: unknown, { emit, attempt }: RunContext) => {
        emit({ type: 'progress', attempt })
        if (++calls === 1) throw new Error('again')
        return 'out'
      },
    })
    const seen: string[] = []
    for await (const event of leaf.stream(1)) {
      seen.push(event.type === 'state' ? `${event.state} ${event.attempt}` : event.type)
    }
    expect(seen).toEqual([
      'validatingInput 1',
      'running 1',
      'progress',
      'waitingToRetry 1',
      'running 2',
      'progress',
      'validatingOutput 2',
      'complete 2',
      'output',
    ])
  })
})

describe('a snapshot', () => {
  test('of what is no JSON data is refused, with the place', async () => {
    const actor = chain({ name: 'c', children: [(): unknown => ({ at: [new Date(0)] }), hang] }).start(1)
    await vi.waitFor(() => expect(actor.getSnapshot().children).toHaveProperty(['c.hang']))
    expect(() => actor.getPersistedSnapshot()).toThrow(
      /cannot be saved: c holds a Date at output.at\[0\], which is not JSON data/,
    )
    actor.stop()
    for (const [input, what] of [
      [NaN, 'NaN'],
      [10n, 'a bigint'],
      [() => 1, 'a function'],
      [new Map(), 'a Map'],
    ] as const) {
      const other = hang.start(input)
      expect(() => other.getPersistedSnapshot()).toThrow(`hang holds ${what} at input`)
      other.stop()
    }
  })

  test('holds no more than what is still needed', async () => {
    const big = 'x'.repeat(1000)
    const children = Array.from({ length: 50 }, (_, n) => fn({ name: `s${n}`, run: () => `${big}${n}` }))
    const actor = chain({ name: 'c', children: children as never }).start('in' as never)
    let most = 0
    actor.subscribe((snapshot) => (most = Math.max(most, JSON.stringify(snapshot.context).length)))
    await toPromise(actor)
    expect(most).toBeLessThan(6000)
  })

  const held = ({ context }: { context: PipelineContext }) =>
    context.slots.flatMap((page) => page.flatMap((frame) => frame?.path ?? []))
  const bad = fn({ name: 'bad', run: (_: unknown) => Promise.reject(new Error('no')) })
  const patient = { retry: { attempts: 2, backoff: { initial: 60_000 } } }
  test.each([
    ['ended', chain({ name: 'c', children: [chain({ name: 'inner', children: [echo] }), hang] }), ['c', 'c.hang']],
    ['failed', chain({ name: 'c', children: [chain({ name: 'inner', children: [bad] })], ...patient }), ['c']],
    ['ran out of time', chain({ name: 'c', children: [hang], timeout: 5, ...patient }), ['c']],
  ])('holds nothing of a function that %s, and of what was below it', async (_, pipeline, left) => {
    const actor = pipeline.start(1)
    await vi.waitFor(() => expect(Object.keys(actor.getSnapshot().children)[0]).toMatch(/hang$|#retry$/))
    await vi.waitFor(() => expect(held(actor.getSnapshot())).toEqual(left))
    actor.stop()
  })

  test('holds only the whole once that has ended', async () => {
    const inner = chain({ name: 'inner', children: [echo] })
    const actor = branch({ name: 'b', cases: [{ name: 'x', when: () => true, then: inner }] }).start(1)
    await toPromise(actor)
    expect(held(actor.getSnapshot())).toEqual(['b'])
  })

  test('goes through migrate by hand: another version fails, and says so', async () => {
    const actor = createActor(echo.machine, {
      snapshot: { status: 'active', value: 'running', context: {}, children: {} } as never,
      input: 1,
    })
    const failed = toPromise(actor)
    actor.start()
    await expect(failed).rejects.toMatchObject({
      code: 'snapshot_mismatch',
      message: expect.stringMatching(/of version undefined and echo is of version \w+/),
    })
  })
})

function later<T>() {
  let resolve!: (value: T) => void
  return { promise: new Promise<T>((done) => (resolve = done)), resolve }
}

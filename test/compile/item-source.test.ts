import { branch, chain, fallback, fn, limit, loop, map, parallel, type RunContext } from 'tinyllm'
import { runInNewContext } from 'node:vm'
import { Readable } from 'node:stream'
import { type AnyActorRef, createActor, SimulatedClock, toPromise } from 'xstate'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Dice } from '../engine/dice.ts'

const later = (ms = 10) => new Promise((resolve) => setTimeout(resolve, ms))
const m = map({ name: 'm', each: async (item: unknown) => item, concurrency: 2 })
const run = (items: unknown, options?: { timeout?: number }) => m.safeRun(items as never, options)
const no = (): never => {
  throw new Error('not to be read')
}

const unhandled: unknown[] = []
const listen = (error: unknown) => void unhandled.push(error)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', listen)
  process.on('uncaughtException', listen)
})
const expectQuiet = () => expect(unhandled).toEqual([])
afterEach(async () => {
  await later()
  process.off('unhandledRejection', listen)
  process.off('uncaughtException', listen)
  expectQuiet()
})

/** An asynchronous iterable of three, whose `next()` gives promises as `promise` makes them. */
function asyncOf(promise: (result: IteratorResult<number>) => unknown) {
  let n = 0
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => promise(n < 3 ? { done: false, value: n++ } : { done: true, value: undefined }),
    }),
  }
}
const foreign = runInNewContext('(value) => Promise.resolve(value)') as (value: unknown) => Promise<unknown>
const thenable = (value: unknown) => ({ then: (keep: (value: unknown) => void) => void setTimeout(keep, 1, value) })

describe('the items of a map come from', () => {
  test.each<[string, () => unknown]>([
    ['promises of another realm', () => asyncOf(foreign)],
    ['thenables, as of a query', () => asyncOf(thenable)],
    [
      'thenables that answer at once',
      () => asyncOf((value) => ({ then: (keep: (value: unknown) => void) => keep(value) })),
    ],
    ['thenables of thenables', () => asyncOf((value) => thenable(thenable(value)))],
    ['an asynchronous next() without a promise', () => asyncOf((value) => value)],
    [
      'an asynchronous generator of another realm',
      () => runInNewContext('(async function* () { yield 0; yield 1; yield 2 })()'),
    ],
    ['a generator of another realm', () => runInNewContext('(function* () { yield 0; yield 1; yield 2 })()')],
    ['a list of another realm', () => runInNewContext('[0, 1, 2]')],
    ['a Set', () => new Set([0, 1, 2])],
    ['a stream of Node', () => Readable.from([0, 1, 2])],
    ['a web stream', () => (ReadableStream as any).from([0, 1, 2])],
    ['a list of promises', () => [Promise.resolve(0), foreign(1), thenable(2)]],
    [
      'a generator of promises',
      () =>
        (function* () {
          yield later(3).then(() => 0)
          yield 1
          yield thenable(2)
        })(),
    ],
    [
      'an asynchronous iterable of promises',
      () => asyncOf(({ done, value }) => Promise.resolve({ done, value: done ? value : thenable(value) })),
    ],
    [
      'results without done',
      () => {
        let n = 0
        return { [Symbol.iterator]: () => ({ next: () => (n < 3 ? { value: n++ } : { done: 1 }) }) }
      },
    ],
    ['a function that is iterable', () => Object.assign(() => {}, { [Symbol.iterator]: () => [0, 1, 2].values() })],
    ['what has both, of which the asynchronous one counts', () => ({ ...asyncOf(foreign), [Symbol.iterator]: no })],
    [
      'what has no asynchronous one but says so',
      () => ({ [Symbol.asyncIterator]: null, [Symbol.iterator]: () => [0, 1, 2].values() }),
    ],
  ])('%s', async (_, make) => {
    expect(await run(make(), { timeout: 2000 })).toMatchObject({ success: true, output: [0, 1, 2] })
    expect(await chain({ name: 'c', children: [() => make() as Iterable<unknown>, m] }).run(undefined)).toEqual([
      0, 1, 2,
    ])
  })
})

type Iterator = { next?: unknown; return?: unknown }
const sync = (iterator: Iterator | unknown) => ({ [Symbol.iterator]: () => iterator })
const async = (iterator: Iterator | unknown) => ({ [Symbol.asyncIterator]: () => iterator })
const broken: [string, () => unknown, RegExp][] = [
  ...[sync, async].flatMap((of): [string, () => unknown, RegExp][] => [
    [`an iterator that is none (${of.name})`, () => of(5), /returned 5, not an iterator/],
    [`no iterator at all (${of.name})`, () => of(undefined), /returned undefined, not an iterator/],
    [`an iterator without next (${of.name})`, () => of({}), /without next\(\)/],
    [`a next that is not a function (${of.name})`, () => of({ next: 7 }), /without next\(\)/],
    [
      `a next that cannot be read (${of.name})`,
      () =>
        of({
          get next() {
            return no()
          },
        }),
      /not to be read/,
    ],
    [`a next that throws (${of.name})`, () => of({ next: no }), /not to be read/],
    [
      `a next that gives no object (${of.name})`,
      () => of({ next: () => 5 }),
      /next\(\) of the items returned 5, not \{ done, value \}/,
    ],
    [`a next that gives nothing (${of.name})`, () => of({ next: () => {} }), /returned undefined/],
    [
      `a done that throws (${of.name})`,
      () =>
        of({
          next: () => ({
            get done() {
              return no()
            },
          }),
        }),
      /not to be read/,
    ],
    [
      `a value that throws (${of.name})`,
      () =>
        of({
          next: () => ({
            get value() {
              return no()
            },
          }),
        }),
      /not to be read/,
    ],
    [
      `a result that cannot be read (${of.name})`,
      () => of({ next: () => new Proxy({}, { get: no }) }),
      /not to be read/,
    ],
  ]),
  [
    'a next that gives a promise where none is waited for',
    () => sync({ next: async () => ({ value: 1 }) }),
    /put an async iterator at \[Symbol.asyncIterator\]/,
  ],
  [
    'one that gives a promise which is rejected',
    () => sync({ next: async () => no() }),
    /put an async iterator at \[Symbol.asyncIterator\]/,
  ],
  ['a next that resolves to no object', () => async({ next: async () => 'text' }), /returned "text", not/],
  ['a next that resolves to nothing', () => async({ next: () => foreign(null) }), /returned null, not/],
  ['a next that rejects', () => async({ next: async () => no() }), /not to be read/],
  [
    'a next that rejects with what cannot be read',
    () => async({ next: () => Promise.reject(new Proxy({}, { get: no, getPrototypeOf: no })) }),
    /cannot be read/,
  ],
  ['a thenable that throws', () => async({ next: () => ({ then: no }) }), /not to be read/],
  [
    'a thenable that rejects',
    () => async({ next: () => ({ then: (_: unknown, reject: (e: unknown) => void) => reject(new Error('sadly')) }) }),
    /sadly/,
  ],
  ['an iterator that throws when it is made', () => ({ [Symbol.asyncIterator]: no }), /not to be read/],
  [
    'a list with a promise that is rejected',
    () => [later(), Promise.reject(new Error('third')), Promise.reject(new Error('fourth'))],
    /third/,
  ],
]

describe('a source that is none ends the map, as a failure of the map', () => {
  test.each(broken)('%s', async (_, make, message) => {
    const result = await run(make(), { timeout: 2000 })
    expect(result.error).toMatchObject({
      code: 'run',
      path: 'm',
      state: 'running',
      message: expect.stringMatching(message),
    })
    expect(result.error?.message).toMatch(/^m failed while running: /)
    const retried = chain({
      name: 'c',
      children: [() => make() as Iterable<unknown>, m.as('m')],
      retry: { attempts: 2 },
    })
    expect((await retried.safeRun(undefined)).error).toMatchObject({ code: 'run', path: 'c.m' })
  })

  test('also where items run already, which are stopped', async () => {
    const signals: AbortSignal[] = []
    const each = (_: unknown, { signal }: RunContext) => (signals.push(signal), new Promise(() => {}))
    let n = 0
    const source = async({ next: async () => (n++ < 2 ? { value: n } : 5) })
    const { error } = await map({ name: 'm', each }).safeRun(source as never)
    expect(error).toMatchObject({ path: 'm', code: 'run' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  test('an error of ours that comes out of a source is the cause', async () => {
    const other = fn({ name: 'other', run: () => Promise.reject(new Error('no')) })
    const { error } = await run(
      (async function* () {
        yield await other.run(undefined)
      })(),
    )
    expect(error).toMatchObject({ path: 'm', code: 'run', cause: { path: 'other', code: 'run' } })
  })

  test('in a settled map, an item that is a rejected promise is the failure of that item', async () => {
    const settled = map({ name: 's', each: (n: unknown) => n, mode: 'settled' })
    expect(await settled.run([1, Promise.reject(new Error('two')), thenable(3)])).toMatchObject([
      { success: true, output: 1 },
      { success: false, error: { code: 'run', path: 's', cause: { message: 'two' } } },
      { success: true, output: 3 },
    ])
  })
})

describe('a source that is not needed any more', () => {
  const endless = (close: unknown) => {
    let n = 0
    return async({ next: async () => ({ value: n++ }), return: close })
  }
  const failing = map({
    name: 'm',
    concurrency: 1,
    each: (n: unknown) => (n === 2 ? Promise.reject(new Error('two')) : n),
  })
  test.each<[string, unknown]>([
    ['is told so once', vi.fn<() => object>(() => ({}))],
    ['may throw at that', no],
    ['may reject', async () => no()],
    ['may hang', () => new Promise(() => {})],
    ['may have no function for it', 'no function'],
    ['may give a thenable that throws', () => ({ then: no })],
  ])('%s', async (_, close) => {
    expect((await failing.safeRun(endless(close) as never)).error).toMatchObject({
      path: 'm[2]',
      cause: { message: 'two' },
    })
    await later()
    if (vi.isMockFunction(close)) expect(close).toHaveBeenCalledOnce()
  })

  test('is told so when the run is aborted, even while it keeps the map waiting', async () => {
    const close = vi.fn<() => object>(() => ({}))
    const waiting = async({ next: () => new Promise(() => {}), return: close })
    expect((await run(waiting, { timeout: 10 })).error).toMatchObject({ code: 'timeout' })
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce())
  })

  test('is not told so when it broke by itself, or is at its end', async () => {
    const close = vi.fn<() => object>(() => ({}))
    await run(async({ next: no, return: close }))
    await run(async({ next: async () => ({ done: true }), return: close }))
    await later()
    expect(close).not.toHaveBeenCalled()
  })
})

describe('what always goes on leaves the others their turn', () => {
  function* numbers() {
    for (let n = 0; ; n++) yield n
  }
  async function* promises() {
    for (let n = 0; ; n++) yield n
  }
  const each: Record<string, unknown> = {
    'a function that never waits': (n: number) => n,
    'an asynchronous one': async (n: number) => n,
    'one that fails': () => Promise.reject(new Error('no')),
    'one that fails its schema': fn({
      name: 'f',
      input: { '~standard': { version: 1, vendor: 't', validate: () => ({ issues: [{ message: 'no' }] }) } },
      run: () => 1,
    }),
  }
  const cases = Object.entries(each).flatMap(([what, of]) =>
    [1, 3, Infinity].flatMap((concurrency) =>
      [numbers, promises].map((source) => [what, concurrency, source.name, of, source] as const),
    ),
  )

  test.each(cases)(
    '%s, %s at a time, from endless %s: the timeout of the run fires',
    async (_, concurrency, __, of, source) => {
      const endless = map({ name: 'm', each: of as never, concurrency, mode: 'settled' })
      const { error } = await endless.safeRun(source() as never, { timeout: 50 })
      expect(error).toMatchObject({ code: 'timeout', path: 'm' })
    },
  )

  test('an endless loop, one of many, and one under a limit', async () => {
    const spin = loop({ name: 'l', body: (n: number) => n + 1, until: () => false, maxIterations: 1e9 })
    const limited = loop({
      name: 'l',
      body: fn({ name: 'b', limit: limit({ concurrency: 1 }), run: (n: number) => n + 1 }),
      until: () => false,
      maxIterations: 1e9,
    })
    const results = await Promise.all([
      ...Array.from({ length: 20 }, () => spin.safeRun(0, { timeout: 60 })),
      limited.safeRun(0, { timeout: 60 }),
      spin.safeRun(0, { signal: AbortSignal.timeout(60) }),
    ])
    for (const { error } of results) expect(['timeout', 'aborted']).toContain(error?.code)
  })

  test('a simulated clock has no part in it', async () => {
    const clock = new SimulatedClock()
    const many = Array.from({ length: 5000 }, (_, n) => n)
    const started = createActor(map({ name: 'm', each: (n: number) => n }).machine, { clock, input: many })
    const ended = toPromise(started)
    started.start()
    expect(await ended).toEqual(many)
    expect(clock.now()).toBe(0)
  })

  test('nor have faked timers', async () => {
    vi.useFakeTimers()
    try {
      const many = Array.from({ length: 5000 }, (_, n) => n)
      expect(await map({ name: 'm', each: (n: number) => n }).run(many)).toEqual(many)
    } finally {
      vi.useRealTimers()
    }
  })

  test('all items of a long list still run together', async () => {
    let running = 0
    let open!: () => void
    const gate = new Promise<void>((resolve) => (open = resolve))
    const each = async (n: number) => {
      if (++running === 3000) open()
      await gate
      return n
    }
    expect(await map({ name: 'm', each }).run(Array.from({ length: 3000 }, (_, n) => n))).toHaveLength(3000)
  })
})

test('a predicate that gives a promise fails, also where that is rejected and nobody waits for it', async () => {
  const late = (() => Promise.reject(new Error('late'))) as never
  const until = loop({ name: 'l', body: (n: number) => n, until: late, maxIterations: 3 })
  expect((await until.safeRun(1)).error).toMatchObject({
    code: 'run',
    path: 'l',
    message: expect.stringMatching(/promise/),
  })
  const when = branch({ name: 'b', cases: [{ name: 'x', when: late, then: (n: number) => n }] })
  expect((await when.safeRun(1)).error).toMatchObject({
    code: 'run',
    path: 'b',
    message: expect.stringMatching(/promise/),
  })
  const bad = fn({ name: 'f', retry: { attempts: 3, when: late }, run: () => Promise.reject(new Error('no')) })
  expect((await bad.safeRun(undefined)).error).toMatchObject({ code: 'run', attempts: 1, cause: { message: 'no' } })
})

test('an iterable that a function gives stays one, a generator or a stream, until a map reads it', async () => {
  async function* words() {
    yield 'a'
    yield 'b'
  }
  const gives = fn({ name: 'gives', run: () => words() })
  const output = await gives.run(undefined)
  expect(output[Symbol.asyncIterator]).toBeTypeOf('function')
  expect(await m.run(output)).toEqual(['a', 'b'])
  const generator = fn({
    name: 'generator',
    run: function* () {
      yield 1
      yield 2
    } as () => Generator<number>,
  })
  expect(
    await chain({ name: 'c', children: [generator, map({ name: 'm', each: (n: number) => n * 2 })] }).run(undefined),
  ).toEqual([2, 4])
})

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
test(`random sources give what for await would see, or the map fails (seed ${seed})`, async () => {
  const dice = new Dice(seed)
  for (let round = 0; round < 300; round++) {
    const isAsync = dice.chance(0.6)
    const length = dice.int(6)
    const wrong = dice.chance(0.4) ? dice.int(length + 1) : -1
    const wrap = (value: unknown) =>
      isAsync ? dice.pick([foreign, thenable, async (v: unknown) => v, (v: unknown) => v])(value) : value
    const item = (n: number) => dice.pick([n, Promise.resolve(n), thenable(n), foreign(n)])
    const fault = dice.pick<() => unknown>([
      no,
      () => wrap(5),
      () => wrap(undefined),
      () =>
        wrap({
          get done() {
            return no()
          },
        }),
    ])
    let n = 0
    const next = () => {
      if (n === wrong) return fault()
      return wrap(n < length ? { done: false, value: item(n++) } : { done: true })
    }
    const close = dice.pick([undefined, no, () => new Promise(() => {}), async () => no(), 5])
    const source = (isAsync ? async : sync)({ next, return: close })
    const many = map({
      name: 'm',
      each: async (value: unknown) => value,
      concurrency: dice.pick([1, 2, Infinity]),
      mode: dice.pick(['all', 'settled']),
    })
    const result = await many.safeRun(source as never, { timeout: 5000 })
    const context = `seed ${seed}, round ${round}`
    if (wrong === -1) {
      const outputs = (result.output as unknown[])?.map((one) =>
        typeof one === 'object' ? (one as { output: unknown }).output : one,
      )
      expect(outputs, context).toEqual(Array.from({ length }, (_, at) => at))
    } else expect(result.error, context).toMatchObject({ code: 'run', path: 'm', state: 'running' })
  }
})

describe('a source that can be read only once', () => {
  async function* lines() {
    yield* ['a', 'b', 'c', 'd']
  }
  let failed = false
  const each = (line: string) => {
    if (line === 'b' && !failed) {
      failed = true
      throw new Error('503')
    }
    return line.toUpperCase()
  }
  const all = map({ name: 'all', each, concurrency: 1, retry: { attempts: 2 } })
  beforeEach(() => {
    failed = false
  })

  test.each<[string, () => unknown]>([
    ['a generator', lines],
    ['a stream of Node', () => Readable.from(['a', 'b', 'c', 'd'])],
    ['a web stream', () => (ReadableStream as any).from(['a', 'b', 'c', 'd'])],
  ])('is not taken for an empty one by a second attempt: %s', async (_, source) => {
    const result = await all.safeRun(source() as never)
    expect(result.error).toMatchObject({ code: 'run', path: 'all', message: expect.stringContaining('only once') })
    expect(await all.run(['a', 'b'])).toEqual(['A', 'B'])
  })

  test('is not shared by two regions, nor by two children of a fallback', async () => {
    const id = (name: string) => map({ name, each: (line: string) => line, concurrency: 1 })
    const both = parallel({ name: 'p', children: { x: id('x'), y: id('y') }, mode: 'settled' })
    const { x, y } = (await both.run(lines())) as Record<string, { success: boolean }>
    expect([x?.success, y?.success]).toEqual([true, false])
    const broken = map({ name: 'one', each: (_: string): string => no(), concurrency: 1 })
    const result = await fallback({ name: 'f', children: [broken, id('two')] }).safeRun(lines())
    expect(result).toMatchObject({ success: false, error: { path: 'f' } })
  })
})

describe('a map that is stopped, put back and started again, as @xstate/react does', () => {
  type Put = { _processingStatus: number; _snapshot: unknown; observers: Set<unknown> }
  function putBack(root: AnyActorRef) {
    const kept: [AnyActorRef, unknown][] = []
    const keep = (ref: AnyActorRef) => {
      kept.push([ref, ref.getSnapshot()])
      ;(ref as unknown as Put).observers = new Set()
      const { children } = ref.getSnapshot() as { children?: Record<string, AnyActorRef> }
      Object.values(children ?? {}).forEach(keep)
    }
    keep(root)
    const { system } = root as unknown as { system: { getSnapshot(): unknown; _snapshot: unknown } }
    const snapshot = system.getSnapshot()
    ;(root as unknown as { stop(): void }).stop()
    system._snapshot = snapshot
    for (const [ref, state] of kept) Object.assign(ref, { _processingStatus: 0, _snapshot: state })
  }
  const each = async (item: unknown) => {
    await later(5)
    return item
  }
  const rereadable = {
    async *[Symbol.asyncIterator]() {
      for (let n = 0; n < 4; n++) {
        await later(2)
        yield n
      }
    },
  }
  const promises = () => [5, 10, 15].map(async (ms) => (await later(ms), ms))

  test.each([0, 3, 15, 40])('reads its items anew, after %i ms', async (gap) => {
    for (const [items, output] of [
      [rereadable, [0, 1, 2, 3]],
      [promises(), [5, 10, 15]],
    ] as const) {
      const actor = createActor(map({ name: 'm', each, concurrency: 2 }).machine, { input: items as never }).start()
      await later(3)
      putBack(actor)
      if (gap > 0) await later(gap)
      actor.start()
      expect(await toPromise(actor)).toEqual(output)
    }
  })
})

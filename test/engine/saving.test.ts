import { setTimeout } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { actor, agent, type AnyFn, chain, flow, fn, map, parallel, receive, type RunContext } from 'tinyllm'
import { assign, createActor, createMachine, fromPromise, setup, type Snapshot, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const hang = fn({ name: 'hang', run: () => new Promise<never>(() => {}) })
/** Everything that is saved of a run, once what ends has ended. */
async function saved(pipeline: AnyFn, input: unknown, engine: 'fast' | 'stock' = 'fast'): Promise<string> {
  const ref = pipeline.start(input, { engine })
  try {
    await setTimeout(2)
    return JSON.stringify(ref.getPersistedSnapshot())
  } finally {
    ref.stop()
  }
}

const circle: { self?: object } = {}
circle.self = circle
const deep = () => {
  let value: object = {}
  for (let level = 0; level < 20_000; level++) value = { a: value }
  return value
}
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
class Account {
  readonly id = 1
}

const foreign: [what: string, make: () => unknown, said: RegExp][] = [
  ['a date', () => new Date(0), /a Date at/],
  ['a map', () => new Map([[1, 2]]), /a Map at/],
  ['a set', () => new Set([1]), /a Set at/],
  ['an error', () => new RangeError('x'), /a RangeError at/],
  ['an instance', () => new Account(), /a Account at/],
  ['a typed array', () => new Uint8Array(2), /a Uint8Array at/],
  ['a boxed text', () => Object('x'), /a String at/],
  ['NaN', () => NaN, /NaN at/],
  ['Infinity', () => -Infinity, /-Infinity at/],
  ['-0', () => -0, /-0, which JSON turns into 0 at/],
  ['a bigint', () => 12n, /a bigint at/],
  ['a function', () => () => {}, /a function at/],
  ['a symbol', () => Symbol('x'), /a symbol at/],
  ['a symbol key', () => ({ [Symbol('x')]: 1 }), /a property with a symbol key at/],
  ['a circle', () => circle, /a circular reference at/],
  ['a hole', () => Object.assign([1, , 3]), /an empty slot, which JSON turns into null at/], // oxlint-disable-line no-sparse-arrays
  ['a list with a name', () => Object.assign([1], { total: 1 }), /a named property on an array at/],
  ['a match of a pattern', () => /x/.exec('x'), /a named property on an array at/],
  ['a list of a class', () => new (class Row extends Array {})(), /a Row at/],
  ['what is nested too deep', deep, /nested more than 1000 levels deep at/],
  ['what cannot be read', () => ({ x: revoked() }), /a value that cannot be read at/],
  [
    'a getter that throws',
    () => ({
      get x() {
        throw new Error('no')
      },
    }),
    /a value that cannot be read at/,
  ],
]

const quick = (make: () => unknown) =>
  fn({ name: 'quick', run: async (n: unknown) => (n === 'hang' ? hang.run(n) : make()) })

const inner = (make: () => unknown) =>
  chain({ name: 'c', children: [map({ name: 'in', each: quick(make) as never })] as never })

/** Where a value may be when the run is saved, and how the error calls the place. */
const places: [where: string, (make: () => unknown) => { fn: AnyFn; input: unknown }, said: RegExp][] = [
  ['the input', (make) => ({ fn: hang as never, input: make() }), /: hang holds .* at input/],
  [
    'an output',
    (make) => ({ fn: chain({ name: 'it', children: [quick(make), hang] as never }), input: 1 }),
    /: it holds .* at output/,
  ],
  [
    'a region',
    (make) => ({ fn: parallel({ name: 'it', children: { quick: quick(make), hang } as never }) as AnyFn, input: 1 }),
    /: it\.quick holds .* at output/,
  ],
  [
    'an item that has ended',
    (make) => ({ fn: map({ name: 'it', each: quick(make) as never }), input: ['hang', 1] }),
    /: it\[1\] holds .* at output/,
  ],
  [
    'an item that has ended, settled',
    (make) => ({ fn: map({ name: 'it', each: quick(make) as never, mode: 'settled' }), input: ['hang', 1] }),
    /: it\[1\] holds .* at output/,
  ],
  [
    'an item under way',
    (make) => ({
      fn: map({ name: 'it', each: chain({ name: 'c', children: [quick(make), hang.as('rest')] as never }) as never }),
      input: [0, 1],
    }),
    /: it\[0\] holds .* at output/,
  ],
  [
    'a map in a map',
    (make) => ({
      fn: map({ name: 'it', each: inner(make) as never }) as never,
      input: [['hang', 1]],
    }),
    /: it\[0\]\.in\[1\] holds .* at output/,
  ],
  [
    'the data of a machine of the user’s',
    (make) => ({
      fn: actor({ name: 'it', logic: createMachine({ context: { value: make() } }) as never }) as never,
      input: 1,
    }),
    /: it holds .* at snapshot\.context\.value/,
  ],
]

describe.each(places)('what is no data in %s is refused', (_, pipeline, place) => {
  test.each(foreign)('%s, with the place', async (__, make, said) => {
    for (const engine of ['fast', 'stock'] as const) {
      const { fn: it, input } = pipeline(make)
      const error = await saved(it, input, engine).then(
        (text) => text,
        (thrown) => thrown as Error,
      )
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toMatch(said)
      expect((error as Error).message).toMatch(place)
    }
  })
})

test('data of another realm is data', async () => {
  const value = runInNewContext(`({ list: [1, { a: 'x' }], none: null })`)
  const both = chain({ name: 'it', children: [quick(() => value), hang] as never })
  expect(JSON.parse(await saved(both, value)).context.slots[0][0].value).toEqual({ list: [1, { a: 'x' }], none: null })
})

test('whatever is saved comes back as it was, or is refused', async () => {
  const seed = Number(process.env.SAVING_SEED ?? 7)
  const anything = fc.anything({
    withDate: true,
    withMap: true,
    withSet: true,
    withBigInt: true,
    withSparseArray: true,
    withNullPrototype: true,
  })
  await fc.assert(
    fc.asyncProperty(anything, async (value) => {
      const ref = hang.start(value as never)
      let text: string
      try {
        text = JSON.stringify(ref.getPersistedSnapshot())
      } catch (thrown) {
        expect((thrown as Error).message).toMatch(/cannot be saved: hang holds .* at input/)
        return
      } finally {
        ref.stop()
      }
      const { input } = JSON.parse(text).context.slots[0][0]
      expect(input ?? null).toEqual(undefinedAsJson(value) ?? null)
    }),
    { seed, numRuns: 2000 },
  )
})

/** `undefined` is the one thing that may change: objects lose it, lists have null for it. */
function undefinedAsJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => undefinedAsJson(part) ?? null)
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(parts.map(([key, part]) => [key, undefinedAsJson(part)]))
}

describe('a schema that makes something else of the input', () => {
  const parsed: unknown[] = []
  const length = fn({
    name: 'length',
    input: z.string().transform((text) => text.length),
    run: async (n: number) => (parsed.push(n), n),
  })

  test('is asked again when the run is restored, for what came in', async () => {
    const ref = length.start('four')
    const text = JSON.stringify(ref.getPersistedSnapshot())
    ref.stop()
    const again = (snapshot: string) =>
      toPromise(createActor(length.machine, { snapshot: JSON.parse(snapshot), input: '' }).start())
    expect(await again(text)).toBe(4)
    // What the schema makes is made anew.
    expect(await again(text.replace('"input":4', '"input":5'))).toBe(4)
    await expect(again(text.replace('"four"', '4'))).rejects.toMatchObject({
      code: 'snapshot_mismatch',
      path: 'length',
    })
    expect(parsed).toEqual([4, 4])
  })

  test('is asked again for a function that changes its own input', async () => {
    const add = fn({
      name: 'add',
      input: z.object({ list: z.array(z.number()) }),
      run: async ({ list }) => {
        list.push(list.length)
        await setTimeout(5)
        return list
      },
    })
    for (const pipeline of [add, chain({ name: 'it', children: [() => ({ list: [7] }), add] })]) {
      const ref = pipeline.start({ list: [7] } as never)
      await setTimeout(2)
      const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
      ref.stop()
      expect(await toPromise(createActor(pipeline.machine, { snapshot, input: undefined as never }).start())).toEqual([
        7, 1,
      ])
    }
  })

  test('does not keep a run from being saved whose input was no data', async () => {
    const days = fn({
      name: 'days',
      input: z.map(z.string(), z.number()).transform((map) => map.size),
      run: async (n) => n,
    })
    const ref = days.start(new Map([['a', 1]]))
    const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
    ref.stop()
    expect(await toPromise(createActor(days.machine, { snapshot, input: new Map() }).start())).toBe(1)
  })
})

describe('a snapshot of this process', () => {
  const calls: string[] = []
  const leaf = (name: string) =>
    fn({
      name,
      run: async (n: number, { path }) => {
        calls.push(path)
        await setTimeout(5)
        return n + 1
      },
    })
  const three = chain({ name: 'three', children: [leaf('a'), leaf('b'), leaf('c')] })
  const inB = async () => {
    const ref = three.start(1)
    await new Promise<void>((resolve) =>
      ref.subscribe((snapshot) => {
        if (snapshot.matches({ running: { b: 'running' } } as never)) resolve()
      }),
    )
    calls.length = 0
    return ref
  }

  test.each(['fast', 'stock'] as const)('goes on, as with any XState machine (%s)', async (engine) => {
    const machine =
      engine === 'fast' ? three.machine : (three.machine as never as { stock: typeof three.machine }).stock
    const ref = await inB()
    const live = ref.getSnapshot()
    const { value, context } = live
    ref.stop()
    for (const snapshot of [live, machine.resolveState({ value, context } as never)]) {
      calls.length = 0
      expect(await toPromise(createActor(machine, { snapshot: snapshot as never, input: 0 }).start())).toBe(4)
      expect(calls).toEqual(['three.b', 'three.c'])
    }
  })

  test('goes on from a state that is left at once', async () => {
    const ref = await inB()
    const { context } = ref.getSnapshot()
    ref.stop()
    const resolved = three.machine.resolveState({ value: { running: 'b' }, context } as never)
    expect(await toPromise(createActor(three.machine, { snapshot: resolved as never, input: 0 }).start())).toBe(4)
  })

  test('of another chart, or with data of another state, is refused', async () => {
    const ref = await inB()
    const { value, context } = ref.getSnapshot()
    ref.stop()
    const wrong = [
      three.machine.resolveState({ value: { running: { c: 'running' } }, context } as never),
      three.machine.resolveState({ value, context: {} } as never),
      three.as('other').machine.resolveState({ value: 'complete', context } as never),
    ]
    for (const snapshot of wrong) {
      const actor = createActor(three.machine, { snapshot: snapshot as never, input: 0 })
      await expect(toPromise(actor.start())).rejects.toMatchObject({ code: 'snapshot_mismatch' })
    }
  })

  test('of a map goes on with the items that have not ended', async () => {
    const seen: number[] = []
    const items = map({
      name: 'items',
      each: fn({
        name: 'each',
        run: async (n: number) => (seen.push(n), n === 1 && seen.length < 3 ? hang.run(n) : n),
      }),
    })
    const ref = items.start([0, 1])
    await setTimeout(2)
    const live = ref.getSnapshot()
    expect(await toPromise(createActor(items.machine, { snapshot: live as never, input: [] }).start())).toEqual([0, 1])
    expect(seen).toEqual([0, 1, 1])
    ref.stop()
  })
})

test('a run that was stopped before it was saved says so', async () => {
  const wait = receive({ name: 'wait', events: { GO: z.object({}) } })
  const ref = wait.start(undefined)
  ref.stop()
  const restored = createActor(wait.machine, { snapshot: ref.getPersistedSnapshot(), input: undefined })
  await expect(toPromise(restored.start())).rejects.toMatchObject({
    code: 'snapshot_mismatch',
    message: expect.stringContaining('save it before stop()'),
  })
})

test('what a provided action failed with comes back as a PipelineError', async () => {
  const broken = () => {
    throw new RangeError('own action')
  }
  const leaf = fn({ name: 'leaf', run: async () => 1 })
  const machine = leaf.machine.provide({ actions: { 'leaf#keep': broken } } as never)
  const ref = createActor(machine, { input: undefined as never })
  ref.subscribe({ error: () => {} })
  ref.start()
  await setTimeout(2)
  expect(ref.getSnapshot().status).toBe('error')
  const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
  const again = createActor(machine, { snapshot, input: undefined as never })
  const ending = toPromise(again)
  again.start()
  await expect(ending).rejects.toMatchObject({ name: 'PipelineError', cause: { message: 'own action' } })
})

test('an actor of the user’s that had ended, and of which the run had not heard, begins anew', async () => {
  const own = actor({ name: 'own', logic: fromPromise<string, string>(async ({ input }) => `${input}!`) })
  const ref = own.start('in')
  const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
  ref.stop()
  snapshot.children.own.snapshot = { status: 'done', output: 'wrong' }
  expect(await toPromise(createActor(own.machine, { snapshot, input: '' }).start())).toBe('in!')
})

describe('an edited snapshot is refused', () => {
  let calls: unknown[] = []
  const failing = (ctx: RunContext) => {
    if (ctx.attempt === 1 || calls.length > 50) throw new Error('down')
  }
  const retry = { attempts: 3, backoff: { initial: 20_000 } }
  const small = z.object({ n: z.number().max(10) })
  const leaf = fn({ name: 'leaf', input: small, retry, run: (i, ctx) => (failing(ctx), calls.push(i), i) })
  const asks = receive({ name: 'asks', events: { GO: z.object({}) } })
  const processed = fn({
    name: 'processed',
    output: z.number(),
    run: () => 1,
    processOutput: (n) => (calls.push(n), new Promise<number>(() => {})),
  })

  const pipelines: [what: string, fn: AnyFn, input: unknown, edit: (frame: Record<string, unknown>) => void][] = [
    ['the input of a function that waits to be tried again', leaf, { n: 1 }, (frame) => (frame.input = { n: 9999 })],
    [
      'of a composite that begins anew',
      flow({
        name: 'it',
        input: small,
        retry,
        steps: (s) => s.step('one', (_) => (failing({ attempt: 1 } as never), 1)),
      }),
      { n: 1 },
      (frame) => (frame.input = { n: 9999 }),
    ],
    ['one attempt too many', leaf, { n: 1 }, (frame) => (frame.attempt = 3)],
    ['no events to wait for', asks, 1, (frame) => delete frame.waitsFor],
    ['other events to wait for', asks, 1, (frame) => (frame.waitsFor = ['NO'])],
    ['an output that its schema rejects', processed, 1, (frame) => (frame.value = { evil: 1 })],
  ]

  test.each(pipelines)('%s', async (_, pipeline, input, edit) => {
    for (const engine of ['fast', 'stock'] as const) {
      calls = []
      const snapshot = JSON.parse(await saved(pipeline, input, engine))
      const count = calls.length
      edit(snapshot.context.slots[0][0])
      const machine = pipeline.machine as never as { stock: typeof pipeline.machine }
      const restored = createActor(engine === 'stock' ? machine.stock : pipeline.machine, { snapshot } as never)
      await expect(toPromise(restored.start())).rejects.toMatchObject({ code: 'snapshot_mismatch' })
      expect(calls).toHaveLength(count)
    }
  })
})

describe('whatever a state invokes goes on, or begins anew, from a snapshot of this process', () => {
  const slow = fn({
    name: 'slow',
    run: async (n: number) => {
      await setTimeout(10)
      return n + 1
    },
  })
  const machine = setup({
    types: { input: {} as number, context: {} as { n: number } },
    actors: { ask: fromPromise<number, number>(async ({ input }) => (await setTimeout(10), input + 1)) },
  }).createMachine({
    context: ({ input }) => ({ n: input }),
    initial: 'asking',
    states: {
      asking: {
        invoke: {
          src: 'ask',
          input: ({ context }) => context.n,
          onDone: { target: 'done', actions: assign({ n: ({ event }) => event.output }) },
        },
      },
      done: { type: 'final' },
    },
    output: ({ context }) => context.n,
  })
  const tool = fn({
    name: 'tool',
    description: 'Takes its time.',
    input: z.object({ n: z.number() }),
    run: async ({ n }) => (await setTimeout(10), n),
  })
  const model = async ({ messages }: { messages: readonly { role: string }[] }) =>
    messages.at(-1)?.role === 'tool'
      ? ({ role: 'assistant', content: 'Done.' } as const)
      : ({
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'tool', arguments: '{"n":1}' } }],
        } as const)

  const pipelines: [what: string, fn: AnyFn, input: unknown, output: unknown][] = [
    ['a map', map({ name: 'it', each: slow }), [1, 2], [2, 3]],
    ['a map in a map', map({ name: 'it', each: map({ name: 'in', each: slow }) }), [[1], [2]], [[2], [3]]],
    ['a pipeline in an actor', actor({ name: 'it', logic: slow.machine }), 1, 2],
    ['a machine of the user’s', actor({ name: 'it', logic: machine }), 1, 2],
    ['a tool of an agent', agent({ name: 'it', model: model as never, tools: [tool] }), 'Go', 'Done.'],
  ]

  test.each(pipelines)('%s', async (_, pipeline, input, output) => {
    const { machine } = pipeline
    for (const each of [machine, (machine as unknown as { stock: typeof machine }).stock]) {
      const first = createActor(each, { input } as never).start()
      await setTimeout(4)
      const live = first.getSnapshot()
      const { value, context } = live
      const going = createActor(each, { snapshot: live } as never).start()
      expect(await toPromise(going)).toEqual(output)
      first.stop()
      for (const snapshot of [live, { ...live }, each.resolveState({ value, context } as never)]) {
        expect(await toPromise(createActor(each, { snapshot } as never).start())).toEqual(output)
      }
    }
  })

  test('a final state that resolveState makes is done', async () => {
    const actor = slow.start(1)
    await toPromise(actor)
    const { value, context } = actor.getSnapshot()
    const again = createActor(slow.machine, {
      snapshot: slow.machine.resolveState({ value, context } as never),
      input: 0,
    })
    again.start()
    expect(again.getSnapshot()).toMatchObject({ status: 'done', output: 2 })
  })
})

test('a run that is saved in the midst of a step goes on from there', async () => {
  const calls: string[] = []
  const add = (name: string) => fn({ name, run: async (n: number, { path }) => (calls.push(path), n + 1) })
  const inner = chain({ name: 'inner', children: [add('a'), add('b')] })
  const failing = fn({
    name: 'failing',
    retry: { attempts: 2, backoff: { initial: 1 } },
    run: async (n: number, { attempt }) => {
      if (attempt === 1) throw new Error('once')
      return n
    },
  })
  const outer = chain({
    name: 'outer',
    children: [
      actor({ name: 'in', logic: inner.machine }),
      failing,
      (n: number) => [n, n],
      map({ name: 'm', each: add('c') }),
    ],
  })
  const saves = new Set<string>()
  const runs: ReturnType<typeof outer.start>[] = []
  const inspect = () => {
    for (const run of runs) {
      if (run.getSnapshot().status === 'active') saves.add(JSON.stringify(run.getPersistedSnapshot()))
    }
  }
  const run = outer.start(1, { inspect })
  runs.push(run)
  expect(await toPromise(run)).toEqual([4, 4])
  expect(saves.size).toBeGreaterThan(10)
  for (const text of saves) {
    const snapshot = JSON.parse(text) as Snapshot<unknown>
    expect(await toPromise(createActor(outer.machine, { snapshot, input: 0 }).start()), text).toEqual([4, 4])
  }
})

test('a toJSON that is not listed among the keys is no data', async () => {
  const hidden = (value: object) => Object.defineProperty(value, 'toJSON', { value: () => 1 })
  for (const value of [hidden({ amount: 100 }), hidden([1])]) {
    await expect(saved(hang as never, value)).rejects.toThrow(/hang holds .* with toJSON\(\) at input/)
  }
})

describe('what is legitimate is not refused', () => {
  const slow = async <T>(value: T): Promise<T> => {
    await setTimeout(10)
    return value
  }
  const text = z
    .number()
    .optional()
    .transform((n) => String(n ?? 0))
  const load = (work: () => Promise<unknown>) =>
    setup({ actors: { load: fromPromise(work), wait: fromPromise(() => setTimeout(20)) } }).createMachine({
      context: { v: 0 as unknown },
      invoke: {
        src: 'load',
        id: 'load',
        onDone: { actions: assign({ v: ({ event }) => event.output }) },
        onError: { actions: assign({ v: 9 }) },
      },
      initial: 'a',
      states: { a: { invoke: { src: 'wait', onDone: 'b' } }, b: { type: 'final' } },
      output: ({ context }) => context.v,
    })
  const failing = async () => {
    throw new Error('q')
  }

  test.each<[string, AnyFn, unknown, unknown]>([
    ['undefined as an input that a schema takes', fn({ name: 'a', input: text, run: slow }), undefined, '0'],
    [
      'undefined as an item',
      map({ name: 'm', each: async (x: unknown) => slow(x ?? 'none') }),
      [undefined, 1],
      ['none', 1],
    ],
    [
      'undefined in a list that a schema takes',
      fn({ name: 'a', input: z.array(z.number().optional()), run: async (list) => slow(list.length) }),
      [1, undefined],
      2,
    ],
    [
      'an output of nothing that the next one takes',
      chain({
        name: 'c',
        children: [
          map({ name: 'm', each: () => {} }),
          fn({ name: 'x', input: z.array(z.void()), run: async (l) => slow(l.length) }),
        ],
      }) as never,
      [1, 2],
      2,
    ],
    [
      'a machine that stays where it is when its actor ends',
      actor({ name: 'u', logic: load(async () => 7) }) as never,
      1,
      7,
    ],
    ['or fails', actor({ name: 'u', logic: load(failing) }) as never, 1, 9],
  ])('%s', async (_, pipeline, input, output) => {
    const ref = pipeline.start(input)
    await setTimeout(4)
    const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
    ref.stop()
    expect(await toPromise(createActor(pipeline.machine, { snapshot } as never).start())).toEqual(output)
  })

  test('a second restart after an attempt failed, where what came in was no data', async () => {
    const it = fn({
      name: 'it',
      input: z.date().transform((date) => date.toISOString()),
      retry: { attempts: 3, backoff: { initial: 5 } },
      run: async (iso, { attempt }) => {
        await setTimeout(10)
        if (attempt === 1) throw new Error('once')
        return iso
      },
    })
    let ref = it.start(new Date(0))
    for (let restart = 0; restart < 3; restart++) {
      await setTimeout(14)
      const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
      ref.stop()
      ref = createActor(it.machine, { snapshot, input: new Date(0) }).start() as typeof ref
    }
    expect(await toPromise(ref)).toBe('1970-01-01T00:00:00.000Z')
  })

  test('fewer items at a time than ran when it was saved', async () => {
    const of = (concurrency: number) => map({ name: 'm', concurrency, each: slow<number> })
    const ref = of(2).start([1, 2, 3])
    await setTimeout(4)
    const snapshot = JSON.parse(JSON.stringify(ref.getPersistedSnapshot()))
    ref.stop()
    expect(await toPromise(createActor(of(1).machine, { snapshot, input: [] }).start())).toEqual([1, 2, 3])
  })

  test('logic of the user’s inside an item that was saved as it ended', async () => {
    const each = actor({ name: 'p', logic: fromPromise<number, number>(async ({ input }) => input + 1) })
    const all = map({ name: 'm', each })
    const saves = new Set<string>()
    const runs: ReturnType<typeof all.start>[] = []
    const inspect = () => {
      for (const run of runs) {
        if (run.getSnapshot().status === 'active') saves.add(JSON.stringify(run.getPersistedSnapshot()))
      }
    }
    runs.push(all.start([1], { inspect }))
    await toPromise(runs[0]!)
    expect(saves.size).toBeGreaterThan(2)
    for (const save of saves) {
      const snapshot = JSON.parse(save) as Snapshot<unknown>
      expect(await toPromise(createActor(all.machine, { snapshot, input: [] }).start()), save).toEqual([2])
    }
  })
})

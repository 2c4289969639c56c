import {
  actor,
  agent,
  type AnyFn,
  chain,
  fn,
  map,
  parallel,
  receive,
  type RefusedEvent,
  type Wait,
  waits,
} from 'tinyllm'
import { type AnyActorRef, type AnyStateMachine, createActor, setup, toPromise, waitFor } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

const OK = z.object({ v: z.number() })
const ask = receive({ name: 'ask', events: { OK } })
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const pathsOf = (list: readonly Wait[]) => list.map(({ path }) => path)

type Run = AnyActorRef & { getSnapshot(): any; getPersistedSnapshot(): object }
type Machine = AnyStateMachine & { stock: AnyStateMachine }

describe.each(['fast', 'stock'] as const)('an event from outside, on the %s engine', (engine) => {
  const begin = (fn: unknown, options: object): { run: Run; refused: RefusedEvent[] } => {
    const { machine } = fn as { machine: Machine }
    const run = createActor(engine === 'stock' ? machine.stock : machine, options as never) as unknown as Run
    const refused: RefusedEvent[] = []
    run.on('refused' as never, ((event: RefusedEvent) => refused.push(event)) as never)
    run.subscribe({ error: () => {} })
    run.start()
    return { run, refused }
  }
  const waiting = async (run: Run, count: number): Promise<Wait[]> => {
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(count))
    return waits(run.getSnapshot())
  }

  test('reaches an item of a map by its path, and only that', async () => {
    const { run, refused } = begin(map({ name: 'm', each: ask }), { input: ['a', 'b', 'c'] })
    const list = await waiting(run, 3)
    expect(list.map(({ path, input }) => [path, input])).toEqual([
      ['m[0].ask', 'a'],
      ['m[1].ask', 'b'],
      ['m[2].ask', 'c'],
    ])
    run.send({ type: 'OK', v: 2, path: 'm[1].ask' })
    expect(pathsOf(waits(run.getSnapshot()))).toEqual(['m[0].ask', 'm[2].ask'])
    run.send({ type: 'OK', v: 1, path: 'm[0].ask' })
    // The only one left needs no path.
    expect(run.getSnapshot().can({ type: 'OK', v: 3 })).toBe(true)
    run.send({ type: 'OK', v: 3 })
    expect(refused).toEqual([])
    expect(await toPromise(run)).toEqual([1, 2, 3].map((v) => ({ type: 'OK', v })))
  })

  test('is waited for by the tag of the run, too, wherever the wait is', async () => {
    const late = chain({ name: 'c', children: [fn({ name: 'late', run: async (n: number) => n }), ask] })
    const { run } = begin(map({ name: 'm', each: late }), { input: [1] })
    expect(run.getSnapshot().hasTag('waiting')).toBe(false)
    await waitFor(run as never, (state: { hasTag(tag: string): boolean }) => state.hasTag('waiting'))
    run.send({ type: 'OK', v: 1 })
    expect(run.getSnapshot().hasTag('waiting')).toBe(false)
    await toPromise(run)
  })

  test('reaches items of items, also under a limit of how many run', async () => {
    const each = chain({ name: 'c', children: [fn({ name: 'one', run: (n: number) => n }), ask] })
    const inner = map({ name: 'inner', each, concurrency: 1 })
    const { run } = begin(map({ name: 'outer', each: inner }), { input: [[1], [2, 3]] })
    expect(pathsOf(await waiting(run, 2))).toEqual(['outer[0].inner[0].ask', 'outer[1].inner[0].ask'])
    run.send({ type: 'OK', v: 5, path: 'outer[1].inner[0].ask' })
    await vi.waitFor(() =>
      expect(pathsOf(waits(run.getSnapshot()))).toEqual(['outer[0].inner[0].ask', 'outer[1].inner[1].ask']),
    )
    run.send({ type: 'OK', v: 4, path: 'outer[0].inner[0].ask' })
    run.send({ type: 'OK', v: 6, path: 'outer[1].inner[1].ask' })
    expect(await toPromise(run)).toEqual([[4], [5, 6]].map((list) => list.map((v) => ({ type: 'OK', v }))))
  })

  const order = chain({ name: 'order', children: [fn({ name: 'price', run: (n: number) => n * 2 }), ask] })
  const app = (logic: AnyStateMachine) =>
    setup({ actors: { order: logic } }).createMachine({
      id: 'app',
      initial: 'works',
      context: ({ input }: any) => ({ input }),
      states: {
        works: { invoke: { src: 'order', id: 'order', input: ({ context }: any) => context.input, onDone: 'ends' } },
        ends: { type: 'final' },
      },
    } as never)

  test.each([
    ['an actor', () => actor({ name: 'own', logic: order.machine }), 'all.own.order.ask'],
    [
      'a machine of the user inside an actor',
      () => actor({ name: 'own', logic: app(order.machine as never) as never }),
      'all.own.order.ask',
    ],
    [
      'an actor in an item',
      () => map({ name: 'm', each: actor({ name: 'own', logic: order.machine }) }),
      'all.m[0].own.order.ask',
    ],
  ])('reaches a pipeline in %s', async (_, make, path) => {
    const part = make() as unknown as AnyFn
    const input = path.includes('m[0]') ? [3] : 3
    const { run, refused } = begin(chain({ name: 'all', children: [part] as never }), { input })
    expect(pathsOf(await waiting(run, 1))).toEqual([path])
    expect(run.getSnapshot().can({ type: 'OK', v: 1 })).toBe(true)
    expect(run.getSnapshot().can({ type: 'OK', v: 'x' })).toBe(false)
    run.send({ type: 'OK', v: 'x' })
    expect(refused).toMatchObject([{ code: 'invalid', path }])
    run.send({ type: 'OK', v: 1, path })
    await toPromise(run)
  })

  const speaker =
    (calls: readonly [name: string, input: object][]) =>
    async ({ messages }: { messages: readonly any[] }) => {
      const last = messages.at(-1)
      if (last.role === 'tool')
        return `${messages
          .filter(({ role }) => role === 'tool')
          .map(({ content }) => content)
          .join(' | ')}`
      return {
        role: 'assistant' as const,
        content: null,
        tool_calls: calls.map(([name, input], index) => ({
          id: `c${index}`,
          type: 'function' as const,
          function: { name, arguments: JSON.stringify(input) },
        })),
      }
    }
  const askUser = receive({
    name: 'askUser',
    description: 'Asks the user.',
    input: z.object({ question: z.string() }),
    events: { ANSWER: z.object({ text: z.string() }) },
  })

  test('reaches a tool that is a receive, or holds one', async () => {
    const form = chain({
      name: 'form',
      description: 'Fills a form.',
      children: [askUser, ({ text }: { text: string }) => text],
    })
    const desk = agent({
      name: 'desk',
      model: speaker([
        ['askUser', { question: 'Why?' }],
        ['form', { question: 'Who?' }],
      ]) as never,
      tools: [askUser, form],
    })
    const { run } = begin(desk, { input: 'Hi' })
    const list = await waiting(run, 2)
    expect(list.map(({ path, input }) => [path, input])).toEqual([
      ['desk.act[c0].askUser', { question: 'Why?' }],
      ['desk.act[c1].form.askUser', { question: 'Who?' }],
    ])
    run.send({ type: 'ANSWER', text: 'Ada', path: 'desk.act[c1].form.askUser' })
    run.send({ type: 'ANSWER', text: 'because', path: 'desk.act[c0].askUser' })
    expect(await toPromise(run)).toBe('{"text":"because","type":"ANSWER"} | Ada')
  })

  test('reaches the approvals of an agent that is a tool of an agent, under a map', async () => {
    const paid: number[] = []
    const pay = fn({
      name: 'pay',
      description: 'Pays.',
      input: z.object({ n: z.number() }),
      run: ({ n }) => (paid.push(n), n),
    })
    const payer = agent({
      name: 'payer',
      description: 'Pays.',
      model: speaker([['pay', { n: 7 }]]) as never,
      tools: [pay],
      approve: true,
    })
    const boss = agent({ name: 'boss', model: speaker([['payer', { input: 'Pay 7' }]]) as never, tools: [payer] })
    const { run, refused } = begin(map({ name: 'many', each: boss }), { input: ['a', 'b'] })
    const list = await waiting(run, 2)
    expect(pathsOf(list)).toEqual(['many[0].act[c0].payer.act[c0].pay', 'many[1].act[c0].payer.act[c0].pay'])
    expect(list[0]).toMatchObject({ input: { n: 7 }, call: { id: 'c0', name: 'pay', turn: 1 } })
    run.send({ type: 'APPROVE', id: 'c0' })
    expect(refused).toMatchObject([{ code: 'ambiguous' }])
    run.send({ type: 'APPROVE', id: 'c0', path: 'many[0].act[c0].payer.act[c0].pay', arguments: { n: 5 } })
    // The path of the agent that asks is as good.
    run.send({ type: 'REJECT', path: 'many[1].act[c0].payer', reason: 'too much' })
    expect(await toPromise(run)).toEqual([
      'A person changed the arguments of this call to {"n":5}. 5',
      'A person rejected this call. Their reason: too much',
    ])
    expect(paid).toEqual([5])
  })

  test('is answered after a restore, by what the saved run says alone', async () => {
    const many = chain({ name: 'all', children: [map({ name: 'm', each: map({ name: 'n', each: ask }) })] })
    const first = begin(many, { input: [[1, 2], [3]] })
    const live = await waiting(first.run, 3)
    first.run.send({ type: 'OK', v: 1, path: 'all.m[0].n[1].ask' })
    const saved = json(first.run.getPersistedSnapshot())
    first.run.stop()
    const left = waits(saved)
    expect(left).toEqual(live.filter(({ path }) => path !== 'all.m[0].n[1].ask'))
    expect(left[0]?.events.OK).toMatchObject({ properties: { v: { type: 'number' } }, required: ['v'] })
    // Each schema once, however many wait.
    expect(JSON.stringify(saved).split('"required"')).toHaveLength(2)

    const { run } = begin(many, { snapshot: saved })
    await waiting(run, 2)
    expect(waits(run.getSnapshot())).toEqual(left)
    for (const { path } of left) run.send({ type: 'OK', v: 2, path })
    const output = [[2, 1], [2]].map((list) => list.map((v) => ({ type: 'OK', v })))
    expect(await toPromise(run)).toEqual(output)
  })

  test('is taken or refused, each with its code, and the run is unharmed', async () => {
    const legal = receive({ name: 'legal', events: { SIGN: z.object({ by: z.string() }), OK } })
    const both = parallel({
      name: 'both',
      children: { m: map({ name: 'm', each: ask }), legal },
      inputs: { m: () => [1, 2] },
    })
    const { run, refused } = begin(both, { input: undefined })
    await waiting(run, 3)
    const before = JSON.stringify(run.getPersistedSnapshot())
    const cases: [event: object, code: string, path: string][] = [
      [{ type: 'HUH' }, 'unknown_type', 'both'],
      [{ type: 'OK', v: 1 }, 'ambiguous', 'both'],
      [{ type: 'OK', v: 1, path: 'both.m' }, 'ambiguous', 'both'],
      [{ type: 'OK', v: 1, path: 'both.m[2].ask' }, 'unknown_path', 'both.m[2].ask'],
      [{ type: 'OK', v: 1, path: 'both.n' }, 'unknown_path', 'both.n'],
      [{ type: 'OK', v: 1, path: 7 }, 'unknown_path', 'both'],
      [{ type: 'SIGN', by: 'Ada', path: 'both.m[0].ask' }, 'unknown_path', 'both.m[0].ask'],
      [{ type: 'OK', v: 'x', path: 'both.m[1].ask' }, 'invalid', 'both.m[1].ask'],
      [{ type: 'OK', v: 1, w: 2, path: 'both.m[1].ask' }, 'invalid', 'both.m[1].ask'],
      [{ type: 'SIGN' }, 'invalid', 'both.legal'],
      [{ type: 'SIGN', by: 'x'.repeat(10_000_000), extra: 1 }, 'invalid', 'both.legal'],
      [{}, 'invalid', 'both'],
      [{ type: '' }, 'invalid', 'both'],
      [{ type: '*' }, 'unknown_type', 'both'],
    ]
    for (const [event, code, path] of cases) {
      refused.length = 0
      expect(run.getSnapshot().can(event)).toBe(false)
      run.send(event as never)
      expect(refused).toMatchObject([{ type: 'refused', code, path }])
    }
    expect(JSON.stringify(run.getPersistedSnapshot())).toBe(before)
    run.send({ type: 'OK', v: 1, path: 'both.m[0].ask' })
    refused.length = 0
    run.send({ type: 'OK', v: 1, path: 'both.m[0].ask' })
    expect(refused).toMatchObject([{ code: 'not_now' }])
    // What was answered, or an item that has ended, is there all the same.
    refused.length = 0
    run.send({ type: 'OK', v: 1, path: 'both.m[0]' })
    expect(refused).toMatchObject([{ code: 'not_now', path: 'both.m[0]' }])
    for (const none of [null, undefined, 'OK', 5]) expect(run.getSnapshot().can(none)).toBe(false)
    run.stop()
  })
})

describe('an event to a run begun with start()', () => {
  const codesOf = (run: { on(type: 'refused', handler: (event: RefusedEvent) => void): unknown }) => {
    const codes: string[] = []
    run.on('refused', ({ code }) => codes.push(code))
    return codes
  }

  test('may be anything: what is no event is refused', async () => {
    const run = chain({ name: 'c', children: [ask] }).start(1)
    const codes = codesOf(run)
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
    const unreadable = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
      },
    )
    const none = [
      null,
      undefined,
      'OK',
      5,
      {},
      { type: 5 },
      unreadable,
      { type: 'xstate.done.actor.c.ask', output: 1 },
      { type: 'xstate.stop' },
      { type: 'tinyllm.other' },
    ]
    for (const event of none) run.send(event as never)
    expect(codes).toHaveLength(none.length)
    expect(new Set(codes)).toEqual(new Set(['invalid', 'unknown_type']))
    run.send({ type: 'OK', v: 1 })
    expect(await toPromise(run)).toEqual({ type: 'OK', v: 1 })
  })

  test('is read once: what it says when it is judged is what is taken', async () => {
    const run = ask.start(1)
    const codes = codesOf(run)
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
    let reads = 0
    const changing = (read: () => unknown) => ({ type: 'OK', get v() { return ++reads > 1 ? 'other' : read() } }) // prettier-ignore
    const type = { get type() { if (++reads > 1) throw new Error('no'); return 'OK' }, v: 1 } // prettier-ignore
    run.send(changing(() => 'x') as never)
    expect(codes).toEqual(['invalid'])
    reads = 0
    run.send(type as never)
    expect(await toPromise(run)).toEqual({ type: 'OK', v: 1 })
  })

  test.each([
    ['the root', ask, 1, 'ask'],
    ['an item', map({ name: 'm', each: ask }), [1], 'm[0].ask'],
    ['an item that is not the last', map({ name: 'm', each: ask, concurrency: 1 }), [1, 2], 'm[0].ask'],
    ['a pipeline inside', actor({ name: 'own', logic: ask.machine }), 1, 'own.ask'],
  ] as const)('is not lost where another one, sent at the same time, ends %s', async (_, fn, input, path) => {
    const run = (fn as unknown as typeof ask).start(input)
    const refused: RefusedEvent[] = []
    run.on('refused', (event) => refused.push(event))
    let isFirst = true
    run.on('waiting', () => {
      if (isFirst) for (const v of [1, 2, 3]) run.send({ type: 'OK', v, path })
      isFirst = false
    })
    await vi.waitFor(() => expect(refused).toHaveLength(2))
    expect(refused.map(({ code }) => code)).toEqual(['not_now', 'not_now'])
    run.stop()
  })

  test('that is ambiguous uses up no code either', async () => {
    const codes = new Set(['4711'])
    const CODE = z.object({ code: z.string().refine((code) => codes.delete(code)) })
    const run = map({ name: 'm', each: receive({ name: 'enter', events: { CODE } }) }).start([1, 2])
    const refused = codesOf(run)
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(2))
    run.send({ type: 'CODE', code: '4711' })
    run.send({ type: 'CODE', code: '4711', path: 'm[1].enter' })
    expect([refused, waits(run.getSnapshot()).map(({ path }) => path)]).toEqual([['ambiguous'], ['m[0].enter']])
    run.stop()
  })

  test('is refused where it comes after a stop in the same breath', async () => {
    const run = ask.start(1)
    const codes = codesOf(run)
    run.on('waiting', () => {
      run.stop()
      run.send({ type: 'OK', v: 1 })
    })
    await vi.waitFor(() => expect(codes).toEqual(['not_now']))
  })

  test('is asked of its schema once: a code that works one time is not used up', async () => {
    const codes = new Set(['4711'])
    const enter = receive({
      name: 'enter',
      events: { CODE: z.object({ code: z.string().refine((code) => codes.delete(code)) }) },
    })
    const run = map({ name: 'outer', each: map({ name: 'inner', each: enter }) }).start([[1]])
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
    run.send({ type: 'CODE', code: '4711' })
    expect(await toPromise(run)).toEqual([[{ type: 'CODE', code: '4711' }]])
  })

  test('is refused after its end', async () => {
    const run = ask.start(1)
    const codes = codesOf(run)
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
    run.send({ type: 'OK', v: 1 })
    await toPromise(run)
    run.send({ type: 'OK', v: 1 })
    expect(codes).toEqual(['not_now'])
  })

  test('a hundred thousand of them leave nothing behind', async () => {
    const run = map({ name: 'm', each: ask }).start([1, 2, 3])
    let count = 0
    run.on('refused', () => count++)
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(3))
    const before = JSON.stringify(run.getPersistedSnapshot())
    for (let index = 0; index < 100_000; index++) run.send({ type: 'OK', v: index })
    expect(count).toBe(100_000)
    expect(JSON.stringify(run.getPersistedSnapshot())).toBe(before)
    run.stop()
  })
})

describe('waits()', () => {
  test('knows since when, by the clock of the actor, also after a restore', async () => {
    vi.useFakeTimers({ now: 1000 })
    try {
      const run = createActor(ask.machine, { input: 1 as never }).start()
      await vi.advanceTimersByTimeAsync(10)
      const [wait] = waits(run.getSnapshot())
      const saved = json(run.getPersistedSnapshot())
      run.stop()
      await vi.advanceTimersByTimeAsync(5000)
      const again = createActor(ask.machine, { snapshot: saved } as never).start()
      expect(waits(again.getSnapshot())).toEqual([wait])
      expect(wait?.since).toBe(1000)
      again.stop()
    } finally {
      vi.useRealTimers()
    }
  })

  test('lists those of pipelines that a machine of the user invokes, as each calls them', async () => {
    const app = setup({ actors: { ask: ask.machine } }).createMachine({
      id: 'app',
      initial: 'works',
      states: { works: { invoke: { src: 'ask', id: 'ask', input: 1 as never } } },
    } as never)
    const run = createActor(app).start()
    await vi.waitFor(() => expect(pathsOf(waits(run.getSnapshot()))).toEqual(['ask']))
    expect(pathsOf(waits(json(run.getPersistedSnapshot())))).toEqual(['ask'])
    run.stop()
  })

  test('of a damaged wait are what is left of it', async () => {
    const run = ask.start('about')
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(1))
    const saved = json(run.getPersistedSnapshot()) as any
    run.stop()
    saved.children['ask#waiting'].snapshot.input.events = null
    expect(waits(saved)).toMatchObject([{ path: 'ask', events: { OK: {} }, input: 'about' }])
    delete saved.children['ask#waiting'].snapshot.input
    expect(waits(saved)).toEqual([{ path: 'ask', events: { OK: {} }, input: 'about', since: 0 }])
  })

  test('is empty where nothing waits, and says what it takes', async () => {
    const run = fn({ name: 'f', run: () => 1 }).start(undefined)
    expect(waits(run.getSnapshot())).toEqual([])
    await toPromise(run)
    expect(waits(json(run.getPersistedSnapshot()))).toEqual([])
    expect(() => waits(run as never)).toThrow('waits() takes the snapshot of a run')
    expect(() => waits(null as never)).toThrow('waits() takes the snapshot of a run')
  })

  test.each([
    {},
    { status: 'active' },
    { status: 'active', context: 5, children: null },
    { status: 'active', children: { a: 5 } },
  ])('finds nothing in a damaged snapshot %j', (damaged) => {
    if ('status' in damaged) expect(waits(damaged)).toEqual([])
    else expect(() => waits(damaged)).toThrow(TypeError)
  })
})

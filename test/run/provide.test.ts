import { inspect } from 'node:util'
import {
  actor,
  agent,
  type AnyFn,
  chain,
  type ChatModel,
  decision,
  fallback,
  flow,
  fn,
  key,
  type Key,
  llmCall,
  loop,
  map,
  parallel,
  PipelineError,
  type Provided,
  provided,
  receive,
  type RunContext,
  type RunOptions,
} from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { assign, createActor, createMachine, fromPromise, setup, toPromise } from 'xstate'
import { z } from 'zod'

const user = key<string>('user')
const db = key<{ find(id: string): string }>('db')
const who = fn({ name: 'who', run: (_: unknown, ctx) => ctx.get(user) })
const asked = async (pipeline: AnyFn, options: RunOptions, input: unknown = 1) =>
  JSON.stringify(await pipeline.run(input, options))
const any = (value: unknown) => value as never

/** A model that calls a tool once, and answers with what that said. */
const calling =
  (name: string, input: object): ChatModel =>
  async ({ messages }) => {
    const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    if (results.length > 0) return { role: 'assistant', content: results.join() }
    const called = { name, arguments: JSON.stringify(input) }
    return { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: called }] }
  }
const whoTool = fn({
  name: 'whoTool',
  description: 'Who asks.',
  input: z.object({}),
  run: (_, ctx) => ctx.get(user),
})
const helper = agent({ name: 'helper', description: 'Helps.', model: calling('whoTool', {}), tools: [whoTool] })
/** A machine of an app, in which one of tinyllm runs. */
const foreign = setup({ actors: { who: who.machine }, types: {} as { output: string } }).createMachine({
  id: 'foreign',
  initial: 'asking',
  context: { said: '' },
  states: {
    asking: {
      invoke: {
        src: 'who',
        input: 1,
        onDone: { target: 'told', actions: assign({ said: ({ event }) => event.output }) },
      },
    },
    told: { type: 'final' },
  },
  output: ({ context }) => (context as { said: string }).said,
})

const places: Record<string, AnyFn> = {
  'a function': who,
  'a chain': chain({ name: 'c', children: [who] }) as AnyFn,
  'a flow': flow({ name: 'f', input: z.number(), steps: (s) => s.step(who) }) as AnyFn,
  'a region': parallel({ name: 'p', children: { who } }) as AnyFn,
  'a decision': decision({ name: 'd', decide: (_: unknown, ctx) => ctx.get(user), branches: { Ada: who } }),
  'a fallback': fallback({ name: 'f', children: [() => Promise.reject(new Error('no')), who] }) as AnyFn,
  'a loop': loop({ name: 'l', body: who, until: () => true, maxIterations: 1 }) as AnyFn,
  'an item': chain({ name: 'c', children: [() => [1, 2], map({ name: 'm', each: who })] }) as AnyFn,
  'an item of an item': chain({
    name: 'c',
    children: [() => [[1], [2]], map({ name: 'outer', each: map({ name: 'inner', each: who }) })],
  }) as AnyFn,
  'a tool': helper,
  'a tool of an agent that is a tool': agent({
    name: 'boss',
    model: calling('helper', { input: 'who?' }),
    tools: [helper],
  }),
  'the model of an agent': agent({
    name: 'a',
    model: async (_, ctx) => ({ role: 'assistant', content: ctx.get(user) }),
    tools: [],
  }),
  "llmCall's own model": llmCall({ name: 'l', model: async (_: unknown, ctx: RunContext) => ctx.get(user) }),
  'an agent whose model is an llmCall': agent({
    name: 'a',
    model: llmCall({ name: 'l', model: async (_: unknown, ctx: RunContext) => ctx.get(user) }),
    tools: [],
  }),
  'what processes an output': fn({ name: 'f', run: () => 1, processOutput: (_, ctx) => ctx.get(user) }),
  'what a leaf runs': fn({ name: 'f', run: (_: unknown, ctx) => ctx.run(who, 1) }),
  'what a leaf runs, with items': fn({
    name: 'f',
    run: (_: unknown, ctx) => ctx.run(map({ name: 'm', each: who }), [1]),
  }),
  'a function that runs another': fn({ name: 'f', run: who.run }) as AnyFn,
  'another attempt': fn({
    name: 'f',
    retry: { attempts: 2, backoff: { initial: 1 } },
    run: (_: unknown, ctx) => (ctx.attempt === 1 ? Promise.reject(new Error('busy')) : ctx.get(user)),
  }),
  'a machine in an actor': actor({ name: 'a', logic: who.machine }),
  'a machine in a machine of an app in an actor': actor({ name: 'a', logic: foreign }) as AnyFn,
  'a machine that logic of the user starts': actor({
    name: 'a',
    logic: fromPromise(({ self }) => toPromise(createActor(who.machine, { input: 1, parent: self }).start())),
  }) as AnyFn,
  'a replacement': chain({ name: 'c', children: [fn({ name: 'x', run: () => 'x' })] }).override('c.x', who) as AnyFn,
  'a function under another name': who.as('other'),
  'a copy of the context': fn({ name: 'f', run: (_: unknown, ctx) => ({ ...ctx }).get(user) }),
  'the context in parts': fn({ name: 'f', run: (_: unknown, { get }) => get(user) }),
}
const inputs: Record<string, unknown> = { 'a tool': 'who?', 'a tool of an agent that is a tool': 'who?' }
const inputOf = (place: string) => inputs[place] ?? (/model/.test(place) ? 'who?' : 1)

describe.each(Object.entries(places))('a value reaches %s', (place, pipeline) => {
  test.each(['fast', 'stock'] as const)('on the %s engine', async (engine) => {
    const options = { engine, provide: [user.with('Ada')] }
    expect(await asked(pipeline, options, inputOf(place))).toContain('Ada')
  })

  test('and there is none without', async () => {
    const result = await pipeline.safeRun(inputOf(place))
    expect(JSON.stringify(result)).toContain('the key user has no value')
  })
})

describe('a run is given values', () => {
  test('by run, safeRun, stream and start', async () => {
    const options = { provide: [user.with('Ada')] }
    expect(await who.run(1, options)).toBe('Ada')
    expect((await who.safeRun(1, options)).output).toBe('Ada')
    expect(await toPromise(who.start(1, options))).toBe('Ada')
    const events = []
    for await (const event of who.stream(1, options)) events.push(event)
    expect(events.at(-1)).toEqual({ type: 'output', output: 'Ada' })
  })

  test('of any type, several at a time', async () => {
    const orders = fn({ name: 'orders', run: (_: unknown, ctx) => ctx.get(db).find(ctx.get(user)) })
    expect(await orders.run(1, { provide: [db.with({ find: (id) => `of ${id}` }), user.with('Ada')] })).toBe('of Ada')
  })

  test.each([[undefined], [null], [false], [0]])('%s is a value', async (value) => {
    const some = key<unknown>('some')
    const get = fn({ name: 'get', run: (_: unknown, ctx) => [ctx.get(some)] })
    expect(await get.run(1, { provide: [some.with(value)] })).toEqual([value])
  })

  test('and a hundred at once never mix', async () => {
    const slow = fn({
      name: 'slow',
      run: async (n: number, ctx) => {
        await Promise.resolve()
        return ctx.get(user)
      },
    })
    const all = chain({
      name: 'all',
      children: [
        (n: number) => [n, n + 1, n + 2],
        map({ name: 'm', each: chain({ name: 'e', children: [slow, who] }) }),
      ],
    })
    const runs = Array.from({ length: 100 }, (_, n) => all.run(n, { provide: [user.with(`user ${n}`)] }))
    expect(await Promise.all(runs)).toEqual(runs.map((_, n) => [`user ${n}`, `user ${n}`, `user ${n}`]))
  })

  test('which the next run does not have', async () => {
    await who.run(1, { provide: [user.with('Ada')] })
    expect((await who.safeRun(1)).success).toBe(false)
    expect((await who.safeRun(1, { provide: [] })).success).toBe(false)
  })

  test('also where a list is changed later', async () => {
    const provide = [user.with('Ada')]
    const run = who.run(1, { provide })
    provide[0] = user.with('Eve')
    expect(await run).toBe('Ada')
  })
})

describe('a key without a value', () => {
  const errorOf = async (pipeline: AnyFn, options?: RunOptions) => (await pipeline.safeRun(1, options)).error

  test('is a failure that names the key and the leaf, and says what to do', async () => {
    const error = await errorOf(chain({ name: 'c', children: [who] }) as AnyFn)
    expect(error).toMatchObject({ code: 'run', path: 'c.who', state: 'running', attempts: 1 })
    expect(error?.message).toBe(
      'c.who failed while running: the key user has no value. Give the run one: run(input, { provide: [user.with(value)] }), or provided(machine, [user.with(value)]) where the machine is started or invoked. A restored run needs it again.',
    )
    expect(error?.message).not.toContain('undefined')
  })

  test('can be caught, as the error that it is', async () => {
    const guest = fn({
      name: 'guest',
      run: (_: unknown, ctx) => {
        try {
          return ctx.get(user)
        } catch (error) {
          expect(error).toBeInstanceOf(PipelineError)
          return `guest, ${(error as PipelineError).code} at ${(error as PipelineError).path}`
        }
      },
    })
    expect(await guest.run(1)).toBe('guest, run at guest')
  })

  test('is not tried again, by the leaf or by what is around it', async () => {
    let calls = 0
    const retry = { attempts: 3, backoff: { initial: 1 } }
    const leaf = fn({ name: 'leaf', retry, run: (_: unknown, ctx) => [calls++, ctx.get(user)] })
    await errorOf(chain({ name: 'c', retry, children: [leaf] }) as AnyFn)
    expect(calls).toBe(1)
  })

  test('in what processes an output says so', async () => {
    expect(await errorOf(places['what processes an output'] as AnyFn)).toMatchObject({ state: 'processingOutput' })
  })

  test('below a leaf is told of where it happened', async () => {
    expect(await errorOf(places['what a leaf runs'] as AnyFn)).toMatchObject({ path: 'f.who' })
  })

  test('tells of another key of that name', async () => {
    const error = await errorOf(who, { provide: [key<string>('user').with('Eve')] })
    expect(error?.message).toBe(
      "who failed while running: the key user has no value. Another key of that name has one: call key('user') once, and import the key where it is needed.",
    )
  })

  test('whose name is no word of a program is not written as one', async () => {
    const odd = key<string>('the user')
    const error = await errorOf(fn({ name: 'f', run: (_: unknown, ctx) => ctx.get(odd) }))
    expect(error?.message).toContain(
      'the key the user has no value. Give the run one: run(input, { provide: [key.with(value)] })',
    )
  })

  test.each([['user'], [undefined], [null], [{ ...user }], [user.with('Ada')], [Symbol('user')]])(
    'is not what is no key at all: %s',
    async (given) => {
      const error = await errorOf(fn({ name: 'f', run: (_: unknown, ctx) => ctx.get(any(given)) }))
      expect(error?.cause).toBeInstanceOf(TypeError)
      expect(error?.message).toMatch(/f: ctx.get takes a key, and was given .*\. Give what key\('name'\) returned\./)
    },
  )
})

describe('two keys of one name', () => {
  test('are two keys', async () => {
    const [one, other] = [key<number>('n'), key<number>('n')]
    const both = fn({ name: 'both', run: (_: unknown, ctx) => [ctx.get(one), ctx.get(other)] })
    expect(await both.run(1, { provide: [one.with(1), other.with(2)] })).toEqual([1, 2])
  })
})

describe('a mistake in the list', () => {
  const wrong: [string, unknown, RegExp][] = [
    [
      'no list',
      user.with('Ada'),
      /The run of who: provide is not an array but an object. Give an array of values for keys/,
    ],
    ['an object', { user: 'Ada' }, /provide is not an array/],
    ['null', null, /provide is not an array/],
    ['a value itself', ['sk-secret'], /provide\[0\] is not a value for a key but a string. Give db.with\(value\)/],
    ['a hole', [, user.with('Ada')], /provide\[0\] is not a value for a key/], // oxlint-disable-line no-sparse-arrays
    ['a key', [user.with('Ada'), db], /provide\[1\] is the key db without a value. Give db.with\(value\)/],
    ['a copy', [{ ...user.with('Ada') }], /provide\[0\] is not a value for a key/],
    ['two values', [user.with('Ada'), user.with('Eve')], /provide has two values for the key user. Give one./],
  ]

  test.each(wrong)('is one of the caller: %s', async (_, provide, message) => {
    const options = any({ provide })
    for (const act of [() => who.start(1, options), () => who.stream(1, options)]) {
      expect(act).toThrow(TypeError)
      expect(act).toThrow(message)
    }
    for (const act of [() => who.run(1, options), () => who.safeRun(1, options)]) {
      await expect(act()).rejects.toThrow(TypeError)
      await expect(act()).rejects.toThrow(message)
    }
    expect(() => provided(who.machine, any(provide))).toThrow(TypeError)
  })

  test('never shows a value', async () => {
    for (const provide of ['sk-secret', ['sk-secret'], [{ secret: 'sk-secret' }]]) {
      const error: unknown = await who.run(1, any({ provide })).catch((thrown: unknown) => thrown)
      expect(inspect(error)).toContain('provide')
      expect(inspect(error)).not.toContain('sk-')
    }
  })

  test.each([[who], [undefined], [{}], ['who']])('provided takes a machine, and not %s', (given) => {
    expect(() => provided(any(given), [])).toThrow(
      /provided takes a machine, and was given .*\. Give the machine of a function: provided\(pipeline\.machine/,
    )
  })

  test.each([[''], [undefined], [5]])('a key has a name, and not %s', (name) => {
    expect(() => key(any(name))).toThrow(/key: name is .*\. Give a non-empty string, such as key\('db'\)\./)
  })
})

describe('provided(machine, values)', () => {
  const ada = [user.with('Ada')]

  test('is for createActor', async () => {
    expect(await toPromise(createActor(provided(who.machine, ada), { input: 1 }).start())).toBe('Ada')
  })

  test('leaves the machine itself as it was', async () => {
    const machine = provided(who.machine, ada)
    expect(machine).not.toBe(who.machine)
    expect(machine.id).toBe('who')
    expect(machine.version).toBe(who.machine.version)
    expect((await who.safeRun(1)).success).toBe(false)
  })

  test('is for invoke in a machine of an app', async () => {
    const app = createMachine({
      initial: 'asking',
      context: { said: '' },
      states: {
        asking: {
          invoke: {
            src: provided(who.machine, ada),
            input: 1,
            onDone: { target: 'told', actions: assign({ said: ({ event }) => event.output }) },
          },
        },
        told: { type: 'final' },
      },
    })
    const run = createActor(app).start()
    await toPromise(run)
    expect(run.getSnapshot().context.said).toBe('Ada')
  })

  test('is for a machine of an app, whatever is made of it', async () => {
    const machine = provided(foreign, ada)
    expect(await toPromise(createActor(machine).start())).toBe('Ada')
    const again = machine.provide({ actions: {} })
    expect(await toPromise(createActor(again).start())).toBe('Ada')
    expect(await toPromise(createActor(again.provide({})).start())).toBe('Ada')
    expect(await toPromise(createActor(foreign.provide({ actors: { who: provided(who.machine, ada) } })).start())).toBe(
      'Ada',
    )
  })

  test('is for other logic', async () => {
    const logic = provided(
      fromPromise(({ self }) => toPromise(createActor(who.machine, { input: 1, parent: self }).start())),
      ada,
    )
    expect(await toPromise(createActor(logic).start())).toBe('Ada')
  })

  test('stays with what provide and the other engine make of it', async () => {
    const machine = provided(chain({ name: 'c', children: [(n: number) => n, who] }).machine, ada)
    for (const made of [machine.provide({}), (machine as unknown as { stock: typeof machine }).stock]) {
      expect(await toPromise(createActor(made, { input: 1 }).start())).toBe('Ada')
    }
  })

  test('adds to what it was given before, and the last one wins', async () => {
    const both = fn({ name: 'both', run: (_: unknown, ctx) => `${ctx.get(user)} ${ctx.get(db).find('1')}` })
    const one = provided(both.machine, [user.with('Ada'), db.with({ find: () => 'x' })])
    const two = provided(one, [user.with('Eve')])
    expect(await toPromise(createActor(two, { input: 1 }).start())).toBe('Eve x')
    expect(await toPromise(createActor(one, { input: 1 }).start())).toBe('Ada x')
  })

  test('wins over the run around it for its part', async () => {
    const both = fn({ name: 'both', run: (_: unknown, ctx) => `${ctx.get(user)} ${ctx.get(db).find('1')}` })
    const inner = actor({ name: 'inner', logic: provided(both.machine, [user.with('Eve')]) })
    const all = parallel({ name: 'all', children: { inner, outer: both } })
    for (const engine of ['fast', 'stock'] as const) {
      expect(await all.run(1, { engine, provide: [...ada, db.with({ find: () => 'x' })] })).toEqual({
        inner: 'Eve x',
        outer: 'Ada x',
      })
    }
  })
})

describe('a saved run', () => {
  const ask = receive({ name: 'ask', events: { GO: z.object({}) } })
  class Secret {
    readonly value = 'sk-secret'
  }
  const secret = key<Secret>('secret')
  const use = fn({ name: 'use', run: (_: unknown, ctx) => ctx.get(secret).value.length })
  const all = chain({
    name: 'all',
    children: [use, ask, () => [1, 2], map({ name: 'm', each: use }), fn({ name: 'end', run: (all: number[]) => all })],
  })

  test.each(['fast', 'stock'] as const)('holds none of the values, and needs them again: %s', async (engine) => {
    const seen: unknown[] = []
    const before = all.start(1, {
      engine,
      provide: [secret.with(new Secret())],
      inspect: ({ actorRef: _, rootId: __, ...event }) => void seen.push({ ...event, sourceRef: undefined }),
    })
    await expect.poll(() => before.getSnapshot().hasTag('waiting')).toBe(true)
    const saved = JSON.stringify(before.getPersistedSnapshot())
    before.stop()
    expect(saved).not.toContain('sk-')
    expect(JSON.stringify([before.getSnapshot(), before, all.machine])).not.toContain('sk-')
    expect(inspect(before.getSnapshot().context, { depth: null, showHidden: true })).not.toContain('sk-')
    expect(JSON.stringify(seen)).not.toContain('sk-')

    const snapshot = JSON.parse(saved)
    const machine = engine === 'stock' ? (all.machine as unknown as { stock: typeof all.machine }).stock : all.machine
    const after = createActor(provided(machine, [secret.with(new Secret())]), { snapshot, input: 1 }).start()
    after.send({ type: 'GO' })
    expect(await toPromise(after)).toEqual([9, 9])

    const without = createActor(machine, { snapshot, input: 1 }).start()
    const ended = toPromise(without)
    without.send({ type: 'GO' })
    await expect(ended).rejects.toMatchObject({ code: 'run', message: expect.stringContaining('the key secret') })
  })

  test('in the midst of its items goes on with them', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    let isOpen = false
    const slow = fn({
      name: 'slow',
      run: async (n: number, ctx) => {
        const { value } = ctx.get(secret)
        if (!isOpen && n > 1) await gate
        return `${n} ${value.length}`
      },
    })
    const each = map({ name: 'm', each: slow })
    const before = each.start([1, 2, 3], { provide: [secret.with(new Secret())] })
    await expect.poll(() => JSON.stringify(before.getPersistedSnapshot())).toContain('1 9')
    const saved = JSON.stringify(before.getPersistedSnapshot())
    before.stop()
    isOpen = true
    open()
    expect(saved).not.toContain('sk-')
    const snapshot = JSON.parse(saved)
    const after = createActor(provided(each.machine, [secret.with(new Secret())]), { snapshot, input: [] }).start()
    expect(await toPromise(after)).toEqual(['1 9', '2 9', '3 9'])
  })

  test('of an app has the machine with its values again', async () => {
    const invoked = (values: readonly Provided[]) =>
      setup({ actors: { all: provided(all.machine, values) } }).createMachine({
        initial: 'running',
        context: { said: [] as unknown },
        states: {
          running: {
            invoke: {
              id: 'all',
              src: 'all',
              input: 1,
              onDone: { target: 'told', actions: assign({ said: ({ event }) => event.output }) },
            },
          },
          told: { type: 'final' },
        },
      })
    const before = createActor(invoked([secret.with(new Secret())])).start()
    await expect.poll(() => before.getSnapshot().children.all?.getSnapshot().hasTag('waiting')).toBe(true)
    const saved = JSON.stringify(before.getPersistedSnapshot())
    before.stop()
    expect(saved).not.toContain('sk-')
    const after = createActor(invoked([secret.with(new Secret())]), { snapshot: JSON.parse(saved) }).start()
    after.getSnapshot().children.all?.send({ type: 'GO' })
    await toPromise(after)
    expect(after.getSnapshot().context.said).toEqual([9, 9])
  })

  test('a key and its values show nothing', () => {
    const shown = [secret.with(new Secret()), secret]
    expect(JSON.stringify(shown)).not.toContain('sk-')
    expect(inspect(shown, { depth: null, showHidden: true, getters: true })).not.toContain('sk-')
    expect(Object.isFrozen(secret)).toBe(true)
    expect(({ ...secret } as Key<Secret>).with(new Secret()).name).toBe('secret')
  })
})

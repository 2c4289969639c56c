import {
  actor,
  agent,
  type AnyFn,
  chain,
  fallback,
  fn,
  limit,
  llmCall,
  loop,
  map,
  parallel,
  type Policy,
  receive,
  type RunContext,
} from 'tinyllm'
import { check, coverPaths, diff, paths } from 'tinyllm/testing'
import { type AnyStateMachine, createActor, fromCallback, fromPromise, setup, SimulatedClock, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const settle = () => new Promise((resolve) => setTimeout(resolve, 1))
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const late = (path: string) => ({ code: 'timeout', path, message: expect.stringContaining('idle timeout of 100 ms') })
const idle: Policy = { timeout: { idle: 100 } }

type Fn = { machine: object }
/** A run on a simulated clock: `after` lets so many ms pass at once, and then what follows from that. */
function begin(fn: Fn, engine: string, rest: object = {}, at = 0) {
  const clock = new SimulatedClock()
  clock.set(at)
  const machine = engine === 'stock' ? (fn.machine as { stock?: object }).stock : fn.machine
  const run = createActor(machine as AnyStateMachine, { clock, input: 'in', ...rest } as never)
  const ended = toPromise(run.start())
  ended.catch(() => {})
  const after = async (ms: number) => {
    await settle()
    clock.increment(ms)
    await settle()
    return run.getSnapshot().status as string
  }
  return { run, ended, after, clock }
}

/** What a leaf waits for, and is told to do, from outside. */
function leaf(policy: Policy = idle, name = 'leaf') {
  const told: { emit: RunContext['emit']; end: (value: string) => void }[] = []
  const made = fn({
    name,
    ...policy,
    run: (_: unknown, { emit }: RunContext) => new Promise<string>((end) => told.push({ emit, end })),
  })
  return { fn: made, told, last: () => told.at(-1)! }
}

describe.each(['fast', 'stock'])('idle time, on the %s engine', (engine) => {
  test.each<[string, { type: string; [key: string]: unknown }]>([
    ['a token', { type: 'token', delta: 'a' }],
    ['reasoning', { type: 'reasoning', delta: 'a' }],
    ['progress', { type: 'progress', done: 1 }],
    ['usage', { type: 'usage', inputTokens: 1, outputTokens: 1 }],
    ['an event of its own', { type: 'own' }],
  ])('%s is a sign of life, and without one the attempt fails', async (_, event) => {
    const { fn, last } = leaf()
    const { ended, after } = begin(chain({ name: 'c', children: [fn] }), engine)
    for (let round = 0; round < 5; round++) {
      expect(await after(99)).toBe('active')
      last().emit(event)
    }
    expect(await after(99)).toBe('active')
    expect(await after(1)).toBe('error')
    await expect(ended).rejects.toMatchObject({ ...late('c.leaf'), state: 'running', attempts: 1 })
  })

  test('what is late is tried again, and its signal is aborted', async () => {
    const signals: AbortSignal[] = []
    const slow = fn({
      name: 'slow',
      retry: { attempts: 2 },
      ...idle,
      run: (_: unknown, { signal, attempt }: RunContext) => {
        signals.push(signal)
        return attempt === 2 ? 'out' : new Promise<string>(() => {})
      },
    })
    const { ended, after } = begin(slow, engine)
    await after(100)
    await after(1)
    expect(await ended).toBe('out')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  test('stands beside the time of the whole attempt, and each names its own', async () => {
    const both = { timeout: { attempt: 250, idle: 100 } }
    const silent = begin(leaf(both).fn, engine)
    await silent.after(100)
    await expect(silent.ended).rejects.toMatchObject(late('leaf'))
    const { fn, last } = leaf(both)
    const busy = begin(fn, engine)
    for (let round = 0; round < 4; round++) {
      await busy.after(60)
      last().emit({ type: 'token', delta: 'a' })
    }
    expect(await busy.after(10)).toBe('error')
    await expect(busy.ended).rejects.toMatchObject({ message: expect.stringContaining('timeout of 250 ms') })
  })

  test('an object with the attempt alone is what a number is', async () => {
    const { fn } = leaf({ timeout: { attempt: 100 } })
    expect(fn.machine.version).toBe(leaf({ timeout: 5 }).fn.machine.version)
    const { ended, after } = begin(fn, engine)
    expect(await after(99)).toBe('active')
    await after(1)
    await expect(ended).rejects.toMatchObject({ message: expect.stringContaining('its timeout of 100 ms') })
  })

  test('begins again with its attempt after a restore', async () => {
    const pipeline = chain({ name: 'c', children: [leaf().fn] })
    const { run, after } = begin(pipeline, engine)
    await after(90)
    const snapshot = json(run.getPersistedSnapshot())
    run.stop()
    const again = begin(pipeline, engine, { snapshot }, 5000)
    expect(await again.after(99)).toBe('active')
    await again.after(1)
    await expect(again.ended).rejects.toMatchObject(late('c.leaf'))
  })

  test('the time in which a leaf waits for its limit, or for another attempt, is not idle', async () => {
    const one = limit({ concurrency: 1 })
    const first = leaf({ limit: one }, 'first')
    const second = leaf({ limit: one, retry: { attempts: 2, backoff: { initial: 500 } }, ...idle }, 'second')
    const { ended, after } = begin(parallel({ name: 'p', children: [first.fn, second.fn] }), engine)
    expect(await after(1000)).toBe('active')
    expect(second.told).toHaveLength(0)
    first.last().end('one')
    expect(await after(99)).toBe('active')
    await after(1)
    // It does not heed its signal, and would keep its place.
    second.last().end('late')
    expect(await after(499)).toBe('active')
    await after(1)
    second.last().end('two')
    await settle()
    expect(await ended).toEqual(['one', 'two'])
  })

  describe('of a composite', () => {
    const tool = (run: (input: object, ctx: RunContext) => unknown) =>
      fn({ name: 'tool', description: 'Does.', input: z.object({}), run })
    const composites: Record<string, (child: never) => Fn> = {
      chain: (child) => chain({ name: 'it', children: [child], ...idle }),
      'a chain in a chain': (child) =>
        chain({ name: 'it', children: [chain({ name: 'in', children: [child as AnyFn] })], ...idle }),
      parallel: (child) => parallel({ name: 'it', children: { child }, ...idle }),
      loop: (child) => loop({ name: 'it', body: child, until: () => true, maxIterations: 1, ...idle } as never),
      fallback: (child) => fallback({ name: 'it', children: [child], ...idle } as never),
      map: (child) => chain({ name: 'it', children: [() => [1], map({ name: 'm', each: child })] as never, ...idle }),
      'a map alone': (child) =>
        chain({ name: 'o', children: [() => [1], map({ name: 'it', each: child, ...idle })] as never }),
      'an embedded machine': (child) =>
        chain({
          name: 'it',
          children: [actor({ name: 'a', logic: (child as Fn).machine as never })] as never,
          ...idle,
        }),
    }
    test.each(Object.entries(composites))('%s hears every leaf in it', async (_, make) => {
      const { fn, last } = leaf({})
      const { ended, after } = begin(make(fn as never), engine)
      for (let round = 0; round < 3; round++) {
        expect(await after(99)).toBe('active')
        last().emit({ type: 'progress' })
      }
      expect(await after(99)).toBe('active')
      expect(await after(1)).toBe('error')
      const error = await ended.catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('idle timeout of 100 ms') })
      expect((error as { path: string }).path.split('.').at(-1)).toBe('it')
    })

    test('each leaf that begins or ends is a sign of life', async () => {
      const leaves = ['a', 'b', 'c'].map((name) => leaf({}, name))
      const { ended, after } = begin(
        chain({ name: 'it', children: leaves.map(({ fn }) => fn), ...idle } as never),
        engine,
      )
      for (const { last } of leaves) {
        expect(await after(90)).toBe('active')
        last().end('on')
      }
      await settle()
      expect(await ended).toBe('on')
    })

    test('nothing is late while it only waits: for an event, a limit, another attempt', async () => {
      const one = limit({ concurrency: 1 })
      const before = leaf({ limit: one }, 'before')
      const holder = begin(before.fn, engine)
      const limited = leaf({ limit: one }, 'limited')
      const flaky = fn({
        name: 'flaky',
        retry: { attempts: 2, backoff: { initial: 1000 } },
        run: (_: unknown, { attempt }: RunContext) => {
          if (attempt === 1) throw new Error('no')
          return 'on'
        },
      })
      const ask = receive({ name: 'ask', events: { GO: z.object({}) } })
      const stuck = leaf({}, 'stuck')
      const { run, ended, after } = begin(
        chain({ name: 'it', children: [ask, limited.fn, flaky, stuck.fn] as never, ...idle }),
        engine,
      )
      expect(await after(1000)).toBe('active')
      run.send({ type: 'GO' } as never)
      expect(await after(1000)).toBe('active')
      before.last().end('done')
      await holder.ended
      expect(await after(50)).toBe('active')
      limited.last().end('on')
      expect(await after(999)).toBe('active')
      await after(1)
      expect(stuck.told).toHaveLength(1)
      expect(await after(99)).toBe('active')
      await after(1)
      await expect(ended).rejects.toMatchObject(late('it'))
    })

    test('a leaf that does not heed its signal is not at work any more', async () => {
      const deaf = leaf({ timeout: 50 }, 'deaf')
      const ask = receive({ name: 'ask', events: { GO: z.object({}) } })
      const { run, ended, after } = begin(
        chain({ name: 'it', children: [fallback({ name: 'f', children: [deaf.fn, ask] as never })] as never, ...idle }),
        engine,
      )
      await after(50)
      expect(await after(1000)).toBe('active')
      run.send({ type: 'GO' } as never)
      expect(await ended).toEqual({ type: 'GO' })
    })

    test('an agent hears its model and its tools, and has time for a person', async () => {
      const told: RunContext[] = []
      const work = tool((_, ctx) => {
        told.push(ctx)
        return new Promise(() => {})
      })
      const calls = [{ id: 'x', type: 'function' as const, function: { name: 'tool', arguments: '{}' } }]
      const model = async () => ({ role: 'assistant' as const, content: null, tool_calls: calls })
      const { run, ended, after } = begin(
        agent({ name: 'it', model, tools: [work] as never, approve: ['tool'] as never, ...idle }),
        engine,
      )
      expect(await after(1000)).toBe('active')
      run.send({ type: 'APPROVE' } as never)
      expect(await after(99)).toBe('active')
      told.at(-1)?.emit({ type: 'progress' })
      expect(await after(99)).toBe('active')
      await after(1)
      await expect(ended).rejects.toMatchObject(late('it'))
    })
  })

  describe('of logic of your own', () => {
    test('what it emits is a sign of life', async () => {
      const emits: (() => void)[] = []
      const logic = fromCallback(({ emit }) => void emits.push(() => emit({ type: 'still there' })))
      const { ended, after } = begin(actor({ name: 'own', logic, ...idle } as never), engine)
      expect(await after(99)).toBe('active')
      emits[0]?.()
      expect(await after(99)).toBe('active')
      await after(1)
      await expect(ended).rejects.toMatchObject(late('own'))
    })

    test('so is each state of a machine, and a promise has none', async () => {
      const logic = setup({}).createMachine({
        initial: 'a',
        states: { a: { after: { 90: 'b' } }, b: { after: { 90: 'c' } }, c: {} },
      })
      const { ended, after } = begin(actor({ name: 'own', logic, ...idle } as never), engine)
      await after(90)
      expect(await after(90)).toBe('active')
      expect(await after(99)).toBe('active')
      await after(1)
      await expect(ended).rejects.toMatchObject(late('own'))
      const never = begin(actor({ name: 'own', logic: fromPromise(() => new Promise(() => {})), ...idle }), engine)
      await never.after(100)
      await expect(never.ended).rejects.toMatchObject(late('own'))
    })

    test('a leaf whose actor is provided is heard in the same way', async () => {
      const { fn } = leaf()
      const machine = fn.machine.provide({ actors: { leaf: fromPromise(() => new Promise(() => {})) } } as never)
      const { ended, after } = begin({ machine }, 'fast')
      await after(100)
      await expect(ended).rejects.toMatchObject(late('leaf'))
    })
  })
})

test('100,000 tokens do not set a timer each, and none is left behind', async () => {
  const set = new Set<unknown>()
  let count = 0
  const clock = {
    setTimeout: (callback: () => void, ms: number) => {
      count++
      const id = setTimeout(callback, ms)
      set.add(id)
      return id
    },
    clearTimeout: (id: never) => {
      clearTimeout(id)
      set.delete(id)
    },
  }
  const talk = llmCall({
    name: 'talk',
    timeout: { idle: 60_000 },
    model: async (_, { emit }) => {
      for (let token = 0; token < 100_000; token++) emit({ type: 'token', delta: 'a' })
      return 'said'
    },
  })
  expect(await toPromise(createActor(talk.machine, { clock, input: 'Hi' } as never).start())).toBe('said')
  expect(count).toBe(1)
  expect(set.size).toBe(0)
})

describe('the definition', () => {
  const run = (input: unknown) => input
  const any = (value: unknown) => value as never
  test.each<[unknown, RegExp]>([
    [{}, /function f: timeout.attempt is undefined. Give milliseconds/],
    [{ idel: 5 }, /function f: timeout has no option "idel". Did you mean idle\?/],
    [{ idle: 0 }, /function f: timeout.idle is 0. Give milliseconds/],
    [{ idle: '5' }, /function f: timeout.idle is 5. Give milliseconds.*as a number, not a string/],
    [{ attempt: -1, idle: 5 }, /function f: timeout.attempt is -1. Give milliseconds/],
    [[5], /function f: timeout is an array. Give milliseconds/],
    [null, /function f: timeout is null. Give milliseconds/],
  ])('%j is refused', (timeout, message) => {
    expect(() => fn({ name: 'f', run, timeout: any(timeout) })).toThrow(message)
    expect(() => fn({ name: 'f', run, timeout: any(timeout) })).toThrow(TypeError)
  })

  test('a receive takes a deadline, and no idle time', () => {
    const events = { GO: z.object({}) }
    expect(() => receive({ name: 'ask', events, timeout: { idle: 5 } })).toThrow(
      /receive ask: timeout.idle is for functions that work, and this one only waits. Use timeout.attempt/,
    )
    expect(receive({ name: 'ask', events, timeout: { attempt: 5 } }).machine.version).toBe(
      receive({ name: 'ask', events, timeout: 5 }).machine.version,
    )
  })

  test('has a version of its own, whatever the times', () => {
    const versionOf = (timeout: Policy['timeout']) =>
      fn({ name: 'f', run, ...(timeout && { timeout }) }).machine.version
    const versions = [versionOf(undefined), versionOf(5), versionOf({ idle: 5 }), versionOf({ attempt: 5, idle: 5 })]
    expect(new Set(versions).size).toBe(4)
    expect(versionOf({ idle: 6 })).toBe(versions[2])
  })
})

describe('tinyllm/testing', () => {
  const step = (name: string, timeout?: Policy['timeout']) =>
    fn({ name, run: async (text: string) => text, ...(timeout !== undefined && { timeout }) })

  test.each<[string, Policy['timeout'], Policy['timeout']]>([
    ['an idle time', { idle: 100 }, undefined],
    ['both times', { attempt: 1000, idle: 100 }, undefined],
    ['those of a composite', undefined, { attempt: 1000, idle: 100 }],
    ['an idle time in a longer attempt', { idle: 100 }, 1000],
    ['both everywhere', { attempt: 300, idle: 100 }, { attempt: 500, idle: 400 }],
  ])('covers %s', async (_, inner, outer) => {
    const retry = { attempts: 2, backoff: { initial: 10 } }
    const a = fn({
      name: 'a',
      run: async (text: string) => text,
      retry,
      ...(inner !== undefined && { timeout: inner }),
    })
    const report = await coverPaths(
      chain({ name: 'it', children: [a], ...(outer !== undefined && { timeout: outer }) }),
    )
    expect(report.missing).toEqual([])
    expect(report.paths.filter(({ problem }) => problem)).toEqual([])
  })

  test('names silence in paths', () => {
    const found = paths(step('a', { attempt: 1000, idle: 100 })).map(({ description }) => description)
    expect(found).toContain('a makes no progress → failed at a (timeout)')
    expect(found).toContain('a times out → failed at a (timeout)')
  })

  test('compares both times', () => {
    const { changes } = diff(step('a', 100), step('a', { attempt: 100, idle: 20 }))
    expect(changes).toContainEqual({ path: 'a', what: 'idle', after: '20 ms', before: undefined })
    expect(changes.map(({ what }) => what)).not.toContain('timeout')
  })

  test('knows which times bound a hang, and which never run out', () => {
    const codes = (fn: never) => check(fn).map(({ code, path, message }) => [code, path, message])
    const ask = receive({ name: 'ask', events: { GO: z.object({}) } })
    expect(codes(step('a', { idle: 100 }) as never)).toEqual([])
    expect(codes(chain({ name: 'c', children: [ask], timeout: { idle: 100 } }) as never)).toEqual([
      ['receive-forever', 'c.ask', expect.any(String)],
    ])
    expect(codes(step('a', { attempt: 100, idle: 100 }) as never)).toEqual([
      [
        'timeout-never',
        'a',
        expect.stringMatching(/idle timeout of a \(100 ms\).*that of the whole attempt \(100 ms\)/),
      ],
    ])
    expect(codes(chain({ name: 'c', children: [step('a', { idle: 500 })], timeout: 300 }) as never)).toEqual([
      ['timeout-never', 'c.a', expect.stringMatching(/idle timeout of c.a \(500 ms\).*that of c \(300 ms\)/)],
    ])
  })
})

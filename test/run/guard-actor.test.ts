import { chain, configure, createLogger, fn, type Logger, type RunContext } from 'tinyllm'
import { startInspector } from 'tinyllm/inspector'
import { createActor, toPromise } from 'xstate'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const later = () => new Promise((resolve) => setTimeout(resolve, 10))
const work = fn({
  name: 'work',
  run: (n: number, { log, emit }: RunContext) => {
    log('working', n)
    emit({ type: 'own' })
    return n + 1
  },
})
const pipeline = chain({ name: 'c', children: [work] })

const no = (): never => {
  throw new Error('watcher fell')
}
const unreadable = (): never => {
  throw Object.defineProperty(new Error('hidden'), 'message', { get: no })
}
const revoked = (): never => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  throw proxy
}
const logger = (method: () => unknown): Logger => ({ debug: method, info: method, warn: method, error: method })

const written: unknown[][] = []
const uncaught: unknown[] = []
const listen = (error: unknown) => void uncaught.push(error)
beforeEach(() => {
  written.length = 0
  uncaught.length = 0
  vi.spyOn(console, 'error').mockImplementation((...args) => void written.push(args))
  process.on('uncaughtException', listen)
  process.on('unhandledRejection', listen)
})
afterEach(() => {
  process.off('uncaughtException', listen)
  process.off('unhandledRejection', listen)
  configure({ logger: undefined })
})

async function expectOneLine(who: RegExp) {
  await later()
  expect(uncaught).toEqual([])
  expect(written).toHaveLength(1)
  expect(String(written[0])).toMatch(who)
}

describe('a watcher that throws does not touch the run', () => {
  test.each<[string, object, RegExp]>([
    [
      'a function',
      {
        inspect: function spy() {
          no()
        },
      },
      /inspect \(spy\) threw Error: watcher fell/,
    ],
    [
      'a function without a name',
      {
        inspect: (
          () => () =>
            no()
        )(),
      },
      /inspect threw Error: watcher fell/,
    ],
    ['an observer', { inspect: { next: no } }, /inspect \(next\) threw Error: watcher fell/],
    ['one that rejects', { inspect: async () => no() }, /inspect threw Error: watcher fell/],
    [
      'one that gives a thenable',
      { inspect: () => ({ then: (_: unknown, reject: (e: unknown) => void) => reject('late') }) },
      /inspect threw string: late/,
    ],
    ['one whose error cannot be read', { inspect: unreadable }, /inspect \(unreadable\) threw .*cannot be read/],
    ['one that throws a revoked proxy', { inspect: revoked }, /inspect \(revoked\) threw .*cannot be read/],
    ['a logger', { logger: logger(no) }, /logger \((info|debug)\) threw Error: watcher fell/],
    [
      'a logger that rejects',
      { logger: logger(async () => no()) },
      /logger \((info|debug)\) threw Error: watcher fell/,
    ],
    ['a logger whose error cannot be read', { logger: logger(revoked) }, /logger \(\w+\) threw .*cannot be read/],
  ])('%s', async (_, options, who) => {
    expect(await pipeline.run(1, options)).toBe(2)
    await expectOneLine(who)
    written.length = 0
    const events: string[] = []
    for await (const event of pipeline.stream(1, options)) events.push(event.type)
    expect(events.at(-1)).toBe('output')
    await expectOneLine(who)
  })

  test('a logger for all runs, and the one of a verbose function', async () => {
    configure({ logger: logger(no) })
    expect(await pipeline.run(1)).toBe(2)
    await expectOneLine(/logger/)
    configure({ logger: undefined })
    written.length = 0
    vi.spyOn(process.stderr, 'write').mockImplementation(no)
    expect(await fn({ name: 'loud', verbose: true, run: () => 1 }).run(undefined)).toBe(1)
    vi.mocked(process.stderr.write).mockRestore()
    await expectOneLine(/logger/)
  })

  test("an app's own XState logger, through ctx.log", async () => {
    const actor = createActor(pipeline.machine, { input: 1, logger: no })
    const ended = toPromise(actor)
    actor.start()
    expect(await ended).toBe(2)
    await expectOneLine(/logger \(no\) threw Error: watcher fell/)
  })

  test('each run tells once; two watchers of a run once each; and a console that throws is no matter', async () => {
    await pipeline.run(1, { inspect: no, logger: logger(no) })
    await later()
    expect(written).toHaveLength(2)
    await pipeline.run(1, { inspect: no })
    await later()
    expect(written).toHaveLength(3)
    vi.mocked(console.error).mockImplementation(no)
    expect(await pipeline.run(1, { inspect: no })).toBe(2)
    expect(uncaught).toEqual([])
  })

  test('listeners and observers of an actor that start gives', async () => {
    const talking = fn({
      name: 'talking',
      run: async (_: number, { emit }) => {
        await later()
        for (const delta of ['a', 'b', 'c']) emit({ type: 'token', delta })
        return 2
      },
    })
    const actor = talking.start(1)
    const heard: string[] = []
    actor.on('token', ({ delta }) => {
      heard.push(delta)
      no()
    })
    actor.subscribe(no)
    actor.subscribe({ complete: no, error: () => {} })
    class Own {
      seen = 0
      next() {
        this.seen++
      }
    }
    const own = new Own()
    actor.subscribe(own)
    expect(await toPromise(actor)).toBe(2)
    await later()
    expect(heard).toEqual(['a', 'b', 'c'])
    expect(own.seen).toBeGreaterThan(0)
    expect(written.map(([line]) => /tinyllm: (\w+)/.exec(String(line))?.[1]).toSorted()).toEqual([
      'listener',
      'observer',
      'observer',
    ])
    written.length = 0
  })

  test('goes on being called', async () => {
    const inspect = vi.fn<() => void>(no)
    await pipeline.run(1, { inspect })
    expect(inspect.mock.calls.length).toBeGreaterThan(5)
  })

  test('the inspector, whatever it is shown', async () => {
    const inspector = await startInspector({ port: 0, redact: no })
    try {
      const odd = fn({
        name: 'odd',
        run: () => new Proxy({}, { ownKeys: no, get: (_, key) => (key === 'then' ? undefined : no()) }),
      })
      const { success } = await odd.safeRun(undefined, { inspect: inspector.inspect })
      expect(success).toBe(true)
      expect(() => inspector.inspect(undefined as never)).not.toThrow()
      expect(() => inspector.inspect(new Proxy({} as never, { get: no }))).not.toThrow()
    } finally {
      await inspector.close()
    }
  })
})

test('createLogger writes a line for whatever it is given', async () => {
  const lines: string[] = []
  const { info, error } = createLogger({ target: { write: (line) => lines.push(line) } })
  const round: Record<string, unknown> = { a: 1 }
  round.itself = round
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const given: [unknown, string | RegExp][] = [
    ['text', 'text\n'],
    [{ a: [1n, new Error('inside')] }, '{"a":["1n","inside"]}\n'],
    [round, '{"a":1,"itself":"[circular]"}\n'],
    [Symbol('s'), 'Symbol(s)\n'],
    [undefined, 'undefined\n'],
    [() => 1, /=> 1\n/],
    [12n, '"12n"\n'],
    [new Error('broken'), 'broken\n'],
    [proxy, /cannot be read/],
    [Object.defineProperty(new Error('x'), 'message', { get: no }), /cannot be read/],
    [{ toJSON: no, toString: no }, /cannot be read/],
    [Object.create(null), '{}\n'],
    [{ message: 'm', args: [1] }, '{"message":"m","args":[1]}\n'],
  ]
  for (const [value, line] of given) {
    info(value)
    if (typeof line === 'string') expect(lines.at(-1)).toBe(line)
    else expect(lines.at(-1)).toMatch(line)
  }
  error('a', { b: 1 }, proxy)
  expect(lines.at(-1)).toMatch(/^ERROR a \{"b":1\} \(it cannot be read\)\n$/)
  // A leaf that logs what cannot be read is not to blame either.
  const logs = fn({ name: 'logs', run: (_: unknown, { log }: RunContext) => log(proxy) })
  await logs.run(1, { logger: createLogger({ target: { write: (line) => lines.push(line) } }) })
  expect(lines.some((line) => line.startsWith('[logs] (it cannot be read)'))).toBe(true)
})

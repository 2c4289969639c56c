import { setTimeout as sleep } from 'node:timers/promises'
import { createActor, toPromise } from 'xstate'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chain, configure, fn, llmCall, type Logger, map, type RunContext } from '../../src/index.ts'
import { coverPaths } from '../../src/testing/index.ts'

const warned: string[] = []
beforeEach(() => {
  warned.length = 0
  vi.spyOn(console, 'warn').mockImplementation((line) => void warned.push(String(line)))
})
afterEach(() => vi.restoreAllMocks())

let count = 0
/** Names that were not told of yet. */
const fresh = () => {
  const name = `inner${count++}`
  return fn({ name, run: async (n: number) => n + 1 })
}
const inLeaf = async (run: (n: number, ctx: RunContext) => unknown, name = `leaf${count++}`) => {
  await fn({ name, run }).safeRun(1)
  return warned
}
const only = (name: string, method = 'run') =>
  expect.stringMatching(
    new RegExp(
      `^tinyllm: ${name}\\.${method}\\(\\) was called inside leaf\\d+: its tokens, usage, states and cancel are lost\\. Use ctx\\.run\\(${name}, input\\)\\.$`,
    ),
  )

describe('a function that a leaf runs past its own run is told of', () => {
  const helper = async (inner: ReturnType<typeof fresh>) => {
    await sleep(1)
    return (await inner.run(1)) + 1
  }
  async function* numbers() {
    yield 1
    await sleep(1)
    yield 2
  }

  test.each<[string, (inner: ReturnType<typeof fresh>) => unknown]>([
    ['at once', (inner) => inner.run(1)],
    ['after an await', async (inner) => [await sleep(1), await inner.run(1)]],
    ['in a helper', async (inner) => helper(inner)],
    ['in Promise.all', (inner) => Promise.all([helper(inner), helper(inner)])],
    ['in then', (inner) => sleep(1).then(() => inner.run(1))],
    [
      'in for await',
      async (inner) => {
        for await (const n of numbers()) await inner.run(n)
      },
    ],
    ['and caught', async (inner) => inner.run(1).catch(() => 0)],
  ])('%s', async (_, run) => {
    const inner = fresh()
    expect(await inLeaf(() => run(inner))).toEqual([only(inner.name)])
  })

  test('however it is run', async () => {
    const [safe, streamed, started] = [fresh(), fresh(), fresh()]
    await inLeaf(async () => {
      await safe.safeRun(1)
      for await (const _ of streamed.stream(1));
      await toPromise(started.start(1))
    })
    expect(warned).toEqual([only(safe.name, 'safeRun'), only(streamed.name, 'stream'), only(started.name, 'start')])
  })

  test('in whatever kind of leaf, once', async () => {
    const inner = fresh()
    const name = `c${count++}`
    const pipeline = chain({
      name,
      children: [
        map({ name: 'm', each: (n: number) => inner.run(n) }),
        (all: number[]) => `${all.length}`,
        llmCall({ name: 'chat', model: async () => `${await inner.run(1)}` }),
      ],
    })
    await pipeline.run([1, 2, 3])
    await pipeline.run([1, 2, 3])
    expect(warned.map((line) => line.split(' inside ')[1]?.split(':')[0])).toEqual([`${name}.m.each`, `${name}.chat`])
  })

  test('in a leaf that a leaf runs', async () => {
    const [inner, name] = [fresh(), `deep${count++}`]
    const outer = fn({
      name,
      run: (_: number, ctx) => ctx.run(fn({ name: 'two', run: () => inner.run(1) }), undefined),
    })
    await outer.run(1)
    expect(warned).toEqual([expect.stringContaining(`inside ${name}.two:`)])
  })

  test('by the logger of the run, where it has one', async () => {
    const lines: string[] = []
    const logger: Logger = { debug() {}, info() {}, error() {}, warn: (line) => void lines.push(String(line)) }
    const [one, two] = [fresh(), fresh()]
    await fn({ name: 'own', run: () => one.run(1) }).run(undefined, { logger })
    configure({ logger })
    await fn({ name: 'all', run: () => two.run(1) }).run(undefined)
    configure({ logger: undefined })
    expect(warned).toEqual([])
    expect(lines).toEqual([
      expect.stringContaining(`${one.name}.run() was called inside own:`),
      expect.stringContaining(`${two.name}.run() was called inside all:`),
    ])
  })

  test('and a way to write stacks that is not ours is left alone', async () => {
    const prepare = vi.fn((error: Error) => String(error))
    const before = Error.prepareStackTrace
    const inner = fresh()
    try {
      Error.prepareStackTrace = prepare
      await inLeaf(() => inner.run(1))
      expect(Error.prepareStackTrace).toBe(prepare)
    } finally {
      Error.prepareStackTrace = before
    }
    expect(warned).toEqual([only(inner.name)])
  })
})

describe('what is no part of a leaf is not told of', () => {
  test('ctx.run, and the run of a function as the work of another', async () => {
    const inner = fresh()
    await inLeaf((n, ctx) => ctx.run(inner, n))
    await inLeaf(inner.run)
    expect(warned).toEqual([])
  })

  test('runs beside each other', async () => {
    const [one, two] = [fresh(), fresh()]
    const slow = fn({ name: 'slow', run: () => sleep(5) })
    const first = slow.run(undefined)
    await sleep(1)
    await Promise.all([one.run(1), two.run(1), first])
    expect(warned).toEqual([])
  })

  test('what listeners, observers and loggers of a run begin', async () => {
    const inner = fresh()
    const begin = () => void inner.run(1)
    const leaf = fn({
      name: 'leaf',
      run: (_: void, ctx) => {
        ctx.emit({ type: 'token', delta: 'a' })
        ctx.log('here')
        return ctx.run(fn({ name: 'child', run: () => 1 }), undefined)
      },
    })
    const logger: Logger = { debug: begin, info: begin, warn: begin, error: begin }
    const ended: Promise<unknown>[] = []
    await leaf.run(undefined, { inspect: begin, logger })
    const run = leaf.start(undefined)
    run.on('token', async () => {
      begin()
      await sleep(1)
      ended.push(inner.run(1))
    })
    run.subscribe({ next: begin, complete: begin })
    await toPromise(run)
    for await (const _ of leaf.stream(undefined)) ended.push(inner.run(1))
    await sleep(3)
    await Promise.all(ended)
    expect(warned).toEqual([])
  })

  test('what an actor of XState runs, and what goes through the paths of a function', async () => {
    const inner = chain({ name: `p${count++}`, children: [fresh(), fresh()] })
    const leaf = fn({
      name: 'leaf',
      run: async () => {
        await toPromise(createActor(inner.machine, { input: 1 }).start())
        return coverPaths(inner, { inputs: [1] } as never).catch(() => 0)
      },
    })
    await leaf.run(undefined)
    expect(warned).toEqual([])
  })
})

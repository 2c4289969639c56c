import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { actor, type AnyFn, chain, fn, key, limit, loop, map, parallel, type RunOptions } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Waits until nothing holds what the references stand for. */
const expectGone = (...refs: WeakRef<object>[]) =>
  vi.waitFor(
    () => {
      gc()
      expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0)
    },
    { timeout: 5000, interval: 20 },
  )

const work = fn({ name: 'work', run: async (input: object) => ({ input }) })
const shared = limit({ concurrency: 2, requestsPerMinute: 1e6, tokensPerMinute: 1e6 })
const pipelines: Record<string, AnyFn> = {
  'a function': work,
  'a chain': chain({ name: 'c', children: [work, work.as('again')] }),
  'a parallel': parallel({ name: 'p', children: { a: work, b: work } }) as AnyFn,
  'a map': chain({ name: 'c', children: [(input: object) => [input], map({ name: 'm', each: work })] }) as AnyFn,
  'a loop': loop({ name: 'l', body: (input: object) => ({ ...input }), until: () => true, maxIterations: 2 }) as AnyFn,
  'a limit': fn({
    name: 'limited',
    limit: shared,
    run: (input: object, { emit }) => {
      emit({ type: 'usage', inputTokens: 1, outputTokens: 1, input })
      return input
    },
  }),
  'a pipeline in an actor': chain({ name: 'c', children: [actor({ name: 'a', logic: work.machine })] }),
  'a failure': fn({ name: 'bad', run: (input: object) => Promise.reject(Object.assign(new Error('no'), { input })) }),
}

/** Its own function, so that nothing of a run stays on the stack. */
async function leaves(pipeline: AnyFn, options?: RunOptions): Promise<WeakRef<object>[]> {
  const input = { text: 'x'.repeat(1000) }
  const result = await pipeline.safeRun(input, options)
  const refs = [new WeakRef<object>(input), new WeakRef<object>(result)]
  const output = result.success ? result.output : result.error
  return typeof output === 'object' && output !== null ? [...refs, new WeakRef(output)] : refs
}

describe('a run that has ended leaves nothing in memory', () => {
  test.each(Object.entries(pipelines))('of %s', async (_, pipeline) => {
    await expectGone(...(await leaves(pipeline)))
  })

  test('with what outlives it: a signal, a logger, an observer', async () => {
    const { signal } = new AbortController()
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    const options = { signal, logger, inspect: () => {}, timeout: 60_000 }
    for (const pipeline of Object.values(pipelines)) await expectGone(...(await leaves(pipeline, options)))
  })

  test('of the values that it was given', async () => {
    const pool = key<object>('pool')
    const reads = fn({ name: 'reads', run: (_: object, ctx) => typeof ctx.get(pool) })
    const reading = async () => {
      const value = { text: 'x' }
      await chain({ name: 'c', children: [reads] }).run({}, { provide: [pool.with(value)] })
      return new WeakRef<object>(value)
    }
    const failing = async () => {
      const value = { text: 'x' }
      const { error } = await reads.safeRun({}, { provide: [key<object>('other').with(value)] })
      return [new WeakRef<object>(value), error] as const
    }
    const [value, error] = await failing()
    await expectGone(await reading())
    await expectGone(value)
    expect(error).toBeDefined()
  })

  test('of a stream that was left, or that nobody reads', async () => {
    const left = async () => {
      const input = { text: 'x' }
      const hang = fn({ name: 'hang', run: (_: object) => new Promise(() => {}) })
      for await (const event of hang.stream(input)) if (event.type === 'state' && event.state === 'running') break
      return new WeakRef<object>(input)
    }
    const unread = async () => {
      const input = { text: 'x' }
      work.stream(input)
      await new Promise((resolve) => setTimeout(resolve, 10))
      return new WeakRef<object>(input)
    }
    await expectGone(await left(), await unread())
  })
})

describe('what is handed out as data holds no live errors', () => {
  /** Throws, and remembers what it threw only weakly. */
  function throwing() {
    const thrown: WeakRef<object>[] = []
    const bad = fn({
      name: 'bad',
      run: async () => {
        const error = new Error('no')
        thrown.push(new WeakRef(error))
        throw error
      },
    })
    return { bad, thrown }
  }

  test('the errors of a settled map', async () => {
    const { bad, thrown } = throwing()
    const settled = await map({ name: 'm', each: bad, mode: 'settled' }).run(Array.from({ length: 100 }))
    expect(thrown).toHaveLength(100)
    await expectGone(...thrown)
    expect(settled[99]).toMatchObject({ success: false, error: { path: 'm[99].bad', cause: { message: 'no' } } })
  })

  test('the errors of a settled parallel, and of one inside items', async () => {
    const { bad, thrown } = throwing()
    const both = parallel({ name: 'p', children: { bad, worse: bad }, mode: 'settled' })
    const settled = [await both.run(undefined), await map({ name: 'm', each: both }).run([1, 2])]
    expect(thrown).toHaveLength(6)
    await expectGone(...thrown)
    expect(settled[0]).toMatchObject({ bad: { error: { cause: { message: 'no' } } } })
  })

  test('the data of an error', async () => {
    const { bad, thrown } = throwing()
    const data = await bad.safeRun(undefined).then(({ error }) => error?.toJSON())
    await expectGone(...thrown)
    expect(data).toMatchObject({ code: 'run' })
  })
})

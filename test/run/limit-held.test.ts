import { actor, chain, fn, limit, map, parallel, type RunContext } from 'tinyllm'
import { createActor, SimulatedClock } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { Dice } from '../engine/dice.ts'

const settle = () => new Promise((resolve) => setTimeout(resolve, 15))

/** Work that heeds no signal: it ends when it is told to, and counts how many are at it. */
function deaf() {
  const open: (() => void)[] = []
  const at = { running: 0, most: 0 }
  const run = async (input: unknown) => {
    at.most = Math.max(at.most, ++at.running)
    await new Promise<void>((resolve) => open.push(resolve))
    at.running--
    return input
  }
  return { run, at, open, end: () => open.shift()?.() }
}

describe('a limit counts a function until it really ends', () => {
  const ways: Record<string, (pipeline: ReturnType<typeof work>['one']) => Promise<unknown>> = {
    'a timeout of the run': (pipeline) => pipeline.safeRun(1, { timeout: 5 }),
    'an abort': (pipeline) => pipeline.safeRun(1, { signal: AbortSignal.timeout(5) }),
    stop: async (pipeline) => {
      const started = pipeline.start(1)
      await settle()
      started.stop()
    },
    'leaving its stream': async (pipeline) => {
      for await (const event of pipeline.stream(1)) if (event.type === 'state' && event.state === 'running') break
      await settle()
    },
    'the failure of a sibling': (pipeline) =>
      parallel({
        name: 'p',
        children: {
          pipeline,
          bad: async () => {
            await settle()
            throw new Error('no')
          },
        },
      }).safeRun(1),
  }
  function work() {
    const { run, ...rest } = deaf()
    const one = fn({ name: 'one', limit: limit({ concurrency: 1 }), run })
    return { one, ...rest }
  }

  test.each(Object.entries(ways))('%s', async (_, leave) => {
    const { one, at, open, end } = work()
    const left = leave(one)
    await left
    const next = one.run(2)
    await settle()
    expect(at.most).toBeLessThanOrEqual(1)
    while (open.length > 0) {
      end()
      await settle()
    }
    expect(await next).toBe(2)
    expect(at).toEqual({ running: 0, most: 1 })
  })

  test('a timeout of an attempt: the next attempt waits for it', async () => {
    const { run, at, end } = deaf()
    const attempts: number[] = []
    const one = fn({
      name: 'one',
      limit: limit({ concurrency: 1 }),
      timeout: 20,
      retry: { attempts: 2 },
      run: (input: number, { attempt }: RunContext) => {
        attempts.push(attempt)
        return attempt === 1 ? run(input) : input
      },
    })
    const started = one.start(1)
    const attemptOf = () => started.getSnapshot().context.slots[0]?.[0]?.attempt
    await vi.waitFor(() => expect(attemptOf()).toBe(2))
    await settle()
    expect(started.getSnapshot().value).toBe('waitingForLimit')
    expect(attempts).toEqual([1])
    expect(at.running).toBe(1)
    end()
    await vi.waitFor(() => expect(started.getSnapshot().status).toBe('done'))
    expect(attempts).toEqual([1, 2])
  })

  test('all that is below a composite: items, regions, pipelines in actors', async () => {
    const { run, at, open, end } = deaf()
    const leaf = fn({ name: 'leaf', run })
    const inner = parallel({ name: 'inner', children: { leaf, other: leaf } })
    const one = chain({
      name: 'one',
      limit: limit({ concurrency: 1 }),
      children: [
        (_: number) => [1, 2],
        map({ name: 'm', each: chain({ name: 'each', children: [leaf, actor({ name: 'a', logic: inner.machine })] }) }),
      ],
    })
    const first = one.start(1)
    await vi.waitFor(() => expect(open).toHaveLength(2))
    end()
    await vi.waitFor(() => expect(open).toHaveLength(3))
    first.stop()
    const begun = vi.fn<() => void>()
    const second = one.start(2)
    second.subscribe((snapshot) => snapshot.value !== 'waitingForLimit' && begun())
    for (let left = 3; left > 0; left--) {
      await settle()
      expect(second.getSnapshot().value).toBe('waitingForLimit')
      end()
    }
    await vi.waitFor(() => expect(second.getSnapshot().value).not.toBe('waitingForLimit'))
    expect(at.most).toBe(3)
    second.stop()
    for (const release of open) release()
  })

  test('never a lost turn, never a leak: many runs that end in all ways', async () => {
    const dice = new Dice(7)
    const shared = limit({ concurrency: 3 })
    const at = { running: 0, most: 0 }
    const busy = fn({
      name: 'busy',
      limit: shared,
      retry: { attempts: 2 },
      timeout: 5,
      run: async (ms: number) => {
        at.most = Math.max(at.most, ++at.running)
        await new Promise((resolve) => setTimeout(resolve, ms))
        at.running--
        if (ms % 5 === 0) throw new Error('five')
        return ms
      },
    })
    await Promise.all(
      Array.from({ length: 200 }, () =>
        busy.safeRun(dice.int(12), dice.chance(0.5) ? { timeout: 1 + dice.int(300) } : {}),
      ),
    )
    expect(await busy.run(1)).toBe(1)
    await vi.waitFor(() => expect(at.running).toBe(0))
    expect(at.most).toBeLessThanOrEqual(3)
  })
})

describe('the rates of a limit', () => {
  test('take no harm from what a leaf says it used', async () => {
    const clock = new SimulatedClock()
    const odd = [NaN, '7', -5, Infinity, 1n, undefined, { valueOf: () => 9 }]
    const ask = fn({
      name: 'ask',
      limit: limit({ tokensPerMinute: 10 }),
      run: (n: number, { emit }: RunContext) => emit({ type: 'usage', inputTokens: odd[n], outputTokens: 1 }),
    })
    for (const n of odd.keys()) {
      const started = createActor(ask.machine, { clock, input: n }).start()
      await vi.waitFor(() => expect(started.getSnapshot().status).toBe('done'))
    }
    expect(clock.now()).toBe(0)
  })
})

import { agent, chain, fn, limit, type LimitRates, map, parallel, type RunContext } from 'tinyllm'
import { createActor, SimulatedClock, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

/** A promise, and what keeps it. */
function gate(): [opened: Promise<void>, open: () => void] {
  let open!: () => void
  return [new Promise<void>((resolve) => (open = resolve)), () => open()]
}

/** A function that says when it began, and ends when it is told to. */
function gated(rates: LimitRates) {
  const open = new Map<string, (output: string) => void>()
  const begun: string[] = []
  const work = fn({
    name: 'work',
    limit: limit(rates),
    run: (input: string, { signal }: RunContext) =>
      new Promise<string>((resolve, reject) => {
        begun.push(input)
        open.set(input, resolve)
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  })
  return { work, begun, open: (input: string) => open.get(input)?.('done') }
}

describe('limit', () => {
  test('lets so many run at a time, first come, first served, across runs', async () => {
    const { work, begun, open } = gated({ concurrency: 2 })
    const actors = ['a', 'b', 'c', 'd'].map((input) => work.start(input))
    await settle()
    expect(begun).toEqual(['a', 'b'])
    expect(actors.map((actor) => actor.getSnapshot().value)).toEqual([
      'running',
      'running',
      'waitingForLimit',
      'waitingForLimit',
    ])
    open('b')
    await settle()
    expect(begun).toEqual(['a', 'b', 'c'])
    for (const input of ['a', 'c']) open(input)
    await settle()
    open('d')
    await Promise.all(actors.map((actor) => toPromise(actor)))
  })

  test('waiting is a state of the run that observers see', async () => {
    const states: string[] = []
    for await (const event of fn({ name: 'f', limit: limit({ concurrency: 1 }), run: () => 1 }).stream(undefined)) {
      if (event.type === 'state') states.push(event.state)
    }
    expect(states).toEqual(['validatingInput', 'waitingForLimit', 'running', 'validatingOutput', 'complete'])
  })

  test.each<[string, (actor: ReturnType<ReturnType<typeof gated>['work']['start']>) => void]>([
    ['stop()', (actor) => actor.stop()],
    ['a cancel', (actor) => actor.send({ type: 'tinyllm.cancel' })],
  ])('%s gives its turn back, while it waits and while it runs', async (_, end) => {
    const { work, begun } = gated({ concurrency: 1 })
    const actors = ['a', 'b', 'c'].map((input) => {
      const actor = work.start(input)
      actor.subscribe({ error: () => {} })
      return actor
    })
    await settle()
    end(actors[1]!)
    end(actors[0]!)
    await settle()
    expect(begun).toEqual(['a', 'c'])
    end(actors[2]!)
  })

  test('a failure and a timeout give it back; each attempt waits its turn', async () => {
    const one = limit({ concurrency: 1 })
    let calls = 0
    const failing = fn({
      name: 'failing',
      limit: one,
      timeout: 20,
      retry: { attempts: 3 },
      run: (_: void, { signal }) => {
        if (++calls === 1) throw new Error('no luck')
        return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    })
    const states: string[] = []
    for await (const event of failing.stream()) if (event.type === 'state') states.push(event.state)
    expect(states.filter((state) => state === 'waitingForLimit')).toHaveLength(3)
    expect(await fn({ name: 'after', limit: one, run: () => 'free' }).run(undefined)).toBe('free')
  })

  test('so many begin within any minute, by the clock of the actor', async () => {
    const clock = new SimulatedClock()
    const begun: number[] = []
    const work = fn({ name: 'work', limit: limit({ requestsPerMinute: 2 }), run: () => begun.push(clock.now()) })
    const ended = Array.from({ length: 5 }, () =>
      toPromise(createActor(work.machine, { clock, input: undefined }).start()),
    )
    for (let second = 0; second < 130; second++) {
      await settle()
      clock.increment(1000)
    }
    await Promise.all(ended)
    expect(begun).toEqual([0, 0, 60_000, 60_000, 120_000])
  })

  test('waits until enough of the tokens of the last minute are out of it; they are told by usage events, from any depth', async () => {
    const clock = new SimulatedClock()
    const begun: number[] = []
    const ask = fn({
      name: 'ask',
      run: (tokens: number, { emit }) => {
        begun.push(clock.now())
        emit({ type: 'usage', inputTokens: tokens - 1, outputTokens: 1 })
      },
    })
    const pipeline = map({
      name: 'm',
      each: chain({ name: 'each', limit: limit({ tokensPerMinute: 100, concurrency: 1 }), children: [ask] }),
    })
    const ended = toPromise(createActor(pipeline.machine, { clock, input: [60, 60, 150, 1] }).start())
    for (let second = 0; second < 190; second++) {
      await settle()
      clock.increment(1000)
    }
    await ended
    expect(begun).toEqual([0, 0, 60_000, 120_000])
  })

  test('counts the tokens of its own function, and of no other that runs beside it', async () => {
    const clock = new SimulatedClock()
    const begun: number[] = []
    const [started, start] = gate()
    const [told, tell] = gate()
    const ask = fn({
      name: 'ask',
      limit: limit({ tokensPerMinute: 100 }),
      run: async (_: unknown, { emit }: RunContext) => {
        begun.push(clock.now())
        emit({ type: 'usage', inputTokens: 50, outputTokens: 10 })
        start()
        await told
      },
    })
    const asks = fn({
      name: 'asks',
      run: async (_: unknown, { emit }: RunContext) => {
        await started
        emit({ type: 'usage', inputTokens: 900, outputTokens: 100 })
        tell()
      },
    })
    const run = (machine: typeof ask.machine) => toPromise(createActor(machine, { clock, input: undefined }).start())
    await run(parallel({ name: 'p', children: { ask, asks } }).machine as never)
    await run(ask.machine)
    const third = run(ask.machine)
    await settle()
    expect(begun).toEqual([0, 0])
    clock.increment(60_000)
    await third
    expect(begun).toEqual([0, 0, 60_000])
  })

  test('a leaf that is restored waits again, and its work does not begin before', async () => {
    const { work, begun, open } = gated({ concurrency: 1 })
    const pipeline = chain({ name: 'c', children: [work] })
    const first = pipeline.start('a')
    await settle()
    const snapshot = json(first.getPersistedSnapshot())
    const value = { running: { work: 'running' } }
    expect(first.getSnapshot().value).toEqual(value)
    // The first still runs, so the copy of it must wait.
    const copy = createActor(pipeline.machine, { snapshot, input: '' }).start()
    await settle()
    expect(copy.getSnapshot().value).toEqual({ running: { work: 'waitingForLimit' } })
    expect(begun).toEqual(['a'])
    // One that is saved while it waits goes on waiting.
    const waiting = createActor(pipeline.machine, { snapshot: json(copy.getPersistedSnapshot()), input: '' }).start()
    open('a')
    await settle()
    expect(begun).toEqual(['a', 'a'])
    open('a')
    await settle()
    open('a')
    await Promise.all([first, copy, waiting].map((actor) => toPromise(actor)))
  })

  test('a composite that is restored keeps what it did, and counts at once', async () => {
    const { work, open } = gated({ concurrency: 9 })
    const one = limit({ concurrency: 1 })
    const before = vi.fn((input: string) => input)
    const pipeline = chain({ name: 'c', limit: one, children: [before, work] })
    const first = pipeline.start('a')
    await settle()
    const snapshot = json(first.getPersistedSnapshot())
    first.stop()
    const restored = createActor(pipeline.machine, { snapshot, input: '' }).start()
    const other = pipeline.start('b')
    await settle()
    expect(before).toHaveBeenCalledOnce()
    expect(other.getSnapshot().value).toBe('waitingForLimit')
    open('a')
    await settle()
    open('b')
    await Promise.all([restored, other].map((actor) => toPromise(actor)))
  })

  test('the regions of a parallel share it, and so do the tools of agents', async () => {
    let running = 0
    let most = 0
    const run = async () => {
      most = Math.max(most, ++running)
      await settle()
      running--
      return 'done'
    }
    const one = limit({ concurrency: 1 })
    const tool = fn({ name: 'tool', description: 'A tool.', input: z.object({}), limit: one, run })
    const called = { type: 'function', function: { name: 'tool', arguments: '' } } as const
    const helper = agent({
      name: 'helper',
      tools: [tool],
      model: async ({ messages }) => ({
        role: 'assistant',
        content: messages.length > 1 ? 'ok' : null,
        ...(messages.length === 1 && { tool_calls: ['1', '2', '3'].map((id) => ({ id, ...called })) }),
      }),
    })
    await parallel({ name: 'p', children: { tool, helper, again: tool }, inputs: { helper: () => 'go' } }).run({})
    expect(most).toBe(1)
  })

  test('limits of one key are one', () => {
    const rates = { concurrency: 3, requestsPerMinute: 7 }
    expect(limit({ key: 'a model', ...rates })).toBe(limit({ key: 'a model', ...rates }))
    expect(limit(rates)).not.toBe(limit(rates))
    expect(() => limit({ key: 'a model', concurrency: 4 })).toThrow(/a model already exists with other rates/)
  })

  test('hundreds of runs leave the line empty, however they end', async () => {
    const shared = limit({ concurrency: 3 })
    let running = 0
    let most = 0
    const work = fn({
      name: 'work',
      limit: shared,
      run: async (n: number) => {
        most = Math.max(most, ++running)
        await null
        running--
        if (n % 3 === 0) throw new Error('three')
        return n
      },
    })
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        work.safeRun(n, n % 5 === 0 ? { signal: AbortSignal.timeout(n % 20) } : {}),
      ),
    )
    expect(most).toBeLessThanOrEqual(3)
    expect(await work.run(1)).toBe(1)
  })

  test.each([
    [{}, /has no limit/],
    [{ concurrency: 0 }, /concurrency is 0.*whole number/],
  ])('refuses %j', (rates, message) => {
    expect(() => limit(rates)).toThrow(message)
  })

  test('refuses a policy that is no limit', () => {
    expect(() => fn({ name: 'f', limit: { concurrency: 1 } as never, run: () => 1 })).toThrow(/limit is not a limit/)
  })
})

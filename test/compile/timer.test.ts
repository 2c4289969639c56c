import { chain, fn, receive, type RunContext } from 'tinyllm'
import { createActor, SimulatedClock, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { retryDelay } from '../../src/border/backoff.ts'

const settle = () => new Promise((resolve) => setTimeout(resolve, 1))
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const clockAt = (ms: number) => {
  const clock = new SimulatedClock()
  clock.set(ms)
  return clock
}

describe('the timeout of an attempt', () => {
  const hang = fn({
    name: 'hang',
    timeout: 1000,
    run: (_: unknown, { signal }: RunContext) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  const pipeline = chain({ name: 'c', children: [hang] })

  test('runs out after so many ms of the clock of the actor, and not before', async () => {
    const clock = new SimulatedClock()
    const actor = createActor(pipeline.machine, { clock, input: 1 })
    const ended = toPromise(actor.start())
    await settle()
    clock.increment(999)
    await settle()
    expect(actor.getSnapshot().status).toBe('active')
    clock.increment(1)
    await expect(ended).rejects.toMatchObject({ code: 'timeout', path: 'c.hang' })
  })

  test('begins anew with its attempt after a restore', async () => {
    const clock = new SimulatedClock()
    const actor = createActor(pipeline.machine, { clock, input: 1 }).start()
    await settle()
    clock.increment(900)
    const snapshot = json(actor.getPersistedSnapshot())
    actor.stop()
    const later = clockAt(900)
    const restored = createActor(pipeline.machine, { clock: later, snapshot, input: 1 })
    const ended = toPromise(restored.start())
    await settle()
    later.increment(999)
    await settle()
    expect(restored.getSnapshot().status).toBe('active')
    later.increment(1)
    await expect(ended).rejects.toMatchObject({ code: 'timeout', path: 'c.hang' })
  })

  test('leaves no timer behind once the attempt has ended', async () => {
    const set = new Set<number>()
    const clock = {
      setTimeout: (callback: () => void, ms: number) => {
        const id = Number(setTimeout(callback, ms))
        set.add(id)
        return id
      },
      clearTimeout: (id: number) => {
        clearTimeout(id)
        set.delete(id)
      },
    }
    const quick = fn({ name: 'quick', timeout: 60_000, run: async (_: unknown) => void (await settle()) })
    const actor = createActor(quick.machine, { clock, input: 1 }).start()
    expect(set.size).toBe(1)
    await toPromise(actor)
    expect(set.size).toBe(0)
  })

  test('may be longer than what a timer can hold, and ends in time', async () => {
    const clock = new SimulatedClock()
    const set = vi.spyOn(clock, 'setTimeout')
    const long = receive({ name: 'long', events: { GO: z.object({}) }, timeout: 2 ** 32 })
    const actor = createActor(long.machine, { clock, input: undefined })
    const ended = toPromise(actor.start())
    for (const ms of [2 ** 31, 2 ** 31 - 1]) {
      clock.increment(ms)
      await settle()
      expect(actor.getSnapshot().status).toBe('active')
    }
    clock.increment(1)
    await expect(ended).rejects.toMatchObject({ code: 'timeout', path: 'long' })
    expect(Math.max(...set.mock.calls.map(([, ms]) => ms))).toBe(2 ** 31 - 1)
  })
})

describe('the wait before the next attempt', () => {
  test.each([
    ['nothing without a backoff', undefined, [0, 0, 0]],
    ['twice as long each time', { initial: 100 }, [100, 200, 400]],
    ['by a factor of its own', { initial: 100, factor: 3 }, [100, 300, 900]],
    ['never longer than its max', { initial: 100, max: 150 }, [100, 150, 150]],
  ])('is %s', (_, delays, waits) => {
    const wait = (attempt: number) => retryDelay({ attempts: 9, ...(delays && { backoff: delays }) }, { attempt })
    expect([1, 2, 3].map(wait)).toEqual(waits)
  })

  test('is halved at most by jitter, and a whole number', () => {
    const wait = () => retryDelay({ attempts: 9, backoff: { initial: 101, jitter: true } }, { attempt: 1 })
    const random = vi.spyOn(Math, 'random')
    expect([0, 0.5, 1].map((value) => (random.mockReturnValue(value), wait()))).toEqual([51, 76, 101])
  })

  test('is taken by the clock of the actor', async () => {
    const clock = clockAt(5000)
    const begun: number[] = []
    const bad = fn({
      name: 'bad',
      retry: { attempts: 3, backoff: { initial: 100 } },
      run: (_: unknown) => {
        begun.push(clock.now())
        throw new Error('no')
      },
    })
    const ended = toPromise(createActor(bad.machine, { clock, input: 1 }).start())
    for (let waited = 0; waited < 300; waited += 50) {
      await settle()
      clock.increment(50)
    }
    await expect(ended).rejects.toMatchObject({ attempts: 3 })
    expect(begun).toEqual([5000, 5100, 5300])
  })
})

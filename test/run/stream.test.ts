import { fn, map, receive, type RunContext, type RunEvent } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { EventBuffer } from '../../src/run/event-buffer.ts'
import { Dice } from '../engine/dice.ts'

const later = () => new Promise((resolve) => setTimeout(resolve, 5))

/** A model that says nothing, and whose signal is kept. */
function silent() {
  const begun = vi.fn<() => void>()
  const signals: AbortSignal[] = []
  const model = fn({
    name: 'model',
    run: (_: unknown, { signal }: RunContext) => {
      signals.push(signal)
      begun()
      return new Promise<string>(() => {})
    },
  })
  return { model, begun, isAborted: () => signals.every((signal) => signal.aborted) }
}

type Iterator = AsyncIterableIterator<RunEvent> & Required<AsyncIterator<RunEvent>>
const iterate = (stream: AsyncIterable<RunEvent>) => stream[Symbol.asyncIterator]() as Iterator

async function readAll(stream: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

/** Reads until the model is silent: the next event will never come. */
async function readUntilSilent(iterator: Iterator) {
  for (;;) {
    const { value } = await iterator.next()
    if (value?.type === 'state' && value.state === 'running') return
  }
}

describe('leaving a stream while the model is silent', () => {
  test.each<[string, (iterator: Iterator) => Promise<unknown>]>([
    ['return()', (iterator) => iterator.return()],
    ['throw()', (iterator) => iterator.throw(new Error('enough')).catch(() => {})],
    [
      'Symbol.asyncDispose',
      (iterator) => (iterator as unknown as Record<symbol, () => Promise<void>>)[(Symbol as any).asyncDispose]!(),
    ],
  ])('%s settles at once, aborts the signal, and ends who waits for an event', async (_, leave) => {
    const { model, begun, isAborted } = silent()
    const iterator = iterate(model.stream(1))
    await readUntilSilent(iterator)
    await vi.waitFor(() => expect(begun).toHaveBeenCalled())
    const waiting = [iterator.next(), iterator.next()]
    const left = leave(iterator)
    expect(isAborted()).toBe(true)
    await left
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  test('return() gives back its value and throw() its error, and both may come twice or before anything was read', async () => {
    const { model } = silent()
    const iterator = iterate(model.stream(1))
    expect(await iterator.return(Promise.resolve('mine'))).toEqual({ done: true, value: 'mine' })
    expect(await iterator.return()).toEqual({ done: true, value: undefined })
    await expect(iterator.throw(new Error('mine'))).rejects.toThrow('mine')
  })

  test('a web stream that is cancelled, as when the browser has gone, stops the run', async () => {
    const { model, begun, isAborted } = silent()
    const web = (ReadableStream as unknown as { from(source: unknown): ReadableStream }).from(model.stream(1))
    const reader = web.getReader()
    for (let state; state !== 'running';) state = (await reader.read()).value?.state
    await vi.waitFor(() => expect(begun).toHaveBeenCalled())
    void reader.read()
    await reader.cancel('gone')
    expect(isAborted()).toBe(true)
  })

  test('a loop that throws stops the run', async () => {
    const { model, isAborted } = silent()
    const looping = async () => {
      for await (const event of model.stream(1)) if (event.type === 'state') throw new Error('mine')
    }
    await expect(looping()).rejects.toThrow('mine')
    expect(isAborted()).toBe(true)
  })

  test('what was waiting to be read is gone', async () => {
    const chatty = fn({
      name: 'chatty',
      run: (_: unknown, { emit }: RunContext) => {
        for (let n = 0; n < 10; n++) emit({ type: 'token', delta: 'x' })
        return new Promise(() => {})
      },
    })
    const iterator = iterate(chatty.stream(1))
    await later()
    await iterator.return()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })
})

describe('a stream', () => {
  test('begins when it is asked for, and not when it is read', async () => {
    const { model, begun } = silent()
    const stream = model.stream(1)
    await later()
    expect(begun).toHaveBeenCalledOnce()
    await iterate(stream).return()
  })

  test('has the actor of its run, which takes events and can be saved', async () => {
    const ask = receive({ name: 'ask', events: { OK: z.object({ by: z.string() }) } })
    const stream = ask.stream(1)
    const told: string[] = []
    for await (const event of stream) {
      told.push(event.type === 'state' ? event.state : event.type)
      if (event.type !== 'waiting') continue
      expect(JSON.stringify(stream.actor.getPersistedSnapshot())).toContain('"running"')
      stream.actor.send({ type: 'OK', by: 'Ada' })
    }
    expect(told).toEqual(['validatingInput', 'running', 'waiting', 'validatingOutput', 'complete', 'output'])
    expect(stream.actor.getSnapshot().output).toEqual({ type: 'OK', by: 'Ada' })
  })

  test('throws a mistake of the caller itself', () => {
    expect(() => silent().model.stream(1, { timeout: -1 })).toThrow(TypeError)
  })

  test('is its own iterator, and answers those who ask at the same time in their order', async () => {
    const stream = fn({ name: 'f', run: () => 'out' }).stream(undefined)
    const iterator = iterate(stream)
    expect(iterate(iterator)).toBe(iterator)
    const results = await Promise.all(Array.from({ length: 8 }, () => iterator.next()))
    const states = results.map(({ value }) => (value?.type === 'state' ? value.state : value?.type))
    expect(states).toEqual([
      'validatingInput',
      'running',
      'validatingOutput',
      'complete',
      'output',
      undefined,
      undefined,
      undefined,
    ])
  })

  test('that nobody reads ends all the same', async () => {
    const ended = vi.fn<() => void>()
    const chatty = fn({
      name: 'chatty',
      run: async (_: unknown, { emit }: RunContext) => {
        for (let n = 0; n < 5000; n++) emit({ type: 'token', delta: `${n % 10}` })
        await later()
        ended()
      },
    })
    const stream = chatty.stream(1)
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce(), { timeout: 10_000 })
    await later()
    const events = await readAll(stream)
    const tokens = events.flatMap((event) => (event.type === 'token' ? [event.delta] : []))
    expect(events.length).toBeLessThan(1040)
    expect(tokens.join('')).toBe(Array.from({ length: 5000 }, (_, n) => n % 10).join(''))
    // The first ones are as they were told.
    expect(tokens.slice(0, 1000).every((token) => token.length === 1)).toBe(true)
    expect(events.slice(-3).map(({ type }) => type)).toEqual(['state', 'state', 'output'])
  })

  test('of many items loses none of their states', async () => {
    const stream = map({ name: 'm', each: (n: number) => n }).stream(Array.from({ length: 3000 }, (_, n) => n))
    await later()
    const events = await readAll(stream)
    const ended = events.flatMap((event) =>
      event.type === 'state' && event.path !== 'm' && event.state === 'complete' ? [event.path] : [],
    )
    expect(ended.toSorted()).toEqual(Array.from({ length: 3000 }, (_, n) => `m[${n}]`).toSorted())
  })
})

describe('the events that wait', () => {
  /** The same, said plainly. */
  class Plain {
    readonly list: RunEvent[] = []

    push(event: RunEvent & { path: string }) {
      const { list } = this
      const at = list.findLastIndex((other) => 'path' in other && other.path === event.path)
      const last = list[at]
      const joins = list.length >= 1024 && event.type === 'token' && last?.type === 'token'
      if (!joins || 'choice' in event !== 'choice' in last) list.push(event)
      else list[at] = { ...event, delta: last.delta + event.delta }
    }
  }

  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
  test(`are joined only beyond the bound, only tokens, and never over another event of their path (seed ${seed})`, () => {
    const dice = new Dice(seed)
    for (let round = 0; round < 8; round++) {
      const backlog = new EventBuffer()
      const plain = new Plain()
      const pace = dice.next() * 0.6
      for (let n = 0; n < 4000; n++) {
        const path = dice.pick(['a', 'b', 'a.b', '__proto__'])
        const token = { type: 'token', path, delta: `<${n}>`, ...(dice.chance(0.1) && { choice: 1 }) } as const
        const event = dice.chance(0.95) ? token : ({ type: 'event', path, event: { type: 'own', n } } as const)
        backlog.push(event)
        plain.push(event)
        if (!dice.chance(pace)) continue
        expect(backlog.shift(), `seed ${seed}`).toEqual(plain.list.shift())
      }
      for (const rest of plain.list) expect(backlog.shift(), `seed ${seed}`).toEqual(rest)
      expect(backlog.shift()).toBeUndefined()
    }
  })
})

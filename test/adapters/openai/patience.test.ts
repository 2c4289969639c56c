import { getEventListeners } from 'node:events'
import { chain, fn, type RunContext } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { chunk, mockServer, rawServer } from './server.ts'

const base = { name: 'chat', model: 'gpt-4o-mini', stream: true } as const

/** A server that sends these chunks, waiting as many ms before each, and never ends. */
async function slowServer(...chunks: [wait: number, data: object][]) {
  const closed = vi.fn()
  const { access } = await rawServer(async (response) => {
    response.on('close', closed)
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    for (const [wait, data] of chunks) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      response.write(`data: ${JSON.stringify(data)}\n\n`)
    }
  })
  return { access, closed }
}
const role = { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }

// The first call loads the SDK, which takes longer than these timeouts where much else goes on.
beforeAll(async () => {
  await openAIChat({ ...base, apiKey: 'key', baseURL: 'http://127.0.0.1:1', retry: { attempts: 1 } }).safeRun('Hi')
})

describe('the patience of a stream', () => {
  test('a first token that does not come is an error of its own, and ends the request', async () => {
    const { access, closed } = await slowServer([0, role], [20, role])
    const result = await openAIChat({ ...base, ...access, firstTokenTimeout: 250 }).safeRun('Hi')
    expect(result).toMatchObject({
      error: {
        code: 'run',
        cause: { problem: 'first_token_timeout' },
        message: expect.stringContaining('no token arrived within 250 ms (firstTokenTimeout)'),
      },
    })
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 5000)
  })

  test('so is a server that does not even answer', async () => {
    const closed = vi.fn()
    const { access } = await rawServer((response) => response.on('close', closed))
    const result = await openAIChat({ ...base, ...access, firstTokenTimeout: 250 }).safeRun('Hi')
    expect(result).toMatchObject({ error: { cause: { problem: 'first_token_timeout' } } })
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 5000)
  })

  test('an answer that stands still is one too, and each piece gives it new time', async () => {
    const { access, closed } = await slowServer([0, chunk('a')], [60, chunk('b')], [60, chunk('c')])
    const chat = openAIChat({ ...base, ...access, firstTokenTimeout: 1000, idleTimeout: 100 })
    const tokens: string[] = []
    let last
    for await (const event of chat.stream('Hi')) {
      if (event.type === 'token') tokens.push(event.delta)
      last = event
    }
    expect(tokens).toEqual(['a', 'b', 'c'])
    expect(last).toMatchObject({ error: { cause: { problem: 'idle_timeout' } } })
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 5000)
  })

  test('an idle timeout alone counts from when the stream is open', async () => {
    const { access } = await slowServer()
    const result = await openAIChat({ ...base, ...access, idleTimeout: 50 }).safeRun('Hi')
    expect(result).toMatchObject({ error: { cause: { problem: 'idle_timeout' } } })
  })

  test('both are tried again', async () => {
    const { mock, access } = await mockServer()
    mock.on({ sequenceIndex: 0 }, { content: 'late' }, { streamingProfile: { ttft: 2000 } })
    mock.on({ sequenceIndex: 1 }, { content: 'slowly' }, { chunkSize: 1, streamingProfile: { ttft: 1, tps: 1 } })
    mock.on({}, { content: 'in time' })
    const chat = openAIChat({ ...base, ...access, firstTokenTimeout: 200, idleTimeout: 200, retry: { attempts: 3 } })
    expect(await chat.run('Hi')).toBe('in time')
    expect(mock.getRequests()).toHaveLength(3)
  })

  test('the timeout of the whole goes on', async () => {
    const { access } = await slowServer(
      [0, chunk('a')],
      ...Array.from({ length: 50 }, () => [20, chunk('b')] as [number, object]),
    )
    const chat = openAIChat({ ...base, ...access, firstTokenTimeout: 1000, idleTimeout: 1000, timeout: 150 })
    expect(await chat.safeRun('Hi')).toMatchObject({ error: { code: 'timeout' } })
  })

  test('nothing stays behind on the signal of the run', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello' })
    const { ask } = openAIChat({ ...base, ...access, firstTokenTimeout: 1000, idleTimeout: 1000 }) as any
    const listeners: number[] = []
    const twice = fn({
      name: 'twice',
      run: async (_: string, ctx: RunContext) => {
        const before = getEventListeners(ctx.signal, 'abort').length
        for (const _ of [1, 2, 3]) {
          await ask({ messages: [{ role: 'user', content: 'Hi' }] }, ctx)
          listeners.push(getEventListeners(ctx.signal, 'abort').length - before)
        }
      },
    })
    await chain({ name: 'all', children: [twice] }).run('')
    expect(listeners).toEqual([0, 0, 0])
  })

  test.each([
    [{ firstTokenTimeout: 0, stream: true }, 'firstTokenTimeout is 0'],
    [{ idleTimeout: Infinity, stream: true }, 'idleTimeout is Infinity'],
    [{ idleTimeout: 10, stream: false }, 'idleTimeout needs a stream'],
  ])('%j is refused when it is defined', (patience, message) => {
    expect(() => openAIChat({ ...base, ...patience })).toThrow(`openAIChat chat: ${message}`)
  })
})

describe('what a client of another library may do', () => {
  const chunk = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] }
  const clientOf = (create: () => Promise<unknown>) => ({ chat: { completions: { create } } })

  test('a stream that always has one more does not keep the run from its time', async () => {
    const endless = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: chunk }) }) }
    const chat = openAIChat({ name: 'chat', model: 'm', stream: true, client: clientOf(async () => endless) })
    expect((await chat.safeRun('x', { timeout: 30 })).error).toMatchObject({ code: 'timeout' })
  })

  test.each<[string, () => unknown]>([
    [
      'an error whose status cannot be read',
      () =>
        Object.defineProperty(new Error('x'), 'status', {
          get: () => {
            throw new Error('status')
          },
        }),
    ],
    [
      'a proxy that was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
    ],
  ])('a stream that breaks off is tried again: %s', async (_, thrown) => {
    let calls = 0
    const broken = () => {
      calls++
      return { [Symbol.asyncIterator]: () => ({ next: async () => Promise.reject(thrown()) }) }
    }
    const retry = { attempts: 2, backoff: { initial: 1, max: 5 } }
    const chat = openAIChat({ name: 'chat', model: 'm', stream: true, client: clientOf(async () => broken()), retry })
    const { error } = await chat.safeRun('x')
    expect([calls, error?.code, error?.path]).toEqual([2, 'run', 'chat'])
  })
})

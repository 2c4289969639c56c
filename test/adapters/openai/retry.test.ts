import { APIError } from 'openai'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { mockServer, rawServer, streamServer, chunk } from './server.ts'

const chatOf = (access: object, rest: object = {}) =>
  openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    retry: { attempts: 3, backoff: { initial: 1 } },
    ...access,
    ...rest,
  })

describe('retry of openAIChat', () => {
  test.each([408, 409, 429, 500, 503])('%i is tried again, with the same key, until it goes well', async (status) => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    mock.nextRequestError(status, { message: 'not now' })
    expect(await chatOf(access).run('Hi', { id: 'run-1' })).toBe('ok')
    const keys = mock.getRequests().map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual(['run-1:chat', 'run-1:chat'])
  })

  test.each([
    [400, { message: 'bad request' }],
    [401, { message: 'Incorrect API key provided' }],
    [403, { message: 'not allowed' }],
    [404, { message: 'no such model' }],
    [429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }],
    [429, { message: 'You exceeded your current quota', type: 'insufficient_quota' }],
  ])('%i %j fails at once', async (status, error) => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { error, status })
    const result = await chatOf(access).safeRun('Hi')
    expect(result).toMatchObject({
      error: { code: 'run', attempts: 1, message: expect.stringContaining(error.message) },
    })
    expect(!result.success && result.error.cause).toBeInstanceOf(APIError)
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('without retry there is one try', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { error: { message: 'not now' }, status: 500 })
    const result = await chatOf(access, { retry: undefined }).safeRun('Hi')
    expect(result).toMatchObject({ error: { attempts: 1, cause: { status: 500 } } })
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('a connection that cannot be made is tried again', async () => {
    const { mock, access } = await mockServer()
    await mock.stop()
    const result = await chatOf(access).safeRun('Hi')
    expect(result).toMatchObject({
      error: {
        attempts: 3,
        cause: { problem: 'no_connection' },
        message: expect.stringMatching(
          /could not be reached: .*ECONNREFUSED 127\.0\.0\.1.*Check the network, and baseURL/,
        ),
      },
    })
  })

  test('a body that breaks off is tried again', async () => {
    let calls = 0
    const { access } = await rawServer((response) => {
      calls += 1
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' })
      response.write('{"choices":[{')
      setTimeout(() => response.destroy(), 10)
    })
    expect(await chatOf(access).safeRun('Hi')).toMatchObject({ error: { code: 'run', attempts: 3 } })
    expect(calls).toBe(3)
  })

  test('a stream that breaks off is tried again', async () => {
    const { access } = await streamServer([chunk('Once upon')], { cut: true })
    expect(await chatOf(access, { stream: true }).safeRun('Hi')).toMatchObject({
      error: { code: 'run', attempts: 3, cause: { problem: 'cut_off' } },
    })
  })

  test('an answer that does not fit is tried again', async () => {
    const { mock, access } = await mockServer()
    mock.on({ userMessage: 'Hi', sequenceIndex: 0 }, { content: 'Hard to say' })
    mock.on({ userMessage: 'Hi' }, { content: 'good' })
    const chat = chatOf(access, { output: z.enum(['good', 'bad']) })
    const states: string[] = []
    for await (const event of chat.stream('Hi')) if (event.type === 'state') states.push(event.state)
    expect(states).toEqual([
      'validatingInput',
      'running',
      'validatingOutput',
      'waitingToRetry',
      'running',
      'validatingOutput',
      'complete',
    ])
  })

  test('so is one that takes too long', async () => {
    const { mock, access } = await mockServer()
    mock.on({ userMessage: 'Hi', sequenceIndex: 0 }, { content: 'late' }, { chaos: { latencyMs: 2000 } })
    mock.on({ userMessage: 'Hi' }, { content: 'in time' })
    expect(await chatOf(access, { timeout: 200 }).run('Hi')).toBe('in time')
  })

  test('a predicate of your own decides instead', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { error: { message: 'no' }, status: 401 })
    const when = vi.fn(() => true)
    const result = await chatOf(access, { retry: { attempts: 2, when } }).safeRun('Hi')
    expect(result).toMatchObject({ error: { attempts: 2 } })
    expect(when).toHaveBeenCalledOnce()
  })
})

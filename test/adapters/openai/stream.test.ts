import type { RunEvent } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { chunk, mockServer, rawServer, streamServer } from './server.ts'

const chatOf = (access: object) => openAIChat({ name: 'chat', model: 'gpt-4o-mini', stream: true, ...access })

const halfCall = {
  choices: [
    { index: 0, delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'time', arguments: '{"n":' } }] } },
  ],
}

/** The ids and headers of responses differ from run to run. */
const isTold = (event: RunEvent): boolean => event.type !== 'event' || event.event.type !== 'response'

async function eventsOf(chat: ReturnType<typeof chatOf>) {
  const events: RunEvent[] = []
  for await (const event of chat.stream('Hi')) if (event.type !== 'state' && isTold(event)) events.push(event)
  return events
}

describe('openAIChat with stream', () => {
  test('tells each token, then usage and finish reason, and gives the whole text', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello there' }, { chunkSize: 5 })
    const events = await eventsOf(chatOf(access))
    expect(events).toEqual([
      { type: 'token', path: 'chat', delta: 'Hello' },
      { type: 'token', path: 'chat', delta: ' ther' },
      { type: 'token', path: 'chat', delta: 'e' },
      { type: 'usage', path: 'chat', inputTokens: 1, outputTokens: 3, cost: 0.00000195 },
      { type: 'finish', path: 'chat', reason: 'stop' },
      { type: 'output', output: 'Hello there' },
    ])
    expect(mock.getLastRequest()?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  })

  test('parses structured output when it is whole', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: '{"risk":0.3}' }, { chunkSize: 3 })
    const chat = openAIChat({
      name: 'chat',
      model: 'gpt-4o-mini',
      stream: true,
      output: z.object({ risk: z.number() }),
      ...access,
    })
    expect(await chat.run('Hi')).toEqual({ risk: 0.3 })
  })

  test('keeps several answers apart', async () => {
    const logprobs = (token: string) => ({ logprobs: { content: [{ token }] } })
    const { access } = await streamServer([
      chunk('a', null, 0),
      chunk('b', null, 1),
      { choices: [{ index: 0, delta: { content: 'A' }, finish_reason: null, ...logprobs('A') }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop', ...logprobs('!') }] },
      chunk(undefined, 'stop', 1),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
    ])
    const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', stream: true, n: 2, ...access })
    const events: RunEvent[] = []
    for await (const event of chat.stream('Hi')) if (event.type !== 'state' && isTold(event)) events.push(event)
    expect(events).toEqual([
      { type: 'token', path: 'chat', delta: 'a', index: 0 },
      { type: 'token', path: 'chat', delta: 'b', index: 1 },
      { type: 'token', path: 'chat', delta: 'A', index: 0 },
      { type: 'usage', path: 'chat', inputTokens: 1, outputTokens: 2, cost: 0.00000135 },
      { type: 'finish', path: 'chat', reason: 'stop', index: 0 },
      { type: 'event', path: 'chat', event: { type: 'logprobs', content: [{ token: 'A' }, { token: '!' }], index: 0 } },
      { type: 'finish', path: 'chat', reason: 'stop', index: 1 },
      { type: 'output', output: ['aA', 'b'] },
    ])
  })

  test.each([
    ['a connection that is cut', [chunk('Once upon')], true],
    ['a stream of nothing', [], false],
    ['a call that ends in the midst of its arguments', [halfCall], false],
  ])('%s is an error, never a short answer', async (_, chunks, cut) => {
    const { access } = await streamServer(chunks, { cut })
    const result = await chatOf(access).safeRun('Hi')
    expect(result).toMatchObject({ success: false, error: { code: 'run', cause: { problem: 'cut_off' } } })
  })

  test('so is a cut by the fake server in the midst of a long answer', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'A long story that never ends' }, { chunkSize: 4, truncateAfterChunks: 3 })
    expect(await chatOf(access).safeRun('Hi')).toMatchObject({ success: false, error: { code: 'run' } })
  })

  test('what the server says in the midst of a stream is the error', async () => {
    const { access } = await streamServer([chunk('Once'), { error: { message: 'The engine is overloaded' } }])
    const result = await chatOf(access).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'run', message: expect.stringContaining('overloaded') } })
  })

  test('a refusal in pieces, and length, are the same errors as without a stream', async () => {
    const refusing = await streamServer([
      { choices: [{ index: 0, delta: { refusal: 'I ' } }] },
      { choices: [{ index: 0, delta: { refusal: 'will not.' }, finish_reason: 'stop' }] },
    ])
    expect(await chatOf(refusing.access).safeRun('Hi')).toMatchObject({
      error: { cause: { problem: 'refusal', message: expect.stringContaining('I will not.') } },
    })
    const long = await streamServer([chunk('Once'), chunk(undefined, 'length')])
    expect(await chatOf(long.access).safeRun('Hi')).toMatchObject({ error: { cause: { problem: 'length' } } })
  })

  test('an abort between two tokens ends the run at once, and the request with it', async () => {
    const closed = vi.fn()
    const { access } = await rawServer((response) => {
      response.setHeader('content-type', 'text/event-stream')
      response.write(`data: ${JSON.stringify(chunk('Once'))}\n\n`)
      response.on('close', closed)
    })
    const stop = new AbortController()
    const events: RunEvent[] = []
    for await (const event of chatOf(access).stream('Hi', { signal: stop.signal })) {
      if (event.type === 'token') stop.abort()
      events.push(event)
    }
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'aborted' } })
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
  })
})

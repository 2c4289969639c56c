import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rawServer } from './server.ts'

const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) => ({
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
})
const whole = (message: object, more: object = {}) => ({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
  ...more,
})
const events = (...values: object[]) =>
  `${values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('')}data: [DONE]\n\n`
const retry = { attempts: 2, backoff: { initial: 1 } }

/** What comes of a body, and how often it was asked for. */
async function asked(body: string, { status = 200, type = 'application/json', stream = false } = {}) {
  let count = 0
  const { access } = await rawServer((response) => {
    count += 1
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  })
  const result = await openAIChat({ name: 'chat', model: 'm', stream, retry, ...access }).safeRun('Hi')
  return { ...result, count }
}
const streamed = (body: string) => asked(body, { type: 'text/event-stream', stream: true })

describe('all that a server says by a refusal is heard, wherever it stands', () => {
  const used = { code: 'insufficient_quota', message: 'used up' }
  test.each<[string, unknown]>([
    ['a list', [{ error: used }]],
    ['an error in an error', { error: { error: used } }],
    ['a detail', { detail: used }],
    ['a list of errors', { errors: [used] }],
    ['beside the error', { error: { message: 'used up' }, code: 'insufficient_quota' }],
    ['no message', { error: { code: 'insufficient_quota' } }],
    ['no message and no error', { code: 'insufficient_quota' }],
    ['a type', [{ error: { type: 'insufficient_quota', message: 'used up' } }]],
  ])('a quota that is used up: %s', async (_, body) => {
    const { error, count } = await asked(JSON.stringify(body), { status: 429 })
    expect(error?.message).toContain('the account has no credit or quota left')
    expect(count).toBe(1)
  })

  test.each<[string, (error: object) => unknown]>([
    ['a list', (error) => [{ error }]],
    ['no list', (error) => ({ error })],
    ['a detail', (detail) => ({ detail })],
  ])('a time to wait: %s', async (_, bodyOf) => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '100800s' }]
    const body = bodyOf({ code: 429, status: 'RESOURCE_EXHAUSTED', message: 'slow', details })
    const { error, count } = await asked(JSON.stringify(body), { status: 429 })
    expect(error).toMatchObject({ retryAfter: 100_800_000, message: expect.stringContaining('slow') })
    expect(error?.toJSON().cause).toMatchObject({ status: 429, code: 'RESOURCE_EXHAUSTED' })
    expect(count).toBe(1)
  })
})

test.each<[string, unknown]>([
  ['empty texts', { message: '', type: '', param: '', code: null }],
  ['success', { code: 0, message: 'success' }],
  ['nothing', {}],
  ['a code of success', { code: 200 }],
  ['a text', 'OK'],
  ['in a list', [{ code: '0', message: 'Success.' }]],
])('an error that says nothing is none: %s', async (_, error) => {
  const body = events(chunk({ content: 'Hel' }, null, { error }), chunk({ content: 'lo' }, 'stop', { error }))
  expect(await streamed(body)).toMatchObject({ output: 'Hello' })
  expect(await asked(JSON.stringify(whole({ content: 'Hello' }, { error })))).toMatchObject({ output: 'Hello' })
  const refused = await asked(JSON.stringify(whole({ content: null, refusal: 'I will not' }, { error })))
  expect(refused.error?.cause).toMatchObject({ problem: 'refusal' })
})

test.each<[string, string]>([
  ['an event that is a sign of life', `event: ping\ndata: {"message":"processing"}\n\n`],
  ['a value that calls itself one', `data: {"type":"keep-alive","message":"still here"}\n\n`],
  [
    'a count of tokens with a word beside',
    events({ choices: [], detail: 'x', usage: { prompt_tokens: 1 } }).slice(0, -14),
  ],
])('what is between the chunks is no error: %s', async (_, between) => {
  expect(await streamed(between + events(chunk({ content: 'Hello' }, 'stop')))).toMatchObject({ output: 'Hello' })
})

describe('JSON over several lines, without fields', () => {
  const pretty = (value: object) => JSON.stringify(value, null, 2)
  test('after a comment', async () => {
    expect(await asked(`: PROCESSING\n\n${pretty(whole({ content: 'Hello' }))}`)).toMatchObject({ output: 'Hello' })
  })

  test('as an error in the midst of a stream', async () => {
    const error = { message: 'the quota of this tenant is used up', type: 'insufficient_quota' }
    const begun = events(chunk({ content: 'He' })).slice(0, -14)
    for (const end of ['', '\n', `\n${events(chunk({ content: 'y' }, 'stop'))}`]) {
      const result = await streamed(`${begun}${pretty({ error })}${end}`)
      expect(result).toMatchObject({ error: { message: expect.stringContaining(error.message) }, count: 1 })
    }
  })

  test('with a line that looks like the end of a stream', async () => {
    for (const tag of ['[DONE] is how it ends', '[DONE]']) {
      const body = whole({ content: [{ type: 'text', text: 'x' }], tags: [tag] })
      expect(await asked(pretty(body), { stream: true })).toMatchObject({ output: 'x' })
    }
  })
})

test.each(['', 'd', 'dat', 'data', 'data:', 'data: {"ch', 'event', 'ev', ': keep', '{"id":"c","cho', 'data: [DO'])(
  'a body that ends with its connection in the midst of %j was cut',
  async (sent) => {
    for (const stream of [true, false]) {
      let count = 0
      const type = stream ? 'text/event-stream' : 'application/json'
      const head = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n`
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => {
          count += 1
          socket.end(head + sent)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void server.close())
      const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const chat = openAIChat({ name: 'chat', model: 'm', apiKey: 'k', baseURL, stream, retry })
      expect([sent, stream, (await chat.safeRun('Hi')).error?.cause, count]).toMatchObject([
        sent,
        stream,
        { problem: 'cut_off' },
        2,
      ])
    }
  },
)

test.each<[string, object, number]>([
  ['among the details', { prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 300 } }, 1000],
  [
    'in two ways',
    { prompt_tokens_details: { cached_tokens: 600, cache_creation_tokens: 300 }, cache_read_input_tokens: 600 },
    1000,
  ],
  ['beside', { cache_read_input_tokens: 600, cache_creation_input_tokens: 300 }, 1000],
  [
    'beside a zero',
    { prompt_tokens_details: { cached_tokens: 0 }, cached_tokens: 600, cache_creation_input_tokens: 300 },
    1000,
  ],
  ['more than all', { prompt_tokens: 100, cache_read_input_tokens: 600, cache_creation_input_tokens: 300 }, 1000],
  [
    'of which the others are not',
    { prompt_tokens: undefined, input_tokens: 100, cache_read_input_tokens: 600, cache_creation_input_tokens: 300 },
    1000,
  ],
])('what was read from a cache, or written to it, is counted as such: %s', async (_, more, inputTokens) => {
  const { access } = await rawServer((response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify(whole({ content: 'x' }, { usage: { prompt_tokens: 1000, completion_tokens: 0, ...more } })),
    )
  })
  const prices = { m: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } }
  const heard: unknown[] = []
  for await (const event of openAIChat({ name: 'chat', model: 'm', prices, ...access }).stream('Hi'))
    if (event.type === 'usage') heard.push(event)
  expect(heard).toMatchObject([{ inputTokens, cachedInputTokens: 600, cacheWriteTokens: 300 }])
  expect((heard[0] as { cost: number }).cost).toBeCloseTo((100 * 3 + 600 * 0.3 + 300 * 3.75) / 1e6)
})

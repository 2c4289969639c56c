import OpenAI from 'openai'
import type { RunEvent } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { responseValues, openResponse } from '../../../src/adapters/openai/wire/response-values.ts'
import { readCompletion } from '../../../src/adapters/openai/wire/completion.ts'
import { collectCompletion } from '../../../src/adapters/openai/wire/collect-completion.ts'
import { chunk, completionServer, rawServer, streamServer } from './server.ts'

const model = 'm'
const bodyServer = (text: string, { status = 200, type = 'application/json' } = {}) =>
  rawServer((response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(text)
  })
const events = (...chunks: unknown[]) => chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')
const askOf = (access: object, stream: boolean) => openAIChat({ name: 'chat', model, stream, ...access }).safeRun('Hi')

describe.each([[false], [true]])('a server that says what went wrong with status 200 (stream: %s)', (stream) => {
  test.each<[string, unknown, string]>([
    ['an object', { error: { message: 'no such model', code: 'model_not_found' } }, 'no such model'],
    ['a text', { error: 'no such model' }, 'no such model'],
    ['a detail', { detail: 'no such model' }, 'no such model'],
    ['details', { detail: [{ loc: ['body'], msg: 'no such model' }] }, 'no such model'],
    ['a message', { message: 'no such model', object: 'error' }, 'no such model'],
    ['a list', [{ error: { message: 'no such model' } }], 'no such model'],
    ['a choice', { choices: [{ finish_reason: 'error', error: { message: 'no such model' } }] }, 'no such model'],
    ['a page', { error: '<html><h1>no such model</h1></html>' }, 'no such model'],
  ])('%s', async (_, body, words) => {
    const document = await bodyServer(JSON.stringify(body))
    expect(await askOf(document.access, stream)).toMatchObject({
      error: { code: 'run', message: expect.stringContaining(words), cause: { name: 'ServerError' } },
    })
    const streamed = await bodyServer(events(chunk('Once'), body), { type: 'text/event-stream' })
    const result = await askOf(streamed.access, stream)
    expect(result).toMatchObject({ error: { code: 'run', message: expect.stringContaining(words) } })
    expect(result.error?.message).not.toContain('<')
  })

  test('its code, type and a status that it names are kept', async () => {
    const { access } = await bodyServer(JSON.stringify({ error: { message: 'busy', code: 503, type: 'overloaded' } }))
    expect(await askOf(access, stream)).toMatchObject({
      error: { cause: { status: 503, code: 503, type: 'overloaded', error: { message: 'busy' } } },
    })
  })

  test('an event called error is one, whatever stands in it', async () => {
    for (const said of ['the model is asleep', '{"message":"the model is asleep"}']) {
      const text = `${events(chunk('Once'))}event: error\ndata: ${said}\n\n`
      const { access } = await bodyServer(text, { type: 'text/event-stream' })
      expect(await askOf(access, stream)).toMatchObject({
        error: { message: expect.stringContaining('the model is asleep') },
      })
    }
  })

  test.each([
    [200, 'text/html'],
    [200, 'application/json'],
    [404, 'text/html'],
    [502, 'text/html'],
  ])('a page with status %i (%s) is the status in words and a short piece of it', async (status, type) => {
    const page = `<!doctype html><html><head><style>h1 { color: red }</style><script>if (1 < 2) x()</script></head><body><h1>Welcome to &quot;nginx&quot;</h1>${'<p>all of it</p>'.repeat(9999)}</body></html>`
    const { access } = await bodyServer(page, { status, type })
    const { error } = await askOf(access, stream)
    const words = { 200: '200 OK', 404: '404 Not Found', 502: '502 Bad Gateway' }[status]
    expect(error?.message).toContain(words)
    expect(error?.message).toMatch(/Welcome to \\?"nginx/)
    expect(error?.message).not.toMatch(/[<>]|color|x\(\)/)
    expect(error?.message.length).toBeLessThan(600)
    if (status !== 200) expect(error?.cause).toMatchObject({ status })
  })

  test.each([{ detail: 'no such model' }, { message: 'no such model' }, [{ error: { message: 'no such model' } }]])(
    'what it refuses with 422 and %j is said',
    async (body) => {
      const { access } = await bodyServer(JSON.stringify(body), { status: 422 })
      expect(await askOf(access, stream)).toMatchObject({
        error: { message: expect.stringContaining('no such model'), cause: { status: 422 } },
      })
    },
  )

  test('nothing at all is an error', async () => {
    for (const type of ['application/json', 'text/event-stream', 'text/plain']) {
      const { access } = await bodyServer('', { type })
      expect(await askOf(access, stream)).toMatchObject({ success: false, error: { code: 'run' } })
    }
  })
})

describe('the end of a stream', () => {
  test.each<[string, object[], string]>([
    ['a text without a finish reason', [chunk('Hello')], 'Hello'],
    ['one of two answers that does not end', [chunk('a', 'stop'), chunk('b', null, 1)], 'a'],
    ['a finish reason in each chunk', [chunk('Hel', 'stop'), chunk('lo', 'stop')], 'Hello'],
  ])('[DONE] makes whole: %s', async (_, chunks, text) => {
    const { access } = await streamServer(chunks)
    expect(await askOf(access, true)).toMatchObject({ output: text })
  })

  test('a connection that breaks after the finish reason breaks nothing', async () => {
    const { access } = await streamServer([chunk('Hello', 'stop')], { cut: true })
    expect(await askOf(access, true)).toMatchObject({ output: 'Hello' })
  })

  test('a server that keeps the connection is not waited for', async () => {
    const { access } = await rawServer((response) => {
      response.setHeader('content-type', 'text/event-stream')
      response.write(`${events(chunk('Hello', 'stop'))}data: [DONE]\n\n`)
    })
    expect(await askOf(access, true)).toMatchObject({ output: 'Hello' })
  })

  test('what others put around the stream of the SDK sees all of it', async () => {
    const { access } = await streamServer([chunk('Hel'), chunk('lo', 'stop')])
    const client = new OpenAI(access)
    const seen: unknown[] = []
    const create = (body: never, options: never) => {
      const asked = client.chat.completions.create(body, options) as unknown as Promise<AsyncIterable<unknown>>
      const traced = async function* () {
        for await (const one of await asked) {
          seen.push(one)
          yield one
        }
      }
      return Object.assign(asked.then(traced), {
        asResponse: () => (asked as never as { asResponse(): unknown }).asResponse(),
      })
    }
    expect(await askOf({ client: { chat: { completions: { create } } } }, true)).toMatchObject({ output: 'Hello' })
    expect(seen).toHaveLength(2)
  })
})

test('reasoning is an event without a stream as well, and a content filter says so', async () => {
  const message = { content: 'Hi', reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }
  const { access } = await completionServer([{ index: 0, finish_reason: 'stop', message }])
  const heard: RunEvent[] = []
  for await (const event of openAIChat({ name: 'chat', model, ...access }).stream('Hi')) heard.push(event)
  expect(heard.filter(({ type }) => type === 'reasoning' || type === 'finish')).toMatchObject([
    { type: 'reasoning', delta: 'Hm' },
    { type: 'finish', reason: 'stop' },
  ])
  const filtered = await completionServer([{ index: 0, finish_reason: 'SAFETY', message: { content: '' } }])
  expect(await askOf(filtered.access, false)).toMatchObject({ error: { cause: { problem: 'content_filter' } } })
})

/** What is read of a body, with what the provider keeps. */
async function answersIn(given: unknown, stream = false) {
  const emitted: object[] = []
  const signal = new AbortController().signal
  const told = { signal, onActivity: () => {}, emit: (event: object) => void emitted.push(event), n: 1 }
  const completion = await collectCompletion(responseValues(await openResponse(given, stream), signal), told)
  const { answers } = readCompletion(completion, { provider: 'openai', n: 1, headers: undefined })
  return { answers, emitted }
}
async function* streamOf(...deltas: object[]) {
  for (const delta of deltas) yield { choices: [{ index: 0, delta }] }
  yield { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
}
const documentOf = (message: object) => ({ choices: [{ index: 0, finish_reason: 'stop', message }] })

describe("what a provider keeps on its message is the answer's, streamed or not", () => {
  const signed = { type: 'reasoning.text', index: 0, format: 'anthropic', text: 'Hmm', signature: 'sig' }
  const hidden = { type: 'reasoning.encrypted', index: 1, data: 'abc' }
  test.each<[string, object, object[], object | undefined]>([
    ['nothing', { content: 'a', annotations: [], audio: null, reasoning: '' }, [{ content: 'a' }], undefined],
    [
      'reasoning',
      { content: 'a', reasoning_content: 'Hmm' },
      [{ reasoning_content: 'H' }, { reasoning_content: 'mm' }, { content: 'a' }],
      { reasoning_content: 'Hmm' },
    ],
    [
      'signatures',
      { content: 'a', reasoning: 'Hmm', reasoning_details: [signed, hidden] },
      [
        { reasoning: 'H', reasoning_details: [{ type: 'reasoning.text', index: 0, format: 'anthropic', text: 'H' }] },
        { reasoning: 'mm', reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'mm' }] },
        { reasoning_details: [{ type: 'reasoning.text', index: 0, signature: 'sig' }] },
        { reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'a' }] },
        { reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'bc' }] },
        { content: 'a' },
      ],
      { reasoning: 'Hmm', reasoning_details: [signed, hidden] },
    ],
    [
      'audio',
      { content: null, audio: { id: 'x', data: 'abcd', transcript: 'Hi there', expires_at: 1 } },
      [
        { audio: { id: 'x' } },
        { audio: { id: 'x', data: 'ab', transcript: 'Hi' } },
        { audio: { data: 'cd', transcript: ' there' } },
        { audio: { expires_at: 1 } },
      ],
      { audio: { id: 'x', data: 'abcd', transcript: 'Hi there', expires_at: 1 } },
    ],
    [
      'annotations',
      {
        content: 'a',
        annotations: [
          { type: 'url_citation', url: 'a' },
          { type: 'url_citation', url: 'b' },
        ],
      },
      [
        { content: 'a', annotations: [{ type: 'url_citation', url: 'a' }] },
        { annotations: [{ type: 'url_citation', url: 'b' }] },
      ],
      {
        annotations: [
          { type: 'url_citation', url: 'a' },
          { type: 'url_citation', url: 'b' },
        ],
      },
    ],
    [
      'parts that are no text, in their places',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hmm' }] },
          { type: 'text', text: 'ab' },
        ],
      },
      [
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'H' }] }] },
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'mm' }] }] },
        { content: 'a' },
        { content: 'b' },
      ],
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hmm' }] },
          { type: 'text', text: 'ab' },
        ],
      },
    ],
    [
      "a call's signature",
      {
        content: null,
        tool_calls: [
          {
            id: 'a',
            type: 'function',
            function: { name: 't', arguments: '{}' },
            extra_content: { google: { thought_signature: 's' } },
          },
        ],
      },
      [
        {
          tool_calls: [
            {
              index: 0,
              id: 'a',
              type: 'function',
              function: { name: 't', arguments: '{}' },
              extra_content: { google: { thought_signature: 's' } },
            },
          ],
        },
      ],
      { tool_calls: [{ extra_content: { google: { thought_signature: 's' } } }] },
    ],
  ])('%s', async (_, message, deltas, extras) => {
    const whole = await answersIn(documentOf(message))
    const streamed = await answersIn(streamOf(...deltas), true)
    expect(whole.answers[0]!.parts).toEqual(extras && { provider: 'openai', content: [extras] })
    expect(streamed.answers).toEqual(whole.answers)
  })
})

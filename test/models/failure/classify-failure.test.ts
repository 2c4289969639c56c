import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError } from 'ai'
import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test'
import { APIError } from 'openai'
import { agent, llmCall, type PipelineError } from 'tinyllm'
import { openAIChat, openAIEmbedding } from 'tinyllm/openai'
import { describe, expect, test, vi } from 'vitest'
import { toError } from '../../../src/errors.ts'
import { chunk, rawServer } from '../../adapters/openai/server.ts'
import { SkippingClock } from '../../skipping-clock.ts'
import { compatibleProviders } from '../../tools/sdk-versions.ts'

type Access = { apiKey: string; baseURL: string }
const model = 'gpt-4o-mini'
const retry = { attempts: 2, backoff: { initial: 1 } }
const overSdk = (create: (options: any) => (id: string) => unknown) => (access: Access, rest: object) =>
  llmCall({ name: 'c', model: create({ name: 'test', ...access })(model) as never, retry, ...rest })
type Way = [string, (access: Access, rest: object) => { safeRun(input: string): Promise<any> }]
const ways: Way[] = [
  ['openAIChat', (access, rest) => openAIChat({ name: 'c', model, retry, ...access, ...rest })],
  ...compatibleProviders.map(([version, create]): Way => [`llmCall over ${version}`, overSdk(create)]),
]

/** A server that answers all requests alike; `tries` counts them. */
async function answering(status: number, body: string, headers: object = {}) {
  let tries = 0
  const { access } = await rawServer((response) => {
    tries += 1
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_1', ...headers })
    response.end(body)
  })
  return { access, tries: () => tries }
}
const errorOf = async (running: Promise<{ error?: PipelineError }>) => (await running).error as PipelineError
const said = (error: object) => JSON.stringify({ error: { message: 'so it says', ...error } })
const page = `<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>${'<p>long</p>'.repeat(500)}</body></html>`

describe.each(ways)('%s', (way, callOf) => {
  const isChat = way === 'openAIChat'

  test.each<[number, string, tries: number, words: string]>([
    [
      400,
      said({ type: 'invalid_request_error' }),
      1,
      'the request was rejected. Fix the request as the server says. The server returned: so it says',
    ],
    [400, said({ code: 'context_length_exceeded' }), 1, 'too long for the model. Shorten the messages'],
    [400, said({ type: 'ThrottlingException', __type: 'ThrottlingException' }), 2, 'too many requests'],
    [
      401,
      said({ code: 'invalid_api_key' }),
      1,
      'the API key was rejected. Set the API key. The server returned: so it says',
    ],
    [402, said({}), 1, 'no credit or quota left'],
    [403, said({}), 1, 'the API key lacks permission for this'],
    [
      404,
      said({ code: 'model_not_found' }),
      1,
      'the model or the URL does not exist. Check the name of the model, and the baseURL',
    ],
    [408, said({}), 2, 'the server took too long. Run it again'],
    [413, said({}), 1, 'too long for the model'],
    [422, said({}), 1, 'the request was rejected'],
    [429, said({ code: 'rate_limit_exceeded' }), 2, 'too many requests'],
    [429, said({ type: 'insufficient_quota' }), 1, 'Check the plan and the billing of the account'],
    [500, said({}), 2, 'the server failed'],
    [
      502,
      page,
      2,
      isChat
        ? 'the server failed. Run it again. The server returned: 502 Bad Gateway'
        : 'the server failed. Run it again. The server returned: a web page, "Bad gateway"',
    ],
    [503, said({ code: 503, status: 'UNAVAILABLE' }), 2, 'the server is overloaded'],
    [529, said({ type: 'overloaded_error' }), 2, 'the server is overloaded'],
  ])('%i %s', async (status, body, tries, words) => {
    for (const stream of [false, true]) {
      const server = await answering(status, body)
      const error = await errorOf(callOf(server.access, { stream }).safeRun('Hi'))
      expect(server.tries()).toBe(tries)
      expect(error.message).toMatch(/^c failed while running: \d+ from (?:test|127\.0\.0\.1:\d+) for gpt-4o-mini: /)
      expect(error.message).toContain(`${status} from`)
      expect(error.message).toContain(words)
      expect(error.message.length).toBeLessThan(400)
      expect(isChat ? error.cause instanceof APIError : APICallError.isInstance(error.cause)).toBe(true)
      const data = JSON.parse(JSON.stringify(error))
      expect(data.cause).toMatchObject({ status, requestId: 'req_1', model, message: expect.any(String) })
      expect(toError(data).toJSON()).toEqual(data)
    }
  })

  test.each<[string, error: unknown, tries: number]>([
    ['an overload', { type: 'overloaded_error', message: 'Overloaded' }, 2],
    ['a failure of the server', { type: 'server_error', code: 'server_error', message: 'sorry' }, 2],
    ['a status', { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded.' }, 2],
    ['words only', { message: 'upstream hung up' }, 2],
    ['a mistake', { type: 'invalid_request_error', message: 'no' }, 1],
    ['money', { type: 'insufficient_quota', code: 'insufficient_quota', message: 'no' }, 1],
    ['a refused key', { code: 401, message: 'no' }, 1],
  ])('%s in a stream, before the first token and after it', async (_, error, tries) => {
    for (const before of [[], [chunk('Once')]]) {
      let asked = 0
      const { access } = await rawServer((response) => {
        asked += 1
        response.setHeader('content-type', 'text/event-stream')
        for (const one of [...before, { error }]) response.write(`data: ${JSON.stringify(one)}\n\n`)
        response.end('data: [DONE]\n\n')
      })
      const failed = await errorOf(callOf(access, { stream: true }).safeRun('Hi'))
      expect(failed).toMatchObject({ code: 'run', message: expect.stringContaining('for gpt-4o-mini') })
      expect(failed.message).toContain((error as { message: string }).message.replace(/\.$/, ''))
      expect(asked).toBe(tries)
    }
  })

  test('a server that is not there', async () => {
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const error = await errorOf(callOf({ apiKey: 'key', baseURL: `http://127.0.0.1:${port}/v1` }, {}).safeRun('Hi'))
    expect(error.attempts).toBe(2)
    expect(error.message).toMatch(
      /no connection from (?:test|127\.0\.0\.1:\d+) for gpt-4o-mini: the model server could not be reached/,
    )
    expect(error.message).toMatch(/ECONNREFUSED 127\.0\.0\.1.* Check the network, and baseURL .*that the server runs/)
  })

  test.each([
    ['as it was given', 'my-very-own-secret', 'the token my-very-own-secret is bad'],
    ["in OpenAI's words", 'x', 'Incorrect API key provided: sk-proj-abcdef0123456789. You can find'],
    ['as a header', 'x', 'bad header Authorization: Bearer abc0123456789def'],
    ['in an address', 'x', 'GET https://host/v1beta/models?key=AIzaSyA0123456789abcdefgh&alt=sse'],
    ['of AWS', 'x', 'Credential=AKIAIOSFODNN7EXAMPLE/20250101, Signature=fe5f80f77d5fa3beca038a248ff027d0'],
  ])('no key that a server repeats: %s', async (_, apiKey, message) => {
    const { access } = await answering(401, said({ message }), { 'x-echo': apiKey })
    const error = await errorOf(callOf({ ...access, apiKey }, {}).safeRun('Hi'))
    const { inspect } = await import('node:util')
    const all = [
      error.message,
      (error.cause as Error).message,
      JSON.stringify(error),
      inspect(error.cause, { depth: 1 }),
    ]
    for (const text of all) {
      expect(text.replace(/'x-echo': .*/g, '')).not.toMatch(
        /my-very-own-secret|abcdef0123456789|abc0123456789def|AIzaSyA|AKIAIOS|fe5f80f7/,
      )
    }
    expect(isChat ? error.cause instanceof APIError : APICallError.isInstance(error.cause)).toBe(true)
  })
})

test('the variable of the provider is named', async () => {
  const { access } = await answering(401, said({ message: 'invalid x-api-key' }))
  const own = createOpenAICompatible({ name: 'anthropic', ...access })('claude-x')
  const { message } = await errorOf(llmCall({ name: 'c', model: own }).safeRun('Hi'))
  expect(message).toBe(
    'c failed while running: 401 from anthropic for claude-x: the API key was rejected. Set ANTHROPIC_API_KEY. The server returned: invalid x-api-key.',
  )
})

describe('what a stream of the AI SDK says in its own parts', () => {
  const finish = (unified: string) => ({ type: 'finish', finishReason: { unified, raw: unified } })
  const part = (error: unknown) => ({ type: 'error', error })
  test.each<[string, object, tries: number, cause: object]>([
    ['of Anthropic', part({ type: 'overloaded_error', message: 'Overloaded' }), 2, { type: 'overloaded_error' }],
    ['of Responses', part({ type: 'error', code: 'server_error', message: 'x' }), 2, { code: 'server_error' }],
    ['of Google', part({ error: { code: 503, status: 'UNAVAILABLE', message: 'x' } }), 2, { status: 503 }],
    ['of AWS', part({ modelStreamErrorException: { message: 'x' } }), 2, { name: 'ModelError' }],
    ['of AWS, for good', part({ validationException: { message: 'x' } }), 1, { name: 'ModelError' }],
    [
      'of Ollama',
      part({ error: 'an error was encountered' }),
      2,
      { message: 'the server returned an error: an error was encountered' },
    ],
    ['a text', part('upstream hung up'), 2, { message: 'the server returned an error: upstream hung up' }],
    ['an error of which nothing is known', part(new Error('odd')), 2, { message: 'odd' }],
    ['an error with a status', part(Object.assign(new Error('no'), { statusCode: 403 })), 1, { status: 403 }],
    ['a finish', finish('error'), 2, { name: 'ModelError' }],
    ['a finish for good', finish('length'), 1, { name: 'ModelError' }],
  ])('%s', async (_, last, tries, cause) => {
    let asked = 0
    const fake = new MockLanguageModelV3({
      doStream: async () => {
        asked += 1
        return { stream: convertArrayToReadableStream([{ type: 'text-delta', id: '1', delta: 'a' }, last] as never[]) }
      },
    })
    const error = await errorOf(llmCall({ name: 'c', model: fake, stream: true, retry }).safeRun('Hi'))
    expect(asked).toBe(tries)
    expect(error.toJSON().cause).toMatchObject(cause)
  })
})

describe('a model function of your own', () => {
  const failing = (thrown: () => unknown) => {
    const model = vi.fn(async (): Promise<string> => {
      throw thrown()
    })
    return { model, run: () => errorOf(llmCall({ name: 'c', model, retry }).safeRun('Hi')) }
  }
  test.each<[string, () => unknown, tries: number]>([
    ['an error of which nothing is known', () => new Error('no luck'), 2],
    ['a text', () => 'no luck', 2],
    ['a broken connection', () => Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } }), 2],
    ['an abort that nobody asked for', () => new DOMException('aborted', 'AbortError'), 2],
    ['a status that passes', () => Object.assign(new Error('busy'), { status: 503 }), 2],
    ['a status that does not', () => Object.assign(new Error('no'), { status: 401 }), 1],
    ['that of another library', () => ({ response: { status: 404, data: { error: { message: 'no' } } } }), 1],
    [
      'of AWS',
      () => Object.assign(new Error('bad'), { name: 'ValidationException', $metadata: { httpStatusCode: 400 } }),
      1,
    ],
    [
      'of AWS, in time',
      () => Object.assign(new Error('slow'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
      2,
    ],
    [
      'after retries of the AI SDK',
      () =>
        Object.assign(new Error('Failed after 3 attempts'), {
          lastError: Object.assign(new Error('x'), { statusCode: 401 }),
        }),
      1,
    ],
    ['a frozen one', () => Object.freeze(Object.assign(new Error('no'), { status: 400 })), 1],
    ['one that leads to itself', () => ((error) => Object.assign(error, { cause: error }))(new Error('round')), 2],
  ])('%s', async (_, thrown, tries) => {
    const { model, run } = failing(thrown)
    expect(await run()).toMatchObject({ code: 'run', path: 'c' })
    expect(model).toHaveBeenCalledTimes(tries)
  })

  test('what it throws stays the cause', async () => {
    const thrown = Object.assign(new Error('quota'), { status: 503 })
    const { run } = failing(() => thrown)
    const error = await run()
    expect(error.cause).toBe(thrown)
    expect(error.message).toBe(
      'c failed while running: 503: the server is overloaded. Run it again. The server returned: quota.',
    )
  })
})

test('without a backoff, what calls a model waits half a second, twice as long each time, with jitter, to 30 s', () => {
  const backoff = { initial: 500, max: 30_000, jitter: true }
  const chat = openAIChat({ name: 'c', model, retry: { attempts: 9 } })
  const own = llmCall({ name: 'c', model: async () => 'x', retry: { attempts: 9 } })
  const embed = openAIEmbedding({ name: 'c', model, retry: { attempts: 9 } })
  const policyOf = (fn: object) =>
    (fn as never as Record<symbol, { policy: object }>)[Object.getOwnPropertySymbols(fn)[0]!]!.policy
  for (const fn of [chat, own, embed]) expect(policyOf(fn)).toMatchObject({ retry: { attempts: 9, backoff } })
  expect(agent({ name: 'a', model: chat, tools: [] })).toMatchObject({ kind: 'agent' })
  const given = openAIChat({ name: 'c', model, retry: { attempts: 9, backoff: { initial: 7 } } })
  expect(policyOf(given)).toMatchObject({ retry: { backoff: { initial: 7 } } })
})

test('and so it does', async () => {
  const busy = llmCall({
    name: 'c',
    retry: { attempts: 3 },
    model: async (): Promise<string> => {
      throw Object.assign(new Error('busy'), { status: 429 })
    },
  })
  const clock = new SkippingClock()
  await expect(clock.run(busy, 'Hi')).rejects.toMatchObject({ attempts: 3 })
  const [first, second] = clock.waits as [number, number]
  expect(clock.waits).toHaveLength(2)
  expect([first >= 250, first <= 500]).toEqual([true, true])
  expect([second >= 500, second <= 1000]).toEqual([true, true])
})

describe('what is wrong with a prompt', () => {
  const part = (content: unknown) => ({ role: 'user', content: [{ type: 'text', text: 'a' }, content] })
  test.each<[unknown, string]>([
    [
      { role: 'usr', content: 'a' },
      'messages.1.role: expected one of system, developer, user, assistant, tool, not "usr"',
    ],
    [{ content: 'a' }, 'messages.1.role: expected one of'],
    ['a', 'messages.1: expected a message, { role, content }, not "a"'],
    [{ role: 'user' }, 'messages.1.content: expected a string, or an array of parts'],
    [{ role: 'user', content: null }, 'messages.1.content: expected a string, or an array of parts, not null'],
    [{ role: 'user', content: [] }, 'messages.1.content: expected at least one part'],
    [part('b'), 'messages.1.content.1: expected a part, such as { type: \'text\', text }, not "b"'],
    [part({ type: 'picture' }), 'messages.1.content.1.type: expected one of text, image_url'],
    [part({ type: 'text' }), 'messages.1.content.1.text: expected a string'],
    [part({ type: 'image_url', image_url: {} }), 'messages.1.content.1.image_url.url: expected the URL of an image'],
    [part({ type: 'image_url', image_url: { url: 'cat.png' } }), 'or a data: URL, not "cat.png"'],
    [part({ type: 'text', text: 'a', providerOptions: 3 }), 'messages.1.content.1.providerOptions: expected an object'],
    [{ role: 'tool', content: 'a' }, 'messages.1.tool_call_id: expected the id of the call that it answers'],
    [
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'b', arguments: {} } }] },
      'messages.1.tool_calls.0.function.arguments: expected the arguments as JSON text, not an object',
    ],
  ])('%j', async (message, words) => {
    const own = llmCall({ name: 'c', model: async () => 'x' })
    const error = await errorOf(own.safeRun([{ role: 'user', content: 'Hi' }, message] as never))
    expect(error).toMatchObject({ code: 'input_validation' })
    expect(error.message).toContain(words)
  })

  test.each<[unknown]>([
    [{ role: 'developer', content: 'a' }],
    [{ role: 'user', content: 'a', name: 'Ada', cache: true, providerOptions: { anthropic: {} } }],
    [{ role: 'assistant', content: 'a', parts: { provider: 'x', content: [] } }],
    [{ role: 'tool', tool_call_id: 'a', content: 'a', result: { type: 'json', value: 1 } }],
    [part({ type: 'image_url', image_url: { url: 'https://a/b', detail: 'low' }, extra: 1 })],
    [part({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } })],
  ])('nothing: %j', async (message) => {
    expect(await llmCall({ name: 'c', model: async () => 'x' }).run([message] as never)).toBe('x')
  })
})

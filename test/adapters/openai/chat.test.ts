import OpenAI from 'openai'
import { chain, type RunEvent } from 'tinyllm'
import {
  openAIChat,
  OpenAIChatError,
  openAIPromptTemplate,
  openAISystemMessage,
  openAIUserMessage,
} from 'tinyllm/openai'
import { describe, expect, test, vi } from 'vitest'
import { completionServer, mockServer, rawServer } from './server.ts'

const model = 'gpt-4o-mini'

describe('openAIChat', () => {
  test('gives the text of the answer', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('capital of France', { content: 'Paris' })
    expect(await openAIChat({ name: 'chat', model, ...access }).run('What is the capital of France?')).toBe('Paris')
  })

  test.each([
    ['a text', 'Hi'],
    ['a message', { role: 'user', content: 'Hi' }],
    ['a list of messages', [{ role: 'user', content: 'Hi' }]],
    ['messages', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['a message function', [openAIUserMessage('Hi')]],
  ] as const)('takes %s', async (_, prompt) => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello' })
    expect(await openAIChat({ name: 'chat', model, ...access }).run(prompt)).toBe('Hello')
    expect(mock.getLastRequest()?.body).toMatchObject({ messages: [{ role: 'user', content: 'Hi' }] })
  })

  test.each([[{}], [{ messages: [] }], [{ messages: [{ role: 'user' }] }], [undefined], [3]])(
    'refuses the prompt %j before it asks anybody',
    async (prompt) => {
      const chat = openAIChat({ name: 'chat', model, client: { chat: { completions: { create: vi.fn() } } } })
      expect(await chat.safeRun(prompt as never)).toMatchObject({ error: { code: 'input_validation', path: 'chat' } })
    },
  )

  test('sends what it was given, and nothing else', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    const ask = chain({
      name: 'ask',
      children: [
        openAIPromptTemplate({
          name: 'template',
          sections: [openAISystemMessage('One word.'), openAIUserMessage('{question}')],
        }),
        openAIChat({
          name: 'chat',
          model,
          temperature: 0,
          max_completion_tokens: 9,
          seed: undefined,
          meta: { team: 'x' },
          description: 'Asks',
          retry: { attempts: 2 },
          timeout: 5000,
          ...access,
        }),
      ],
    })
    await ask.run({ question: 'Why?' }, { id: 'run-1' })
    const { body, headers } = mock.getLastRequest()!
    const { _endpointType, ...sent } = body as unknown as Record<string, unknown>
    expect(sent).toEqual({
      model,
      temperature: 0,
      max_completion_tokens: 9,
      messages: [
        { role: 'system', content: 'One word.' },
        { role: 'user', content: 'Why?' },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('undefined')
    expect(headers).toMatchObject({ 'idempotency-key': 'run-1:ask.chat', 'x-stainless-retry-count': '0' })
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('names that no header can hold are encoded in the idempotency key', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    await openAIChat({ name: 'größe 👋', model, ...access }).run('Hi', { id: 'a' })
    expect(mock.getLastRequest()?.headers['idempotency-key']).toBe(
      `a:gr${encodeURIComponent('öß')}e ${encodeURIComponent('👋')}`,
    )
  })

  test('gives a list for n from 2 up', async () => {
    const choices = ['a', 'b', 'c'].map((content, index) => ({ index, finish_reason: 'stop', message: { content } }))
    const { access } = await completionServer(choices)
    expect(await openAIChat({ name: 'chat', model, n: 3, ...access }).run('Hi')).toEqual(['a', 'b', 'c'])
  })

  test('tells usage, finish reason and log probabilities once, and sums usage in the context', async () => {
    const content = [{ token: 'ok', logprob: -0.1 }]
    const { access } = await completionServer(
      [{ index: 0, finish_reason: 'stop', message: { content: 'ok' }, logprobs: { content } }],
      {
        usage: {
          prompt_tokens: 7,
          completion_tokens: 2,
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      },
    )
    const chat = openAIChat({ name: 'chat', model, logprobs: true, ...access })
    const twice = chain({ name: 'twice', children: [chat, chat.as('again')] })
    const events: RunEvent[] = []
    const actor = twice.start('Hi', { inspect: () => {} })
    await new Promise((resolve) => actor.subscribe({ complete: () => resolve(undefined) }))
    expect(actor.getSnapshot().context.usage).toEqual({
      inputTokens: 14,
      outputTokens: 4,
      cost: expect.closeTo(0.0000039, 12),
    })
    for await (const event of chat.stream('Hi')) if (event.type !== 'state') events.push(event)
    expect(events.filter((event) => event.type !== 'event' || event.event.type !== 'response')).toEqual([
      { type: 'usage', path: 'chat', inputTokens: 7, outputTokens: 2, cachedInputTokens: 4, cost: 0.00000195 },
      { type: 'finish', path: 'chat', reason: 'stop' },
      { type: 'event', path: 'chat', event: { type: 'logprobs', content } },
      { type: 'output', output: 'ok' },
    ])
  })

  test('says what it calls in the chart, and keeps keys out of it', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    const chat = openAIChat({ name: 'chat', model, meta: { team: 'risk' }, ...access, apiKey: 'sk-secret' })
    expect(chat).toMatchObject({ name: 'chat', kind: 'openAIChat' })
    expect(chat.machine.config.meta).toMatchObject({ kind: 'openAIChat', model, team: 'risk' })
    const actor = chat.start('Hi')
    const saved = JSON.stringify([actor.getPersistedSnapshot(), chat.machine.config])
    expect(saved).not.toContain('sk-secret')
    expect(saved).not.toContain('127.0.0.1')
    actor.stop()
  })

  test('uses a given client, of any version, without its retries', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { error: { message: 'busy' }, status: 503 })
    const client = new OpenAI({ ...access, maxRetries: 5 })
    expect(await openAIChat({ name: 'chat', model, client }).safeRun('Hi')).toMatchObject({ success: false })
    expect(mock.getRequests()).toHaveLength(1)
    const create = vi.fn(async () => ({ choices: [{ index: 0, finish_reason: 'stop', message: { content: 'mine' } }] }))
    expect(await openAIChat({ name: 'chat', model, client: { chat: { completions: { create } } } }).run('Hi')).toBe(
      'mine',
    )
    expect(create).toHaveBeenCalledWith(
      { model, messages: [{ role: 'user', content: 'Hi' }] },
      expect.objectContaining({ maxRetries: 0, signal: expect.any(AbortSignal), idempotencyKey: expect.any(String) }),
    )
  })

  test('without a key it says what to set, when it runs and not before', async () => {
    vi.stubEnv('OPENAI_API_KEY', '')
    const result = await openAIChat({ name: 'chat', model }).safeRun('Hi')
    expect(result).toMatchObject({ success: false, error: { code: 'run', cause: { problem: 'no_api_key' } } })
    expect(result.success ? '' : result.error.message).toContain(
      'no API key is set. Set OPENAI_API_KEY, or give apiKey or client',
    )
  })

  test('takes key and address from the environment of the moment', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    const chat = openAIChat({ name: 'chat', model })
    vi.stubEnv('OPENAI_API_KEY', 'from-environment')
    vi.stubEnv('OPENAI_BASE_URL', access.baseURL)
    expect(await chat.run('Hi')).toBe('ok')
    // The journal of aimock hides keys.
    expect(mock.getLastRequest()?.headers.authorization).toBeDefined()
  })

  test.each([
    ['refusal', { message: { content: null, refusal: 'I cannot help with that.' } }, 'I cannot help with that.'],
    ['length', { finish_reason: 'length', message: { content: 'Once upon' } }, 'Raise max_completion_tokens'],
    ['content_filter', { finish_reason: 'content_filter', message: { content: '' } }, 'content filter'],
    ['tool_calls', { finish_reason: 'tool_calls', message: { content: null } }, 'tool'],
    ['no_answer', { finish_reason: 'stop', message: { content: null } }, 'no text'],
  ])('%s is an error of its own, and its tokens count', async (problem, choice, words) => {
    const { access } = await completionServer([{ index: 0, ...choice }], {
      usage: { prompt_tokens: 5, completion_tokens: 1 },
    })
    const actor = openAIChat({ name: 'chat', model, ...access }).start('Hi')
    const error: any = await new Promise((resolve) => actor.subscribe({ error: resolve }))
    expect(error.cause).toBeInstanceOf(OpenAIChatError)
    expect(error).toMatchObject({ code: 'run', path: 'chat', cause: { problem } })
    expect(error.message).toContain(words)
    expect(actor.getSnapshot().context.usage).toMatchObject({ inputTokens: 5, outputTokens: 1 })
  })

  test.each([
    ['application/json', '{"status":"fine"}'],
    ['text/html', '<h1>Welcome</h1>'],
  ])('what is no completion (%s) is an error that names the address', async (type, body) => {
    const { access } = await rawServer((response) => {
      response.setHeader('content-type', type)
      response.end(body)
    })
    const result = await openAIChat({ name: 'chat', model, ...access }).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'run', message: expect.stringContaining('OPENAI_BASE_URL') } })
  })

  test('an abort ends the run at once, and the request with it', async () => {
    let closed = () => {}
    const gone = new Promise<void>((resolve) => (closed = resolve))
    const arrived = vi.fn()
    const { access } = await rawServer((response) => {
      arrived()
      response.on('close', closed)
    })
    const stop = new AbortController()
    const running = openAIChat({ name: 'chat', model, ...access }).safeRun('Hi', { signal: stop.signal })
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled())
    stop.abort()
    expect(await running).toMatchObject({ error: { code: 'aborted' } })
    await gone
  })

  test.each([
    [{ name: 'chat' }, 'openAIChat chat: model is undefined. Give the name'],
    [{ name: 'chat', model, n: 0 }, 'openAIChat chat: n is 0'],
    [{ name: 'chat', model, client: {} }, 'openAIChat chat: client is an object, not a client'],
    [{ name: 'chat', model, output: 'good' }, 'openAIChat chat: output is not a schema'],
  ])('refuses %j when it is defined', (config, message) => {
    expect(() => openAIChat(config as never)).toThrow(message)
  })
})

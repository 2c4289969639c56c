import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test'
import { llmCall, type Prices, type RunEvent } from 'tinyllm'
import { describe, expect, test } from 'vitest'

const counted = {
  inputTokens: { total: 100, noCache: 50, cacheRead: 40, cacheWrite: 10 },
  outputTokens: { total: 20, text: 5, reasoning: 15 },
}
const source = { type: 'source', sourceType: 'url', id: 's1', url: 'https://a.b', title: 'A' }
const file = { type: 'file', mediaType: 'image/png', data: 'AQID' }
const warnings = [
  { type: 'unsupported', feature: 'seed', details: 'it has none' },
  { type: 'other', message: 'slow today' },
]
const headers = { 'x-request-id': 'r1', 'set-cookie': 'secret=1' }
const providerMetadata = { p: { tier: 'flex' } }

const whole = {
  content: [
    { type: 'reasoning', text: 'Hm' },
    { type: 'reasoning', text: '' },
    source,
    file,
    { type: 'text', text: 'Hi' },
  ],
  finishReason: { unified: 'stop', raw: 'end_turn' },
  usage: counted,
  warnings,
  providerMetadata,
  response: { id: 'resp_1', modelId: 'm-1', headers },
}
const pieces = [
  { type: 'stream-start', warnings },
  { type: 'response-metadata', id: 'resp_1', modelId: 'm-1' },
  { type: 'reasoning-start', id: 'r' },
  { type: 'reasoning-delta', id: 'r', delta: '' },
  { type: 'reasoning-delta', id: 'r', delta: 'Hm' },
  { type: 'reasoning-end', id: 'r' },
  source,
  file,
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Hi' },
  { type: 'text-delta', id: 't', delta: '' },
  { type: 'text-end', id: 't' },
  { type: 'finish', finishReason: whole.finishReason, usage: counted, providerMetadata },
]
const modelOf = (given: object = {}, provider = 'mock') =>
  new MockLanguageModelV3({
    provider,
    modelId: 'm',
    doGenerate: async () => ({ ...whole, ...given }) as never,
    doStream: async () => ({ stream: convertArrayToReadableStream(pieces as never[]), response: { headers } }) as never,
  })

async function told(model: unknown, settings: object = {}): Promise<any[]> {
  const events: RunEvent[] = []
  const chat = llmCall({ name: 'chat', model: model as never, ...settings })
  for await (const event of chat.stream('Hi')) if (event.type !== 'state') events.push(event)
  return events.map((event) => (event.type === 'event' ? event.event : event))
}

describe.each([[false], [true]])('of an answer (stream: %s) is told', (stream) => {
  test('all that is known beside its text', async () => {
    const events = await told(modelOf(), { stream })
    expect(events.filter(({ type }) => type !== 'token' && type !== 'output')).toEqual([
      { type: 'reasoning', path: 'chat', delta: 'Hm' },
      source,
      file,
      { type: 'warning', kind: 'unsupported', feature: 'seed', details: 'it has none', message: 'seed: it has none' },
      { type: 'warning', kind: 'other', message: 'slow today' },
      {
        type: 'usage',
        path: 'chat',
        inputTokens: 100,
        outputTokens: 20,
        cachedInputTokens: 40,
        cacheWriteTokens: 10,
        reasoningTokens: 15,
      },
      { type: 'finish', path: 'chat', reason: 'stop', rawReason: 'end_turn' },
      { type: 'response', id: 'resp_1', model: 'm-1', headers: { 'x-request-id': 'r1' }, providerMetadata },
    ])
    expect(events.filter(({ type }) => type === 'token')).toHaveLength(stream ? 1 : 0)
  })
})

describe('usage', () => {
  const prices: Prices = { m: { input: 1, output: 10, cachedInput: 0.1, cacheWrite: 2 } }
  const usageOf = async (model: unknown) => (await told(model, { prices })).find(({ type }) => type === 'usage')
  const old = (usage: object, provider: string, rest: object = {}) =>
    Object.assign(modelOf({ usage, finishReason: 'stop', ...rest }, provider), { specificationVersion: 'v2' })

  test('has a price for what came from the cache and went into it', async () => {
    expect(await usageOf(modelOf())).toMatchObject({ cost: (50 + 40 * 0.1 + 10 * 2 + 20 * 10) / 1e6 })
  })

  test.each([
    undefined,
    {},
    { inputTokens: {}, outputTokens: {} },
    { inputTokens: { total: 0 }, outputTokens: { total: 0 } },
  ])('is not told where nothing was counted: %j', async (usage) => {
    expect(await usageOf(modelOf({ usage }))).toBeUndefined()
  })

  test('of version 2 has what came from the cache added, where the package leaves it out', async () => {
    const usage = { inputTokens: 50, outputTokens: 20, totalTokens: 70, cachedInputTokens: 400 }
    const written = { providerMetadata: { anthropic: { cacheCreationInputTokens: 10 } } }
    expect(await usageOf(old(usage, 'anthropic.messages', written))).toMatchObject({
      inputTokens: 460,
      cachedInputTokens: 400,
      cacheWriteTokens: 10,
      cost: (50 + 40 + 20 + 200) / 1e6,
    })
    const included = { inputTokens: 500, outputTokens: 20, totalTokens: 520, cachedInputTokens: 400 }
    expect(await usageOf(old(included, 'openai.chat'))).toMatchObject({
      inputTokens: 500,
      cost: (100 + 40 + 200) / 1e6,
    })
  })

  test('is read where it is written as texts, and where there is none at all', async () => {
    const usage = { inputTokens: { total: '100' }, outputTokens: { total: '20' } }
    expect(await usageOf(modelOf({ usage }))).toMatchObject({ inputTokens: 100, outputTokens: 20 })
    expect(await told(modelOf({ usage: null, finishReason: null }))).toContainEqual({ type: 'output', output: 'Hi' })
  })

  test('has the cost that the provider names', async () => {
    expect(await usageOf(modelOf({ providerMetadata: { openrouter: { usage: { cost: 0.5 } } } }))).toMatchObject({
      cost: 0.5,
    })
    expect(await usageOf(modelOf({ usage: { ...counted, raw: { cost: 0.25 } } }))).toMatchObject({ cost: 0.25 })
  })
})

test.each([
  ['refusal', 'No.', 'refusal'],
  ['stop', 'No.', 'refusal'],
  ['content_filter', 'Once', 'content_filter'],
  ['SAFETY', '', 'content_filter'],
])('a content filter that the provider calls %j, with the text %j, is a %s', async (raw, text, problem) => {
  const model = modelOf({
    finishReason: { unified: 'content-filter', raw },
    content: text ? [{ type: 'text', text }] : [],
  })
  expect(await llmCall({ name: 'chat', model }).safeRun('Hi')).toMatchObject({ error: { cause: { problem } } })
})

test.each([
  ['text/html', 'the server returned an HTML page'],
  ['application/json; charset=utf-8', 'the server returned a JSON document'],
])('a stream that is none (%s) says what came', async (type, words) => {
  const stream = () => convertArrayToReadableStream([] as never[])
  const model = new MockLanguageModelV3({
    doStream: async () => ({ stream: stream(), response: { headers: { 'content-type': type } } }) as never,
  })
  const result = await llmCall({ name: 'chat', model, stream: true, retry: { attempts: 2 } }).safeRun('Hi')
  expect(result.error).toMatchObject({ attempts: 1, message: expect.stringContaining(words) })
})

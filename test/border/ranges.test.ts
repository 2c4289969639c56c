import fc from 'fast-check'
import { agent, fn, limit, llmCall, loop, map } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { startInspector } from 'tinyllm/inspector'
import { openAIChat, openAIEmbedding, openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
import { coverPaths, delay, fail, paths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { retryDelay } from '../../src/border/backoff.ts'

const any = (value: unknown) => value as never
const run = (input: number) => input
const ok = fn({ name: 'ok', run })
const DAY = 86_400_000
const language = any({ specificationVersion: 'v3', provider: 'p', modelId: 'm', doGenerate() {}, doStream() {} })
const retry = (more: object) => fn(any({ name: 'it', run, retry: { attempts: 2, ...more } }))
const chat = (more: object) => openAIChat(any({ name: 'it', model: 'm', stream: true, ...more }))

type Make = (value: any) => unknown
const timeouts: Record<string, Make> = {
  timeout: (timeout) => fn({ name: 'it', run, timeout }),
  'timeout of a run': (timeout) => ok.run(1, { timeout }),
  firstTokenTimeout: (firstTokenTimeout) => chat({ firstTokenTimeout }),
  idleTimeout: (idleTimeout) => chat({ idleTimeout }),
  maxTime: (maxTime) => paths(ok, { maxTime }),
}
const delays: Record<string, Make> = {
  'backoff.initial': (initial) => retry({ backoff: { initial } }),
  'backoff.max': (max) => retry({ backoff: { initial: 1, max } }),
  'ms of delay': (ms) => delay(ok, 'ok', ms),
}
const counts: Record<string, Make> = {
  attempts: (attempts) => retry({ attempts }),
  'concurrency of map': (concurrency) => map({ name: 'it', each: run, concurrency }),
  maxIterations: (maxIterations) => loop({ name: 'it', body: run, until: () => true, maxIterations }),
  maxTurns: (maxTurns) => agent({ name: 'it', model: any(async () => 'x'), tools: [], maxTurns }),
  'concurrency of limit': (concurrency) => limit({ concurrency }),
  requestsPerMinute: (requestsPerMinute) => limit({ requestsPerMinute }),
  tokensPerMinute: (tokensPerMinute) => limit({ tokensPerMinute }),
  n: (n) => chat({ n }),
  max_tokens: (max_tokens) => chat({ max_tokens }),
  maxOutputTokens: (maxOutputTokens) => llmCall(any({ name: 'it', model: language, maxOutputTokens })),
  'maxOutputTokens of aiSdkModel': (maxOutputTokens) => aiSdkModel(language, { maxOutputTokens }),
  dimensions: (dimensions) => openAIEmbedding({ name: 'it', model: 'm', dimensions }),
  maxPaths: (maxPaths) => coverPaths(ok, { maxPaths }),
  maxStates: (maxStates) => paths(ok, { maxStates }),
  'attempts of a fault': (attempts) => fail(ok, 'ok', { attempts }),
}
const others: Record<string, Make> = {
  price: (input) => chat({ prices: { m: { input, output: 1 } } }),
  maxSize: (maxSize) => openAIPromptTemplate({ name: 'it', sections: [openAIUserMessage('x')], maxSize }),
  temperature: (temperature) => chat({ temperature }),
  'a parameter that is not known': (value) => chat({ brand_new: value }),
  port: async (port) => (await startInspector({ port })).close(),
}

/** 'taken', or the name of what was thrown. */
const outcome = async (make: Make, value: unknown): Promise<string> => {
  try {
    await make(value)
    return 'taken'
  } catch (thrown) {
    return (thrown as Error).name
  }
}
const outcomes = (make: Make, values: readonly unknown[]) => Promise.all(values.map((value) => outcome(make, value)))

describe.each(Object.entries({ ...timeouts, ...delays, ...counts, ...others }))('%s', (name, make) => {
  test('is a number that is finite', async () => {
    // For a map, all at once is what it does anyway.
    const endless = name === 'concurrency of map' ? 'taken' : 'TypeError'
    expect(await outcomes(make, [NaN, -Infinity, Infinity])).toEqual(['TypeError', 'TypeError', endless])
  })
})

describe.each(Object.entries({ ...timeouts, ...delays, ...counts }))('%s', (_, make) => {
  test.each([-1, '4', {}, 4n, true])('is not %o', async (value) => {
    expect(await outcome(make, value)).toBe('TypeError')
  })
})

describe.each(Object.entries(timeouts))('%s', (_, make) => {
  test('is more than nothing, and at most 1,000 days', async () => {
    expect(await outcomes(make, [0, 1000 * DAY + 1])).toEqual(['TypeError', 'TypeError'])
    expect(await outcomes(make, [1000, 1000.5, 1000 * DAY])).toEqual(['taken', 'taken', 'taken'])
  })
})

describe.each(Object.entries(delays))('%s', (_, make) => {
  test('may be nothing, and at most 1,000 days', async () => {
    expect(await outcome(make, 1000 * DAY + 1)).toBe('TypeError')
    expect(await outcomes(make, [0, 0.5, 1000 * DAY])).toEqual(['taken', 'taken', 'taken'])
  })
})

describe.each(Object.entries(counts))('%s', (_, make) => {
  test('is a whole number that can be counted to', async () => {
    expect(await outcomes(make, [0, 1.5, 2 ** 53])).toEqual(['TypeError', 'TypeError', 'TypeError'])
    expect(await outcome(make, 1)).toBe('taken')
  })
})

test('a factor is at most 100, unless a max says where its delays end', () => {
  for (const factor of [-1, 101, 1e9, Infinity, NaN]) {
    expect(() => retry({ backoff: { initial: 1, factor } })).toThrow(
      /factor is .*Give a number from 0 to 100, or a max/,
    )
  }
  for (const factor of [-1, Infinity, NaN])
    expect(() => retry({ backoff: { initial: 1, max: 5, factor } })).toThrow(TypeError)
  for (const factor of [0, 0.5, 100]) expect(() => retry({ backoff: { initial: 1, factor } })).not.toThrow()
  expect(() => retry({ backoff: { initial: 1, max: 5, factor: 1e9 } })).not.toThrow()
})

test('a wait that is longer than a timer can hold does not end at once', async () => {
  let asked = 0
  const create = (_: object, { signal, timeout }: { signal: AbortSignal; timeout: number }) => {
    asked++
    expect(timeout).toBe(2 ** 31 - 1)
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      setTimeout(
        resolve,
        20,
        (async function* () {
          yield { choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }] }
        })(),
      )
    })
  }
  const client = any({ chat: { completions: { create } } })
  const patient = chat({
    client,
    firstTokenTimeout: 1000 * DAY,
    idleTimeout: 1000 * DAY,
    timeout: 1000 * DAY,
  })
  expect(await patient.run('x')).toBe('hi')
  expect(asked).toBe(1)
})

test('every wait between attempts has an end, whatever its delays and its error say', () => {
  const ms = fc.oneof(fc.constantFrom(0, 1, 1000 * DAY), fc.double({ min: 0, max: 1000 * DAY, noNaN: true }))
  const max = fc.option(ms, { nil: undefined })
  const attempts = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))
  const wish = fc.option(fc.oneof(fc.double({ min: 0, noNaN: true }), fc.anything()), { nil: undefined })
  fc.assert(
    fc.property(
      ms,
      fc.double({ min: 0, max: 1e300, noNaN: true }),
      max,
      fc.boolean(),
      attempts,
      wish,
      (initial, grows, max, jitter, attempt, retryAfter) => {
        const factor = max === undefined ? Math.min(grows, 100) : grows
        const delays = { initial, factor, jitter, ...(max !== undefined && { max }) }
        // As it is taken where it is defined …
        retry({ backoff: delays })
        // … and as it is asked after an attempt.
        const error = { retryAfter } as never
        const wait = retryDelay({ attempts: 9, backoff: delays }, { attempt, error })
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThanOrEqual(max === undefined ? DAY : Math.max(60_000, Math.ceil(max)))
      },
    ),
  )
})

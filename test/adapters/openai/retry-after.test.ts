import { type AnyFn, chain, fn, type PipelineError } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import { SkippingClock } from '../../skipping-clock.ts'
import { mockServer, rawServer } from './server.ts'

/** A server that refuses once with these headers, and then answers. */
async function onceBusy(headers: Record<string, string>, status = 429) {
  let requests = 0
  const { access } = await rawServer((response) => {
    requests++
    const body = {
      error: { message: 'slow down' },
      choices: [{ index: 0, finish_reason: 'stop', message: { content: 'ok' } }],
    }
    response.writeHead(requests > 1 ? 200 : status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  })
  return { access }
}
/** How long (ms) a chat waits before the attempt that is answered. */
async function waitOf(chat: AnyFn): Promise<number> {
  const clock = new SkippingClock()
  expect(await clock.run(chat, 'Hi')).toBe('ok')
  expect(clock.waits).toHaveLength(1)
  return clock.waits[0] as number
}
const chatOf = (access: object, backoff?: object) =>
  openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    retry: { attempts: 2, ...(backoff && { backoff: backoff as never }) },
    ...access,
  })

describe('the time that a server names', () => {
  test.each([
    ['retry-after-ms', { 'retry-after-ms': '250' }],
    ['retry-after in seconds', { 'retry-after': '0.25' }],
    ['the exact one of both', { 'retry-after-ms': '250', 'retry-after': '30' }],
  ])('is waited for: %s', async (_, headers) => {
    const { access } = await onceBusy(headers)
    expect(await waitOf(chatOf(access, { initial: 1 }))).toBe(250)
  })

  test('may be a date', async () => {
    const { access } = await onceBusy({ 'retry-after': new Date(Date.now() + 50_000).toUTCString() }, 503)
    const wait = await waitOf(chatOf(access, { initial: 1 }))
    expect(wait).toBeGreaterThan(10_000)
    expect(wait).toBeLessThanOrEqual(50_000)
  })

  test('goes before backoff.max, and never shortens a backoff that was given', async () => {
    const long = await onceBusy({ 'retry-after-ms': '250' })
    expect(await waitOf(chatOf(long.access, { initial: 1, max: 50 }))).toBe(250)
    const short = await onceBusy({ 'retry-after': '0' })
    expect(await waitOf(chatOf(short.access, { initial: 200 }))).toBe(200)
  })

  test('goes before the time that nobody gave, also where it is shorter', async () => {
    const { access } = await onceBusy({ 'retry-after-ms': '30' })
    expect(await waitOf(chatOf(access))).toBe(30)
  })

  test.each([
    [{ 'retry-after': '100800' }, '28 hours'],
    [{ 'retry-after-ms': '5400000' }, '1.5 hours'],
    [{ 'retry-after': '61' }, '1 minute'],
    [{ 'retry-after': String(7 * 86_400) }, '7 days'],
    [{ 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-remaining-requests': '0' }, '6 minutes'],
    [{ 'retry-after': new Date(Date.now() + 3 * 3_600_000).toUTCString() }, '3 hours'],
  ])('is not waited for beyond a minute: %j fails at once', async (headers, words) => {
    const { access } = await onceBusy(headers)
    const { error } = await chatOf(access, { initial: 1, max: 1e9 }).safeRun('Hi')
    expect(error).toMatchObject({ attempts: 1, retryAfter: expect.any(Number) })
    expect(error!.message).toContain(`The server asks to wait ${words}.`)
  })

  test.each(['soon', '', '-3', 'NaN'])('is not believed as %j', async (said) => {
    const { access } = await onceBusy({ 'retry-after': said })
    const wait = await waitOf(chatOf(access))
    expect(wait).toBeGreaterThanOrEqual(250)
    expect(wait).toBeLessThanOrEqual(500)
  })

  test('is data of the error', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { error: { message: 'slow down' }, status: 429, retryAfter: 7 })
    const result = await openAIChat({ name: 'chat', model: 'gpt-4o-mini', ...access }).safeRun('Hi')
    const error = (result as { error: PipelineError }).error
    expect(error.retryAfter).toBe(7000)
    expect(error.toJSON()).toMatchObject({ retryAfter: 7000, cause: { message: expect.any(String) } })
  })
})

describe('an error of anybody that wishes for a delay', () => {
  const wishing = (wish: unknown, cause?: unknown) => Object.assign(new Error('later', { cause }), { retryAfter: wish })

  /** How long, in ms of a simulated clock, a function waits that fails once with this error. */
  function waitAfter(error: Error, max?: number): Promise<number | undefined> {
    let calls = 0
    const failing = fn({
      name: 'failing',
      run: () => {
        calls += 1
        if (calls === 1) throw error
        return calls
      },
      retry: { attempts: 2, backoff: { initial: 10, ...(max !== undefined && { max }) } },
    })
    const clock = Object.assign(new SimulatedClock(), {})
    const actor = createActor(chain({ name: 'root', children: [failing] }).machine, { clock, input: undefined })
    return new Promise((resolve) => {
      actor.subscribe((snapshot) => {
        const timer = snapshot.children['root.failing#retry'] as any
        if (timer) resolve(timer.getSnapshot().input.at - clock.now())
      })
      actor.start()
    })
  }

  test.each([
    ['its own', wishing(500), 500],
    ['that of its cause', wishing(undefined, { retryAfter: 700 }), 700],
    ['none', wishing('soon'), 10],
    ['shorter than the backoff', wishing(3), 10],
    ['negative', wishing(-3), 10],
    ['endless', wishing(Infinity), 10],
    ['a minute', wishing(60_000), 60_000],
  ])('%s', async (_, error, wait) => {
    expect(await waitAfter(error)).toBe(wait)
  })

  test('more than a max', async () => {
    expect(await waitAfter(wishing(700), 20)).toBe(700)
  })

  test('more than a minute is not waited, and said', async () => {
    const run = () => {
      throw wishing(3_600_000)
    }
    const { error } = await fn({ name: 'failing', run, retry: { attempts: 2 } }).safeRun(undefined)
    expect(error).toMatchObject({
      attempts: 1,
      retryAfter: 3_600_000,
      message: 'failing failed while running: later. The server asks to wait 1 hour.',
    })
  })
})

import { describe, expect, test } from 'vitest'
import { classifyFailure } from '../../../src/models/failure/classify-failure.ts'
import { headerReader, retryAfterMs } from '../../../src/models/failure/retry-after.ts'

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000)
/** The two other forms that a date has in HTTP. */
const partsOf = (date: Date) => date.toUTCString().split(/[ ,]+/) as [string, string, string, string, string]
const rfc850 = (date: Date) => {
  const [, day, month, year, time] = partsOf(date)
  return `Sunday, ${day}-${month}-${year.slice(2)} ${time} GMT`
}
const asctime = (date: Date) => {
  const [name, day, month, year, time] = partsOf(date)
  return `${name} ${month} ${day} ${time} ${year}`
}
const delayOf = (headers: object, status = 429, told?: unknown) => retryAfterMs(headerReader(headers), told, status)

describe('how long a server asks to wait', () => {
  test.each<[string, object, ms: number | undefined]>([
    ['nothing', {}, undefined],
    ['in ms', { 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    ['in seconds', { 'Retry-After': '1.5' }, 1500],
    ['with a unit', { 'retry-after': '30s' }, 30_000],
    ['a date that is past', { 'retry-after': inSeconds(-60).toUTCString() }, 0],
    ['a negative one', { 'retry-after': '-3' }, undefined],
    ['none', { 'retry-after': 'NaN' }, undefined],
    ['without an end', { 'retry-after': 'Infinity' }, undefined],
    ['a huge one', { 'retry-after': '1e12' }, 1e15],
    ['a list', { 'retry-after': ['2', '3'] }, 2000],
    ['of two servers', { 'retry-after': '3, 5' }, 3000],
    ['of OpenAI', { 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-remaining-requests': '0' }, 360_000],
    ['in pieces of a second', { 'x-ratelimit-reset-tokens': '20ms' }, 20],
    ['with hours', { 'x-ratelimit-reset-tokens': '1h2m3.5s' }, 3_723_500],
    [
      'of a rate that is not used up',
      { 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-tokens': '5' },
      undefined,
    ],
    [
      'the longest of those that are',
      {
        'x-ratelimit-reset-tokens': '7s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-requests': '0',
      },
      7000,
    ],
    ['as noise', { 'x-ratelimit-reset-tokens': '1s1', 'x-ratelimit-reset-requests': 's'.repeat(1e6) }, undefined],
  ])('%s', (_, headers, ms) => {
    expect(delayOf(headers)).toBe(ms)
    expect(delayOf(new Headers(headers as Record<string, string>))).toBe(ms)
  })

  test.each([
    ['retry-after', inSeconds(5).toUTCString()],
    ['retry-after', `${inSeconds(5).toUTCString()}, ${inSeconds(9).toUTCString()}`],
    ['retry-after', rfc850(inSeconds(5))],
    ['retry-after', asctime(inSeconds(5))],
    ['retry-after', String(Math.round(inSeconds(5).getTime() / 1000))],
    ['retry-after-ms', String(inSeconds(5).getTime())],
    ['anthropic-ratelimit-input-tokens-reset', inSeconds(5).toISOString()],
    ['x-ratelimit-reset-requests', String(Math.round(inSeconds(5).getTime() / 1000))],
    ['x-ratelimit-reset-requests', String(inSeconds(5).getTime())],
  ])('%s as a moment', (name, moment) => {
    expect(delayOf({ [name]: moment })).toBeGreaterThan(3500)
    expect(delayOf({ [name]: moment })).toBeLessThanOrEqual(5600)
  })

  test('rates count only where there were too many requests', () => {
    expect(delayOf({ 'x-ratelimit-reset-requests': '6s' }, 503)).toBe(undefined)
    expect(
      delayOf({
        'anthropic-ratelimit-tokens-reset': inSeconds(5).toISOString(),
        'anthropic-ratelimit-tokens-remaining': '9',
      }),
    ).toBe(undefined)
  })

  const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' }
  const body = {
    error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'quota', details: [{ reason: 'x' }, info] },
  }
  test.each<[string, object]>([
    ['as data', { statusCode: 429, data: body }],
    ['as text', { statusCode: 429, responseBody: JSON.stringify(body) }],
    ['in a list', { statusCode: 429, responseBody: JSON.stringify([body]) }],
    ['of a client', { status: 429, error: body }],
  ])("Gemini's RetryInfo, %s", (_, fields) => {
    expect(classifyFailure(Object.assign(new Error('429'), fields), false)).toMatchObject({
      passes: true,
      retryAfter: 37_000,
      facts: { status: 429, code: 'RESOURCE_EXHAUSTED' },
    })
  })
})

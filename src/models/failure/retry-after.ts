import { attempt } from '../../border/shape.ts'

/** Returns a header by its name in lower case. */
export type HeaderReader = (name: string) => string | undefined

/** The headers of a response: a `Headers` object or a record. */
export function headerReader(headers: unknown): HeaderReader {
  if (typeof (headers as { get?: unknown } | null | undefined)?.get === 'function') {
    return (name) => headerText(attempt(() => (headers as Headers).get(name)))
  }
  const all = attempt(() =>
    Object.entries(Object(headers) as object).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const known = new Map(all as [string, unknown][] | undefined)
  return (name) => headerText(known.get(name))
}

/** A repeated header may be an array; its first value counts. */
const headerText = (value: unknown): string | undefined => {
  const [first] = [value].flat()
  return typeof first === 'string' || typeof first === 'number' ? String(first).trim() || undefined : undefined
}

/**
 * How long the server asks to wait, in ms: `retry-after-ms`; `retry-after` in seconds or as a date; a delay in the body
 * (`delay`, such as Gemini's `RetryInfo`); or the time until an exhausted rate limit resets. Undefined if it names
 * none.
 */
export function retryAfterMs(header: HeaderReader, delay: unknown, status: number | undefined): number | undefined {
  // Values of two servers are joined by a comma; an HTTP date contains one as well.
  const [after] = header('retry-after')?.split(/(?<=\d|GMT)\s*,/i) ?? []
  return (
    delayOf(header('retry-after-ms'), 1) ??
    delayOf(after) ??
    delayUntilDate(after) ??
    validDelay(parseDuration(delay)) ??
    (status === 429 ? untilReset(header) : undefined)
  )
}

const RATE_LIMITS = ['requests', 'tokens', 'input-tokens', 'output-tokens']

/** The longest reset of the rate limits that are, or may be, exhausted. */
function untilReset(header: HeaderReader): number | undefined {
  const isFree = (left: string | undefined) => left !== undefined && toNumber(left) !== 0
  const waits = RATE_LIMITS.flatMap((rate) => [
    isFree(header(`x-ratelimit-remaining-${rate}`)) ? [] : delayOf(header(`x-ratelimit-reset-${rate}`)),
    isFree(header(`anthropic-ratelimit-${rate}-remaining`))
      ? []
      : delayUntilDate(header(`anthropic-ratelimit-${rate}-reset`)),
  ])
  const known = waits.flat().filter((ms) => ms !== undefined)
  return known.length > 0 ? Math.max(...known) : undefined
}

const toNumber = (text: string | undefined): number => (text === undefined ? NaN : Number(text))

/** Undefined for an invalid delay; `+ 0` because JSON has no -0. */
const validDelay = (ms: number): number | undefined => (Number.isFinite(ms) && ms >= 0 ? Math.ceil(ms) + 0 : undefined)
const delayUntil = (moment: number): number | undefined => validDelay(Math.max(moment - Date.now(), 0))

const delayUntilDate = (text: string | undefined): number | undefined =>
  text === undefined || text.length > 100 || !/\b\d{4}\b|\b\d\d-[a-z]{3}-\d\d\b/i.test(text)
    ? undefined
    : // The asctime form of an HTTP date has no zone, and is in GMT.
      delayUntil(Date.parse(/^[a-z]{3} [a-z]{3} [\d: ]+$/i.test(text) ? `${text} GMT` : text))

/** A number that is too large for a delay is a Unix timestamp, in s or ms. */
const TIMESTAMP = /^\d{10}(?:\.\d{1,9})?$|^\d{13}$/
const delayOf = (text: string | undefined, unit = 1000): number | undefined => {
  const number = toNumber(text)
  if (text !== undefined && TIMESTAMP.test(text)) return delayUntil(text.length === 13 ? number : number * 1000)
  return validDelay(unit === 1 ? number : parseDuration(text))
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** In ms: `37s`, `1.5s`, `6m0s`, `20ms`, a number of seconds, or Google's `{ seconds, nanos }`. */
function parseDuration(delay: unknown): number {
  if (typeof delay === 'object' && delay !== null) {
    const { seconds = 0, nanos = 0 } = delay as { seconds?: unknown; nanos?: unknown }
    return Number(seconds) * 1000 + Number(nanos) / 1e6
  }
  const text = typeof delay === 'number' ? String(delay) : typeof delay === 'string' ? delay.trim() : ''
  if (text === '' || text.length > 50) return NaN
  if (!Number.isNaN(Number(text))) return Number(text) * 1000
  if (!/^(?:\d{1,15}(?:\.\d{1,15})?(?:ms|[smhd]))+$/.test(text)) return NaN
  let ms = 0
  for (const [, count, unit] of text.matchAll(/(\d{1,15}(?:\.\d{1,15})?)(ms|[smhd])/g))
    ms += Number(count) * UNIT_MS[unit as string]!
  return ms
}

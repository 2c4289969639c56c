import { attempt, isError } from '../border/shape.ts'

type Headers = { get(name: string): string | null }

/**
 * The same error with a `retryAfter` in ms, if the server named a time: `retry-after-ms`, or `retry-after` in seconds or
 * as a date. The policy's retry honours it.
 */
export function withRetryAfter(thrown: unknown): unknown {
  if (!isError(thrown)) return thrown
  return attempt(() => wishing(thrown)) ?? thrown
}

function wishing(thrown: Error): unknown {
  const { headers, responseHeaders } = thrown as { headers?: unknown; responseHeaders?: unknown }
  const wish = wishOf(reader(headers ?? responseHeaders))
  return wish === undefined ? thrown : Object.assign(thrown, { retryAfter: wish })
}

function reader(headers: unknown): Headers['get'] {
  if (typeof (headers as Partial<Headers> | undefined)?.get === 'function') {
    return (name) => (headers as Headers).get(name)
  }
  return (name) => (Object(headers) as Record<string, string | undefined>)[name] ?? null
}

function wishOf(get: Headers['get']): number | undefined {
  const ms = number(get('retry-after-ms'))
  if (ms !== undefined) return ms
  const said = get('retry-after')
  const seconds = number(said)
  if (seconds !== undefined) return seconds * 1000
  const date = Date.parse(said ?? '')
  return Number.isNaN(date) ? undefined : Math.max(date - Date.now(), 0)
}

function number(text: string | null): number | undefined {
  const value = text?.trim() ? Number(text) : NaN
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

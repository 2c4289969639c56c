import { attempt } from '../../../border/shape.ts'
import { wordsIn } from './server-error.ts'

/**
 * `fetch`, where a refusal says what it is about under `error`: the SDK reads nothing else, and servers have many ways,
 * such as `{ detail }`, `{ message }` or a list.
 */
export const readableFetch: typeof fetch = async (url, init) => {
  const response = await globalThis.fetch(url, init)
  if (response.ok) return response
  const text = await response.text()
  const body = attempt(() => JSON.parse(text) as unknown)
  const isRead = typeof Object(Object(body).error).message === 'string'
  const message = isRead ? '' : wordsIn(body)
  const { code, type } = Object(body) as { code?: unknown; type?: unknown }
  const { status, statusText, headers } = response
  return new Response(message ? JSON.stringify({ error: { message, code, type } }) : text, {
    status,
    statusText,
    headers,
  })
}

import { attempt, isPlainObject } from '../../../border/shape.ts'
import { errorText } from './server-error.ts'

/**
 * `fetch`, where a refusal says what it is about under `error`: the SDK reads nothing else, and servers have many ways,
 * such as `{ detail }`, `{ message }` or a list. All that was sent stays beside the words, for a code or a time to wait
 * may stand anywhere in it.
 */
export const normalizingFetch: typeof fetch = async (url, init) => {
  const response = await globalThis.fetch(url, init)
  if (response.ok) return response
  const { status, statusText, headers } = response
  const copy = response.clone()
  const text = await copy.text()
  const told = normalizeErrorBody(attempt(() => JSON.parse(text) as unknown))
  // Of some statuses, no response can be made.
  const made = told && attempt(() => new Response(JSON.stringify(told), { status, statusText, headers }))
  if (made) void response.body?.cancel().catch(() => {})
  return made ?? response
}

/** The body in the one shape that the SDK reads; undefined where it has that shape, or says nothing. */
function normalizeErrorBody(body: unknown): object | undefined {
  const { error } = Object(body) as { error?: unknown }
  const isRead = isPlainObject(error) && typeof error.message === 'string'
  if (isRead && Object.keys(body as object).length === 1) return undefined
  const message = isRead ? (error.message as string) : errorText(body)
  return message === '' && !isRead ? undefined : { error: { ...innermostError(body), message, body } }
}

/** The object that the words are about: it has the code and the type. */
function innermostError(body: unknown, depth = 0): object | undefined {
  if (Array.isArray(body)) return innermostError(body[0], depth + 1)
  if (!isPlainObject(body) || depth > 5) return undefined
  const { error, detail, errors } = body
  for (const one of [error, detail, errors]) {
    const inner = innermostError(one, depth + 1)
    if (inner) return inner
  }
  return body
}

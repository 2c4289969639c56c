import { attempt, isPlainObject } from '../../../border/shape.ts'
import { errorText } from './server-error.ts'

/**
 * A `fetch` that normalizes error bodies to `{ error: { message, … } }`, the only form that the SDK reads. Servers also
 * send `{ detail }`, `{ message }` or an array. The original is kept in `error.body`, because a code or a delay may be
 * anywhere in it.
 */
export const normalizingFetch: typeof fetch = async (url, init) => {
  const response = await globalThis.fetch(url, init)
  if (response.ok) return response
  const { status, statusText, headers } = response
  const copy = response.clone()
  const text = await copy.text()
  const normalized = normalizeErrorBody(attempt(() => JSON.parse(text) as unknown))
  // The Response constructor rejects some statuses.
  const normalizedResponse =
    normalized && attempt(() => new Response(JSON.stringify(normalized), { status, statusText, headers }))
  if (normalizedResponse) void response.body?.cancel().catch(() => {})
  return normalizedResponse ?? response
}

/** The normalized body; undefined if it is normalized already, or has no message. */
function normalizeErrorBody(body: unknown): object | undefined {
  const { error } = Object(body) as { error?: unknown }
  const isRead = isPlainObject(error) && typeof error.message === 'string'
  if (isRead && Object.keys(body as object).length === 1) return undefined
  const message = isRead ? (error.message as string) : errorText(body)
  return message === '' && !isRead ? undefined : { error: { ...innermostError(body), message, body } }
}

/** The innermost error object, which has the code and the type. */
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

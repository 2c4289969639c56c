import { attempt } from '../../border/shape.ts'
import { ModelError } from '../../models/error.ts'
import { withRetryAfter } from '../../models/retry-after.ts'

type Thrown = { status?: unknown; error?: unknown }

/**
 * What the SDK throws, with the server's wish for a delay; or a connection that could not be made, in words: the SDK says
 * no more than "Connection error". What the server says in the midst of a stream has no status either, yet a body.
 */
export const explained = (thrown: unknown): unknown => attempt(() => explain(thrown)) ?? thrown

function explain(thrown: unknown): unknown {
  const { status, error } = Object(thrown) as Thrown
  if (!('status' in Object(thrown)) || status !== undefined || error !== undefined) return withRetryAfter(thrown)
  return new ModelError(
    'no_connection',
    `the model server could not be reached: ${rootOf(thrown)}. Check the network, and baseURL (or OPENAI_BASE_URL)`,
    { cause: thrown },
  )
}

function rootOf(thrown: unknown): string {
  const { cause, message, code } = Object(thrown) as { cause?: unknown; message?: unknown; code?: unknown }
  return cause === undefined ? String(message || code).replace(/\.$/, '') : rootOf(cause)
}

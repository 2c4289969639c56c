import { attempt, isError, toSafeString } from '../../border/shape.ts'
import { withErrorDetails, errorDetailsOf } from '../../border/error-details.ts'
import { write } from '../writing.ts'
import { cutOff } from './cut-off.ts'
import { isModelError, ModelError } from './error.ts'
import { named } from './named.ts'
import { heard } from './judging.ts'
import { type Asked, inWords } from './remedies.ts'
import { secretsIn } from './credentials.ts'
import { masked, withoutKeys } from './secrets.ts'

/** Who was asked: `secrets` are keys, and whatever may hold one (headers, a client, a model), to be kept out of every message. */
export type Of = Asked & { readonly secrets?: readonly unknown[] }

/**
 * A failure of a model's server, of which is known from now on what the server said: the status, code and request id,
 * whether it passes, the time that was named, and words that say whose it was, and what to do. An error stays what it
 * was, unless it holds a key: then it is a copy without.
 */
export const explained = (thrown: unknown, of: Of): unknown => attempt(() => explain(thrown, of)) ?? thrown

function explain(thrown: unknown, { provider, model, secrets = [] }: Of): unknown {
  const note = errorDetailsOf(thrown)
  // Whoever asked a model of a package in a function of his own has been told.
  if (provider === undefined && note?.provider !== undefined) return thrown
  const hidden = secretsIn(...secrets, { url: attempt(() => (thrown as { url?: unknown }).url) })
  const midway = note?.midway === true
  const clean = withoutKeys(thrown, hidden)
  const error = isError(clean) || provider === undefined ? clean : saidBy(clean)
  if (typeof error !== 'object' || error === null) return error
  if (isModelError(error) && isError(clean) && !midway) {
    return provider === undefined || model === undefined ? error : named(error, { provider, model })
  }
  const known = heard(clean, provider !== undefined || midway)
  // The server of a picture is not the model's: its own words say all.
  if (attempt(() => (error as Error).name) === 'PictureError') {
    return withErrorDetails(error, { isTransient: known.passes, retryAfter: known.retryAfter })
  }
  const root = masked(rootOf(clean), hidden)
  const words = inWords(known, { provider, model }, { root, midway })
  if (isModelError(error))
    Object.assign(error, Object.fromEntries(Object.entries(known.facts).filter(([, fact]) => fact !== undefined)))
  return withErrorDetails(error, {
    ...note,
    ...known.facts,
    provider,
    model,
    message: words && masked(words, hidden),
    isTransient: known.passes ?? (midway || undefined),
    retryAfter: known.retryAfter,
  })
}

/** What a stream says went wrong, once the answer had begun. */
export const midway = (error: unknown): Error =>
  withErrorDetails(isError(error) ? error : saidBy(error), { midway: true })

/** What a stream fails with: the server may have said something by it, or the line broke. */
export function brokenOff(thrown: unknown): Error {
  const { kind } = heard(thrown, false)
  return kind === undefined || kind === 'connection' || kind === 'body' ? cutOff(thrown) : midway(thrown)
}

/** What is no error, as the cause of one. */
const saidBy = (thrown: unknown): Error =>
  new ModelError('no_answer', `the server said: ${heard(thrown, true).said || textIn(thrown)}`, { cause: thrown })

/** What stands at the bottom of it, such as `connect ECONNREFUSED 127.0.0.1:9`. */
export function rootOf(thrown: unknown, depth = 0): string {
  const { cause, message, code } = Object(thrown) as { cause?: unknown; message?: unknown; code?: unknown }
  if (cause !== undefined && depth < 20) return rootOf(cause, depth + 1)
  return toSafeString(message || code || textIn(thrown)).replace(/\.$/, '')
}

const textIn = (thrown: unknown): string =>
  typeof thrown === 'string' ? thrown : toSafeString(attempt(() => write(thrown)) ?? thrown)

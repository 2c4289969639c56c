import { attempt, isError, textOf } from '../../border/shape.ts'
import { noted, noteOf } from '../../border/notes.ts'
import { stringify } from '../stringify.ts'
import { cutOffError } from './cut-off-error.ts'
import { isModelError, ModelError } from './model-error.ts'
import { withProviderLabel } from './provider-label.ts'
import { classifyFailure } from './classify-failure.ts'
import { type ModelReference, failureMessage } from './failure-message.ts'
import { collectSecrets } from './collect-secrets.ts'
import { redactText, redactSecrets } from './redact.ts'

/** Who was asked: `secrets` are keys, and whatever may hold one (headers, a client, a model), to be kept out of every message. */
export type RequestTarget = ModelReference & { readonly secrets?: readonly unknown[] }

/**
 * A failure of a model's server, of which is known from now on what the server said: the status, code and request id,
 * whether it passes, the time that was named, and words that say whose it was, and what to do. An error stays what it
 * was, unless it holds a key: then it is a copy without.
 */
export const annotateError = (thrown: unknown, of: RequestTarget): unknown =>
  attempt(() => tryAnnotate(thrown, of)) ?? thrown

function tryAnnotate(thrown: unknown, { provider, model, secrets = [] }: RequestTarget): unknown {
  const note = noteOf(thrown)
  // Whoever asked a model of a package in a function of his own has been told.
  if (provider === undefined && note?.provider !== undefined) return thrown
  const hidden = collectSecrets(...secrets, { url: attempt(() => (thrown as { url?: unknown }).url) })
  const midway = note?.midway === true
  const clean = redactSecrets(thrown, hidden)
  const error = isError(clean) || provider === undefined ? clean : toModelError(clean)
  if (typeof error !== 'object' || error === null) return error
  if (isModelError(error) && isError(clean) && !midway) {
    return provider === undefined || model === undefined ? error : withProviderLabel(error, { provider, model })
  }
  const known = classifyFailure(clean, provider !== undefined || midway)
  // The server of a picture is not the model's: its own words say all.
  if (attempt(() => (error as Error).name) === 'ImageError') {
    return noted(error, { passes: known.passes, retryAfter: known.retryAfter })
  }
  const root = redactText(rootCauseMessage(clean), hidden)
  const words = failureMessage(known, { provider, model }, { root, midway })
  if (isModelError(error))
    Object.assign(error, Object.fromEntries(Object.entries(known.facts).filter(([, fact]) => fact !== undefined)))
  return noted(error, {
    ...note,
    ...known.facts,
    provider,
    model,
    words: words && redactText(words, hidden),
    passes: known.passes ?? (midway || undefined),
    retryAfter: known.retryAfter,
  })
}

/** What a stream says went wrong, once the answer had begun. */
export const streamError = (error: unknown): Error =>
  noted(isError(error) ? error : toModelError(error), { midway: true })

/** What a stream fails with: the server may have said something by it, or the line broke. */
export function interruptedStream(thrown: unknown): Error {
  const { kind } = classifyFailure(thrown, false)
  return kind === undefined || kind === 'connection' || kind === 'body' ? cutOffError(thrown) : streamError(thrown)
}

/** What is no error, as the cause of one. */
const toModelError = (thrown: unknown): Error =>
  new ModelError('no_answer', `the server said: ${classifyFailure(thrown, true).serverMessage || thrownText(thrown)}`, {
    cause: thrown,
  })

/** What stands at the bottom of it, such as `connect ECONNREFUSED 127.0.0.1:9`. */
export function rootCauseMessage(thrown: unknown, depth = 0): string {
  const { cause, message, code } = Object(thrown) as { cause?: unknown; message?: unknown; code?: unknown }
  if (cause !== undefined && depth < 20) return rootCauseMessage(cause, depth + 1)
  return textOf(message || code || thrownText(thrown)).replace(/\.$/, '')
}

const thrownText = (thrown: unknown): string =>
  typeof thrown === 'string' ? thrown : textOf(attempt(() => stringify(thrown)) ?? thrown)

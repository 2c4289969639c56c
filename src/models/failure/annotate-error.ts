import { attempt, isError, toSafeString } from '../../border/shape.ts'
import { withErrorDetails, errorDetailsOf } from '../../border/error-details.ts'
import { stringify } from '../stringify.ts'
import { cutOffError } from './cut-off-error.ts'
import { isModelError, ModelError } from './model-error.ts'
import { withProviderLabel } from './provider-label.ts'
import { classifyFailure } from './classify-failure.ts'
import { type ModelReference, failureMessage } from './failure-message.ts'
import { collectSecrets } from './collect-secrets.ts'
import { redactText, redactSecrets } from './redact.ts'

/**
 * The model that was called. `secrets`: keys, or objects that contain one (headers, a client, a model), to be redacted.
 */
export type RequestTarget = ModelReference & { readonly secrets?: readonly unknown[] }

/**
 * Annotates an error of a model call (see `border/notes.ts`) with status, code, request id, whether it is transient,
 * the time to wait, and a message that names the provider and a remedy. Returns the same error, or a redacted copy if
 * it contains a secret.
 */
export const annotateError = (thrown: unknown, of: RequestTarget): unknown =>
  attempt(() => tryAnnotate(thrown, of)) ?? thrown

function tryAnnotate(thrown: unknown, { provider, model, secrets = [] }: RequestTarget): unknown {
  const note = errorDetailsOf(thrown)
  // A user's function that called an annotated model has its annotation already.
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
  // An image's server is not the model's: the error's own message is complete.
  if (attempt(() => (error as Error).name) === 'ImageError') {
    return withErrorDetails(error, { isTransient: known.passes, retryAfter: known.retryAfter })
  }
  const root = redactText(rootCauseMessage(clean), hidden)
  const words = failureMessage(known, { provider, model }, { root, midway })
  if (isModelError(error))
    Object.assign(error, Object.fromEntries(Object.entries(known.facts).filter(([, fact]) => fact !== undefined)))
  return withErrorDetails(error, {
    ...note,
    ...known.facts,
    provider,
    model,
    message: words && redactText(words, hidden),
    isTransient: known.passes ?? (midway || undefined),
    retryAfter: known.retryAfter,
  })
}

/** An error that the server sent inside a stream. */
export const streamError = (error: unknown): Error =>
  withErrorDetails(isError(error) ? error : toModelError(error), { midway: true })

/** The error of a stream that failed: the server's, or a broken connection. */
export function interruptedStream(thrown: unknown): Error {
  const { kind } = classifyFailure(thrown, false)
  return kind === undefined || kind === 'connection' || kind === 'body' ? cutOffError(thrown) : streamError(thrown)
}

/** Wraps a thrown value that is not an error. */
const toModelError = (thrown: unknown): Error =>
  new ModelError(
    'no_answer',
    `the server returned an error: ${classifyFailure(thrown, true).serverMessage || thrownText(thrown)}`,
    {
      cause: thrown,
    },
  )

/** The message of the innermost cause, such as `connect ECONNREFUSED 127.0.0.1:9`. */
export function rootCauseMessage(thrown: unknown, depth = 0): string {
  const { cause, message, code } = Object(thrown) as { cause?: unknown; message?: unknown; code?: unknown }
  if (cause !== undefined && depth < 20) return rootCauseMessage(cause, depth + 1)
  return toSafeString(message || code || thrownText(thrown)).replace(/\.$/, '')
}

const thrownText = (thrown: unknown): string =>
  typeof thrown === 'string' ? thrown : toSafeString(attempt(() => stringify(thrown)) ?? thrown)

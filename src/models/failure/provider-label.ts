import { withErrorDetails, errorDetailsOf } from '../../border/error-details.ts'
import type { ModelError } from './model-error.ts'

/**
 * The same error, annotated with a message that names provider and model, which the check of an answer does not know.
 */
export function withProviderLabel(
  error: ModelError,
  { provider, model }: { provider: string; model: string },
): ModelError {
  if (errorDetailsOf(error)?.message !== undefined || NAMES_SERVER.has(error.problem)) return error
  return withErrorDetails(error, {
    provider,
    model,
    message: `no answer from ${provider} for ${model}: ${error.message}`,
  })
}

/** Problems whose own message names the server. */
const NAMES_SERVER: ReadonlySet<string> = new Set(['no_connection', 'no_api_key'])

import { withErrorDetails, errorDetailsOf } from '../../border/error-details.ts'
import type { ModelError } from './error.ts'

/** The same error, in words that name who was asked: what is wrong with an answer is said where nobody knows that. */
export function named(error: ModelError, { provider, model }: { provider: string; model: string }): ModelError {
  if (errorDetailsOf(error)?.message !== undefined || SAYS_WHOM.has(error.problem)) return error
  return withErrorDetails(error, {
    provider,
    model,
    message: `no answer from ${provider} for ${model}: ${error.message}`,
  })
}

/** Nobody answered, and their own words say where. */
const SAYS_WHOM: ReadonlySet<string> = new Set(['no_connection', 'no_api_key'])

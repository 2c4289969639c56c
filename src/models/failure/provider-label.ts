import { noted, noteOf } from '../../border/notes.ts'
import type { ModelError } from './model-error.ts'

/** The same error, in words that name who was asked: what is wrong with an answer is said where nobody knows that. */
export function withProviderLabel(
  error: ModelError,
  { provider, model }: { provider: string; model: string },
): ModelError {
  if (noteOf(error)?.words !== undefined || NAMES_SERVER.has(error.problem)) return error
  return noted(error, { provider, model, words: `no answer from ${provider} for ${model}: ${error.message}` })
}

/** Nobody answered, and their own words say where. */
const NAMES_SERVER: ReadonlySet<string> = new Set(['no_connection', 'no_api_key'])

import type { Validation } from '../../border/schema.ts'
import { excerpt } from './extract-json.ts'

/** A model's text as a message quotes it: as a JSON string, truncated. */
export const quoteAnswer = (text: string): string => JSON.stringify(excerpt(text))

/** The issue of a text that could not be parsed: what was expected, and what the model returned. */
export const parseFailure = (expected: string, text: string, problem = ''): Validation => ({
  issues: [{ message: `expected ${expected}, and the model returned ${quoteAnswer(text)}${problem}`, path: [] }],
})

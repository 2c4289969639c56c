import type { Checked } from '../../border/schema.ts'
import { excerpt } from './extract-json.ts'

/** What a model said, as a message quotes it. */
export const quoteAnswer = (text: string): string => JSON.stringify(excerpt(text))

/** What was expected, and what came instead. */
export const parseFailure = (expected: string, text: string, problem = ''): Checked => ({
  issues: [{ message: `expected ${expected}, and the model said ${quoteAnswer(text)}${problem}`, path: [] }],
})

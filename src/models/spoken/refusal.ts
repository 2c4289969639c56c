import type { Validation } from '../../border/schema.ts'
import { beginningOf } from './spoken.ts'

/** What a model said, as a message quotes it. */
export const quote = (text: string): string => JSON.stringify(beginningOf(text))

/** What was expected, and what came instead. */
export const refusal = (expected: string, text: string, problem = ''): Validation => ({
  issues: [{ message: `expected ${expected}, and the model said ${quote(text)}${problem}`, path: [] }],
})

import { findNonJson } from '../border/json-data.ts'
import type { Frame, RefusedAnswer } from '../types.ts'

/**
 * The answers of a function that were refused so far; the last one too, if that is why this attempt failed. What is no
 * data cannot be kept in a run, and then only what was wrong with it is.
 */
export function refusedSoFar({ path, refused = [], value, error }: Frame): readonly RefusedAnswer[] {
  if (error?.code !== 'output_validation' || error.path !== path) return refused
  const { issues = [], cause, message } = error
  const isData = value !== undefined && findNonJson(value, '') === undefined
  return [
    ...refused,
    {
      ...(isData && { said: value }),
      issues: issues.length > 0 ? issues : [{ message: cause?.message || message, path: [] }],
    },
  ]
}

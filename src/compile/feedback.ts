import { findNonJson } from '../border/json-data.ts'
import type { Frame, RefusedAnswer } from '../types.ts'

/**
 * The rejected answers of a function so far, with the last one if that is why this attempt failed. Of an answer that is
 * not serializable, only the issues are kept.
 */
export function rejectedAnswersOf({ path, refused = [], value, error }: Frame): readonly RefusedAnswer[] {
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

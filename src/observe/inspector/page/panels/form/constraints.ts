import type { JsonSchema } from '../../../../../types.ts'

/** What is wrong with a text, or nothing. */
export function textProblem({ minLength, maxLength, pattern }: JsonSchema, text: string): string | undefined {
  const length = [...text].length
  if (isNumber(minLength) && length < minLength) return `Write at least ${pluralize(minLength, 'character')}.`
  if (isNumber(maxLength) && length > maxLength) return `Write at most ${pluralize(maxLength, 'character')}.`
  return typeof pattern === 'string' && !matchesPattern(pattern, text) ? `This must match ${pattern}.` : undefined
}

/** A pattern that this browser cannot read is left to the server. */
function matchesPattern(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

export function numberProblem(schema: JsonSchema, value: number, whole: boolean): string | undefined {
  const { multipleOf, exclusiveMinimum: above, exclusiveMaximum: under } = schema
  const { min, max } = boundsOf(schema)
  if (!Number.isFinite(value)) return 'This is not a number.'
  if (whole && !Number.isInteger(value)) return 'This must be a whole number.'
  if (min !== undefined && value < min) return `This must be at least ${min}.`
  if (max !== undefined && value > max) return `This must be at most ${max}.`
  if (isNumber(above) && value <= above) return `This must be more than ${above}.`
  if (isNumber(under) && value >= under) return `This must be less than ${under}.`
  const isOff = isNumber(multipleOf) && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9
  return isOff ? `This must be a multiple of ${multipleOf}.` : undefined
}

export function listProblem({ minItems, maxItems }: JsonSchema, length: number): string | undefined {
  if (isNumber(minItems) && length < minItems) return `Add at least ${pluralize(minItems, 'item')}.`
  return isNumber(maxItems) && length > maxItems ? `Leave at most ${pluralize(maxItems, 'item')}.` : undefined
}

/** The bounds of a number; those that every whole number of JavaScript has say nothing. */
export function boundsOf({ minimum, maximum }: JsonSchema): { min?: number; max?: number } {
  return {
    ...(isNumber(minimum) && minimum > Number.MIN_SAFE_INTEGER && { min: minimum }),
    ...(isNumber(maximum) && maximum < Number.MAX_SAFE_INTEGER && { max: maximum }),
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number'
const pluralize = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

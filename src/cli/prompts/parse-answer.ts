import { attempt, isPlainObject } from '../../border/shape.ts'
import { toCause } from '../../errors.ts'
import type { JsonSchema } from '../../types.ts'
import type { PromptedField } from './prompted-field.ts'

/** The problem of an answer, as text that follows the name of the value: "must be a number". */
export class InvalidAnswer extends Error {}

/** The value that was typed; throws `Unfit`. What a schema says beside this is checked by the run itself. */
export function parseAnswer(line: string, { field, schema, mayBeNull }: PromptedField): unknown {
  const word = line.trim()
  if (mayBeNull && word === 'null') return null
  if (field.kind === 'text') return parseText(line, schema)
  if (word === '') throw new InvalidAnswer('is required')
  if (field.kind === 'number') return parseNumber(word, field.isInteger, schema)
  if (field.kind === 'boolean') return parseYesNo(word)
  return parseJson(word, schema)
}

/** `y` or `n`, as a word or as JSON has it. */
export function parseYesNo(word: string): boolean {
  if (/^(y|yes|true)$/i.test(word)) return true
  if (/^(n|no|false)$/i.test(word)) return false
  throw new InvalidAnswer('must be y or n')
}

function parseText(line: string, { minLength, maxLength, pattern, format }: JsonSchema): string {
  if (line === '') throw new InvalidAnswer('is required. For an empty text, type ""')
  const text = line === '""' ? '' : line
  if (text.length < (minLength as number)) throw new InvalidAnswer(`must have at least ${String(minLength)} characters`)
  if (text.length > (maxLength as number)) throw new InvalidAnswer(`must have at most ${String(maxLength)} characters`)
  const matches = attempt(() => new RegExp(pattern as string, 'u').test(text))
  if (pattern !== undefined && matches === false) {
    throw new InvalidAnswer(format === undefined ? `must match ${String(pattern)}` : `is not a valid ${String(format)}`)
  }
  return text
}

function parseNumber(word: string, isWhole: boolean, schema: JsonSchema): number {
  const number = Number(word)
  if (!Number.isFinite(number)) throw new InvalidAnswer('must be a number')
  if (isWhole && !Number.isInteger(number)) throw new InvalidAnswer('must be a whole number')
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<string, number>
  if (number < (minimum as number)) throw new InvalidAnswer(`must be at least ${minimum}`)
  if (number > (maximum as number)) throw new InvalidAnswer(`must be at most ${maximum}`)
  if (number <= (exclusiveMinimum as number)) throw new InvalidAnswer(`must be more than ${exclusiveMinimum}`)
  if (number >= (exclusiveMaximum as number)) throw new InvalidAnswer(`must be less than ${exclusiveMaximum}`)
  return number
}

/** Where a text is one of the values, what is not JSON is that text. */
function parseJson(word: string, { type, anyOf, oneOf }: JsonSchema): unknown {
  try {
    return JSON.parse(word)
  } catch (error) {
    const types = [type, anyOf, oneOf].flat().map((each) => (isPlainObject(each) ? each.type : each))
    if (types.includes('string')) return word
    throw new InvalidAnswer(`must be JSON (${toCause(error).message})`)
  }
}

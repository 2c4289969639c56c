import { attempt, isPlainObject } from '../../border/shape.ts'
import { describe } from '../../errors.ts'
import type { JsonSchema } from '../../types.ts'
import type { AskedSchema } from './form.ts'

/** What is wrong with a line, in words that follow the name of the value: "must be a number". */
export class Unfit extends Error {}

/** The value that was typed; throws `Unfit`. What a schema says beside this is checked by the run itself. */
export function accepted(line: string, { field, schema, mayBeNull }: AskedSchema): unknown {
  const word = line.trim()
  if (mayBeNull && word === 'null') return null
  if (field.kind === 'text') return acceptedText(line, schema)
  if (word === '') throw new Unfit('is required')
  if (field.kind === 'number') return acceptedNumber(word, field.isInteger, schema)
  if (field.kind === 'boolean') return yesOrNo(word)
  return acceptedJson(word, schema)
}

/** `y` or `n`, as a word or as JSON has it. */
export function yesOrNo(word: string): boolean {
  if (/^(y|yes|true)$/i.test(word)) return true
  if (/^(n|no|false)$/i.test(word)) return false
  throw new Unfit('must be y or n')
}

function acceptedText(line: string, { minLength, maxLength, pattern, format }: JsonSchema): string {
  if (line === '') throw new Unfit('is required. For an empty text, type ""')
  const text = line === '""' ? '' : line
  if (text.length < (minLength as number)) throw new Unfit(`must have at least ${String(minLength)} characters`)
  if (text.length > (maxLength as number)) throw new Unfit(`must have at most ${String(maxLength)} characters`)
  const matches = attempt(() => new RegExp(pattern as string, 'u').test(text))
  if (pattern !== undefined && matches === false) {
    throw new Unfit(format === undefined ? `must match ${String(pattern)}` : `is not a valid ${String(format)}`)
  }
  return text
}

function acceptedNumber(word: string, isWhole: boolean, schema: JsonSchema): number {
  const number = Number(word)
  if (!Number.isFinite(number)) throw new Unfit('must be a number')
  if (isWhole && !Number.isInteger(number)) throw new Unfit('must be a whole number')
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<string, number>
  if (number < (minimum as number)) throw new Unfit(`must be at least ${minimum}`)
  if (number > (maximum as number)) throw new Unfit(`must be at most ${maximum}`)
  if (number <= (exclusiveMinimum as number)) throw new Unfit(`must be more than ${exclusiveMinimum}`)
  if (number >= (exclusiveMaximum as number)) throw new Unfit(`must be less than ${exclusiveMaximum}`)
  return number
}

/** Where a text is one of the values, what is not JSON is that text. */
function acceptedJson(word: string, { type, anyOf, oneOf }: JsonSchema): unknown {
  try {
    return JSON.parse(word)
  } catch (error) {
    const types = [type, anyOf, oneOf].flat().map((each) => (isPlainObject(each) ? each.type : each))
    if (types.includes('string')) return word
    throw new Unfit(`must be JSON (${describe(error).message})`)
  }
}

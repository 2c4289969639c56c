import { attempt } from '../../border/shape.ts'
import { ask, type Checked } from '../../border/schema.ts'
import type { StandardSchema } from '../../types.ts'
import { jsonSchemaOf } from '../schema/json-schema.ts'
import { type JsonType, jsonTypeOf, schemaTypes } from './json-type.ts'

/** What a schema says of a value; what it does not understand, and takes all the same, is refused. */
export const rejectCoercion =
  (check: (value: unknown) => Checked, kinds: readonly JsonType[] | undefined) =>
  (value: unknown): Checked => {
    const result = check(value)
    if (result.issues || kinds?.includes(jsonTypeOf(value)) || !isCoerced(value, result.value, check)) return result
    const what = typeof result.value === 'object' ? 'date' : typeof result.value
    return { issues: [{ message: `expected a ${what}`, path: [] }] }
  }

/** The same, of the schema of a tool's arguments. */
export const strictCheck = (schema: StandardSchema): ((value: unknown) => Checked) =>
  rejectCoercion((value) => ask(schema, value), schemaTypes(jsonSchemaOf(schema) ?? {}))

/** Whether a schema takes a value in that way. Only one that is of no kind that it names is asked about. */
export function coercionTest(schema: StandardSchema): (value: unknown) => boolean {
  const kinds = schemaTypes(jsonSchemaOf(schema) ?? {})
  const check = (value: unknown): Checked => ask(schema, value)
  return (value) => {
    const result = kinds && !kinds.includes(jsonTypeOf(value)) ? attempt(() => check(value)) : undefined
    return result !== undefined && !result.issues && isCoerced(value, result.value, check)
  }
}

/** What JavaScript makes of any value, and values of which no honest schema would make the same. */
const CONVERSIONS: readonly [cast: (value: unknown) => unknown, probes: readonly unknown[]][] = [
  [String, [{}]],
  [Boolean, [{}]],
  [Number, [null, true, []]],
]

/**
 * Whether a schema took a value only because it takes them all, as `z.coerce.boolean()` does: of 'maybe' it makes true,
 * of null the year 1970, and of "about 5" a day in May. It is asked once more, and only where its answer is just what
 * JavaScript would make of it.
 */
function isCoerced(value: unknown, result: unknown, check: (value: unknown) => Checked): boolean {
  if (isDate(result) && (typeof value === 'string' || typeof value === 'number')) {
    return Number(result) === Number(new Date(value)) && !isDateLike(value)
  }
  const [cast, probes] = CONVERSIONS.find(([cast]) => isConverted(cast, value, result)) ?? []
  if (!cast || !probes) return false
  return probes.some((probe) => {
    if (jsonTypeOf(probe) === jsonTypeOf(value) && cast === Number) return false
    const said = check(probe)
    return !said.issues && isConverted(cast, probe, said.value)
  })
}

function isConverted(cast: (value: unknown) => unknown, value: unknown, result: unknown): boolean {
  if (typeof value === typeof result && typeof value !== 'object') return false
  const made = attempt(() => cast(value))
  // A number, in whatever text, may become a number, a date or the like.
  if (cast === Number) return isNumberLike(result) && !isNumeric(value) && attempt(() => Number(result)) === made
  return result === made
}

const isDate = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Date]'
const isNumberLike = (value: unknown): boolean => ['number', 'bigint'].includes(typeof value) || isDate(value)
const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')

const ISO_DATE = /^[+-]?\d{4,6}(?:-\d\d(?:-\d\d)?)?(?:[T ]\d\d:\d\d\S{0,30})?$/i
const MONTH_NAME =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/i
const DATE_WORD =
  /^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|[ap]m|gmt|utc|[cemp][ds]t|t|z)$/i
/** In milliseconds: what is less is a year, or a number that is no time. */
const MIN_TIMESTAMP = 1e8

/** A day by its year, month and day, with nothing else beside it than a time; or a time in milliseconds. */
function isDateLike(value: string | number): boolean {
  if (typeof value === 'number') return Math.abs(value) >= MIN_TIMESTAMP
  const text = value.trim()
  if (text.length > 100) return false
  if (ISO_DATE.test(text)) return true
  const said = text.replaceAll(/\([^()]*\)/g, '')
  const words = said.match(/\p{L}+/gu) ?? []
  const months = words.filter((word) => MONTH_NAME.test(word))
  const digits = said.match(/\d+/g) ?? []
  return (
    words.every((word) => MONTH_NAME.test(word) || DATE_WORD.test(word)) &&
    months.length < 2 &&
    digits.some((each) => each.length === 4) &&
    digits.length >= 3 - months.length
  )
}

import { attempt } from '../../border/shape.ts'
import { safeValidate, type Validation } from '../../border/schema.ts'
import type { StandardSchema } from '../../types.ts'
import { jsonSchemaOf } from '../schema/json-schema.ts'
import { type JsonType, jsonTypeOf, schemaTypes } from './json-type.ts'

/**
 * A check that also rejects a value that the schema accepts only by coercion, such as `z.coerce.boolean()` of 'maybe'.
 */
export const rejectCoercion =
  (check: (value: unknown) => Validation, kinds: readonly JsonType[] | undefined) =>
  (value: unknown): Validation => {
    const result = check(value)
    if (result.issues || kinds?.includes(jsonTypeOf(value)) || !isCoerced(value, result.value, check)) return result
    const what = typeof result.value === 'object' ? 'date' : typeof result.value
    return { issues: [{ message: `expected a ${what}`, path: [] }] }
  }

/** The same for the schema of a tool's arguments. */
export const strictCheck = (schema: StandardSchema): ((value: unknown) => Validation) =>
  rejectCoercion((value) => safeValidate(schema, value), schemaTypes(jsonSchemaOf(schema) ?? {}))

/**
 * Tests whether a schema accepts a value only by coercion. Values of a type that its JSON Schema lists are not tested.
 */
export function coercionTest(schema: StandardSchema): (value: unknown) => boolean {
  const kinds = schemaTypes(jsonSchemaOf(schema) ?? {})
  const check = (value: unknown): Validation => safeValidate(schema, value)
  return (value) => {
    const result = kinds && !kinds.includes(jsonTypeOf(value)) ? attempt(() => check(value)) : undefined
    return result !== undefined && !result.issues && isCoerced(value, result.value, check)
  }
}

/** JavaScript's conversions of any value, and values that a schema without coercion does not convert the same way. */
const CONVERSIONS: readonly [cast: (value: unknown) => unknown, probes: readonly unknown[]][] = [
  [String, [{}]],
  [Boolean, [{}]],
  [Number, [null, true, []]],
]

/**
 * Whether a schema accepted a value only because it converts any value: 'maybe' to true, null to the year 1970, "about
 * 5" to a day in May. If the result equals JavaScript's own conversion, the schema is tested again with a probe value.
 */
function isCoerced(value: unknown, result: unknown, check: (value: unknown) => Validation): boolean {
  if (isDate(result) && (typeof value === 'string' || typeof value === 'number')) {
    return Number(result) === Number(new Date(value)) && !isDateLike(value)
  }
  const [cast, probes] = CONVERSIONS.find(([cast]) => isConverted(cast, value, result)) ?? []
  if (!cast || !probes) return false
  return probes.some((probe) => {
    if (jsonTypeOf(probe) === jsonTypeOf(value) && cast === Number) return false
    const probed = check(probe)
    return !probed.issues && isConverted(cast, probe, probed.value)
  })
}

function isConverted(cast: (value: unknown) => unknown, value: unknown, result: unknown): boolean {
  if (typeof value === typeof result && typeof value !== 'object') return false
  const made = attempt(() => cast(value))
  // A numeric string may become a number, a date or a bigint.
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
/** In milliseconds: a smaller number is a year, or not a timestamp. */
const MIN_TIMESTAMP = 1e8

/** A date with year, month and day, with nothing but a time beside it; or a timestamp in milliseconds. */
function isDateLike(value: string | number): boolean {
  if (typeof value === 'number') return Math.abs(value) >= MIN_TIMESTAMP
  const text = value.trim()
  if (text.length > 100) return false
  if (ISO_DATE.test(text)) return true
  const plain = text.replaceAll(/\([^()]*\)/g, '')
  const words = plain.match(/\p{L}+/gu) ?? []
  const months = words.filter((word) => MONTH_NAME.test(word))
  const digits = plain.match(/\d+/g) ?? []
  return (
    words.every((word) => MONTH_NAME.test(word) || DATE_WORD.test(word)) &&
    months.length < 2 &&
    digits.some((each) => each.length === 4) &&
    digits.length >= 3 - months.length
  )
}

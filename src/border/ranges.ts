import { formatValue } from './format-value.ts'

/** The range of a numeric option; a value outside is a `TypeError` where it is passed. */
export type NumberRange = {
  /** For a message, after "Give": `a whole number from 1 up`. */
  readonly description: string
  includes(value: number): boolean
}

/** In ms. */
export const DAY = 86_400_000
/** The longest time of any option, in ms. */
const MAX_TIME = 1000 * DAY

export const TIMEOUT_RANGE: NumberRange = {
  description: 'milliseconds, more than 0 and at most 1,000 days (86400000000)',
  includes: (value) => value > 0 && value <= MAX_TIME,
}
export const DELAY_RANGE: NumberRange = {
  description: 'milliseconds from 0 to 1,000 days (86400000000)',
  includes: (value) => value >= 0 && value <= MAX_TIME,
}
export const POSITIVE_INTEGER: NumberRange = {
  description: 'a whole number from 1 up',
  includes: (value) => Number.isSafeInteger(value) && value >= 1,
}
export const integerBetween = (least: number, most: number): NumberRange => ({
  description: `a whole number from ${least} to ${most}`,
  includes: (value) => Number.isInteger(value) && value >= least && value <= most,
})
export const numberBetween = (least: number, most: number): NumberRange => ({
  description: `a number from ${least} to ${most}`,
  includes: (value) => value >= least && value <= most,
})
export const NON_NEGATIVE: NumberRange = {
  description: 'a number from 0 up',
  includes: (value) => Number.isFinite(value) && value >= 0,
}
export const POSITIVE: NumberRange = {
  description: 'a number above 0',
  includes: (value) => Number.isFinite(value) && value > 0,
}
export const FINITE: NumberRange = { description: 'a finite number', includes: Number.isFinite }

/** `note`: a sentence for the message; `required`: `undefined` is an error too. */
type FieldOptions = { readonly note?: string; readonly required?: boolean }

/** Throws a `TypeError` for a value that is not a number of the range; `undefined` is accepted unless required. */
export function checkNumber(
  owner: string,
  field: string,
  value: unknown,
  { description, includes }: NumberRange,
  { note = '', required = false }: FieldOptions = {},
): void {
  if (typeof value === 'number' ? includes(value) : value === undefined && !required) return
  const [shown, kind] =
    typeof value === 'string' ? [value.slice(0, 80), ', as a number, not a string'] : [formatValue(value), '']
  throw new TypeError(
    `${owner}: ${field} is ${shown}. ${note}Give ${description}${kind}${required ? '' : ', or leave it out'}.`,
  )
}

/** A reported usage as a number: anything but a positive finite number counts as 0. */
export const positiveOrZero = (used: unknown): number =>
  typeof used === 'number' && POSITIVE.includes(used) ? used : 0

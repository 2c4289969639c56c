import { formatValue } from './format-value.ts'

/** What a number that somebody gives may be: every number has a range, and what is outside is said where it is given. */
export type NumberRange = {
  /** As it stands after "Give". */
  readonly description: string
  includes(value: number): boolean
}

/** In ms. */
export const DAY = 86_400_000
/** The longest time that can be given anywhere, in ms. */
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
/** Whole numbers from one to another. */
export const integerBetween = (least: number, most: number): NumberRange => ({
  description: `a whole number from ${least} to ${most}`,
  includes: (value) => Number.isInteger(value) && value >= least && value <= most,
})
/** Numbers of any kind from one to another. */
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

/** `note` says more about the field; `required`: it cannot be left out. */
type FieldOptions = { readonly note?: string; readonly required?: boolean }

/** Throws a `TypeError` for what is no number of that range; undefined was not given. */
export function checkNumber(
  owner: string,
  field: string,
  value: unknown,
  { description: words, includes: has }: NumberRange,
  { note = '', required = false }: FieldOptions = {},
): void {
  if (typeof value === 'number' ? has(value) : value === undefined && !required) return
  const [shown, kind] =
    typeof value === 'string' ? [value.slice(0, 80), ', as a number, not a string'] : [formatValue(value), '']
  throw new TypeError(
    `${owner}: ${field} is ${shown}. ${note}Give ${words}${kind}${required ? '' : ', or leave it out'}.`,
  )
}

/** What a function reports that it used may be anything: what is no number, or less than nothing, counts as nothing. */
export const positiveOrZero = (used: unknown): number =>
  typeof used === 'number' && POSITIVE.includes(used) ? used : 0

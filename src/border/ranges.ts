import { said } from './said.ts'

export { said }

/** What a number that somebody gives may be: every number has a range, and what is outside is said where it is given. */
export type Range = {
  /** As it stands after "Give". */
  readonly words: string
  has(value: number): boolean
}

/** In ms. */
export const DAY = 86_400_000
/** The longest time that can be given anywhere, in ms. */
const LONGEST = 1000 * DAY

export const TIMEOUT: Range = {
  words: 'milliseconds, more than 0 and at most 1,000 days (86400000000)',
  has: (value) => value > 0 && value <= LONGEST,
}
export const DELAY: Range = {
  words: 'milliseconds from 0 to 1,000 days (86400000000)',
  has: (value) => value >= 0 && value <= LONGEST,
}
export const COUNT: Range = {
  words: 'a whole number from 1 up',
  has: (value) => Number.isSafeInteger(value) && value >= 1,
}
/** Whole numbers from one to another. */
export const whole = (least: number, most: number): Range => ({
  words: `a whole number from ${least} to ${most}`,
  has: (value) => Number.isInteger(value) && value >= least && value <= most,
})
/** Numbers of any kind from one to another. */
export const between = (least: number, most: number): Range => ({
  words: `a number from ${least} to ${most}`,
  has: (value) => value >= least && value <= most,
})
export const FROM_ZERO: Range = {
  words: 'a number from 0 up',
  has: (value) => Number.isFinite(value) && value >= 0,
}
export const MORE_THAN_ZERO: Range = {
  words: 'a number above 0',
  has: (value) => Number.isFinite(value) && value > 0,
}
export const FINITE: Range = { words: 'a number that is finite', has: Number.isFinite }

/** `note` says more about the field; `required`: it cannot be left out. */
type Field = { readonly note?: string; readonly required?: boolean }

/** Throws a `TypeError` for what is no number of that range; undefined was not given. */
export function checkNumber(
  owner: string,
  field: string,
  value: unknown,
  { words, has }: Range,
  { note = '', required = false }: Field = {},
): void {
  if (typeof value === 'number' ? has(value) : value === undefined && !required) return
  const [shown, kind] =
    typeof value === 'string' ? [value.slice(0, 80), ', as a number and no text'] : [said(value), '']
  throw new TypeError(
    `${owner}: ${field} is ${shown}. ${note}Give ${words}${kind}${required ? '' : ', or leave it out'}.`,
  )
}

/** What a function reports that it used may be anything: what is no number, or less than nothing, counts as nothing. */
export const amountOf = (used: unknown): number => (typeof used === 'number' && MORE_THAN_ZERO.has(used) ? used : 0)

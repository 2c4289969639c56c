import { attempt } from '../../border/shape.ts'
import type { Checked } from '../../border/schema.ts'

/** What JavaScript makes of any value, and a value of which no honest schema would make the same. */
const CASTS: readonly [cast: (value: unknown) => unknown, probe: unknown][] = [
  [String, {}],
  [Boolean, {}],
  [Number, null],
]

/**
 * Whether a schema took a value only because it takes them all, as `z.coerce.boolean()` does: of 'maybe' it makes true,
 * of null the year 1970. It is asked once more, and only where its answer is just what JavaScript would make of it.
 */
export function isCoerced(value: unknown, result: unknown, check: (value: unknown) => Checked): boolean {
  const cast = CASTS.find(([cast]) => isCast(cast, value, result))
  if (!cast) return false
  const probe = value === null && cast[0] === Number ? true : cast[1]
  const said = check(probe)
  return !said.issues && isCast(cast[0], probe, said.value)
}

function isCast(cast: (value: unknown) => unknown, value: unknown, result: unknown): boolean {
  if (typeof value === typeof result && typeof value !== 'object') return false
  const made = attempt(() => cast(value))
  // A number, in whatever text, may become a number, a date or the like.
  if (cast === Number) return isNumberLike(result) && !isNumeric(value) && attempt(() => Number(result)) === made
  return result === made
}

const isNumberLike = (value: unknown): boolean =>
  ['number', 'bigint'].includes(typeof value) || Object.prototype.toString.call(value) === '[object Date]'
const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')

import { isUnknownValue } from './unknown-value.ts'

/** A copy of a value with another value at a path. */
export function setIn(value: unknown, at: readonly PropertyKey[], part: unknown): unknown {
  const [key, ...rest] = at
  if (key === undefined) return part
  const here = typeof value === 'object' && value !== null && !isUnknownValue(value) ? value : {}
  const copy: Record<PropertyKey, unknown> = Array.isArray(here) ? ([...here] as never) : { ...here }
  copy[key] = setIn(copy[key], rest, part)
  return copy
}

import { findNonJson, type NonJson } from '../../border/json-data.ts'
import { isPlainObject } from '../../border/shape.ts'
import { isUnknownValue } from './unknown-value.ts'

/** The first part of a sample that JSON cannot hold, by the check with which runs are saved. Unknown parts count as JSON. */
export const foreignValue = (value: unknown): NonJson | undefined => findNonJson(withoutUnknown(value), '')

function withoutUnknown(value: unknown): unknown {
  if (isUnknownValue(value)) return null
  if (Array.isArray(value)) return value.map(withoutUnknown)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutUnknown(part)]))
}

import { ask, type Checked } from '../border/schema.ts'
import { InvalidValue } from '../errors.ts'
import type { StandardSchema } from '../types.ts'

/**
 * What the schema of an event makes of its payload, which is an object: the keys of the event beside its own. No keys
 * are no payload, so a schema of nothing (`z.void()`, an `.optional()` object) is asked about undefined as well.
 */
export function readPayload(schema: StandardSchema, payload: object): object {
  const checked = askOf(schema, payload)
  if (checked.issues)
    throw new InvalidValue(checked.issues, checked.cause === undefined ? undefined : { cause: checked.cause })
  const { value = {} } = checked
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new TypeError(
    `its schema returns ${Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`} for the payload, which must be an object`,
  )
}

function askOf(schema: StandardSchema, payload: object): Checked {
  const checked = ask(schema, payload)
  if (!checked.issues || Object.keys(payload).length > 0) return checked
  const without = ask(schema, undefined)
  return without.issues ? checked : without
}

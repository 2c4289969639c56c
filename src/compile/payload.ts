import { safeValidate, type Validation } from '../border/schema.ts'
import { resolvePointer } from '../border/json-pointer.ts'
import { InvalidValue } from '../errors.ts'
import type { JsonSchema, StandardSchema } from '../types.ts'

/**
 * Validates the payload of an event: an object of the keys beside `type` and `path`. An event without keys has no
 * payload, so for a schema such as `z.void()` or an `.optional()` object, `undefined` is validated as well.
 */
export function parsePayload(schema: StandardSchema, payload: object): object {
  const checked = validatePayload(schema, payload)
  if (checked.issues)
    throw new InvalidValue(checked.issues, checked.cause === undefined ? undefined : { cause: checked.cause })
  const { value = {} } = checked
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new TypeError(
    `its schema returns ${Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`} for the payload, which must be an object`,
  )
}

function validatePayload(schema: StandardSchema, payload: object): Validation {
  const checked = safeValidate(schema, payload)
  if (!checked.issues || Object.keys(payload).length > 0) return checked
  const without = safeValidate(schema, undefined)
  return without.issues ? checked : without
}

/**
 * The problem of unknown keys in a payload: a typo must not be ignored silently. Only at the first level, and none where
 * the schema allows additional properties, or has no JSON Schema.
 */
export function unknownKeysProblem(known: ReadonlySet<string> | undefined, payload: object): string | undefined {
  if (!known) return undefined
  const unknown = Object.entries(payload).flatMap(([key, value]) =>
    value === undefined || known.has(key) ? [] : [key],
  )
  if (unknown.length === 0) return undefined
  const keys = known.size > 0 ? `the keys are ${[...known].join(', ')}` : 'it takes none'
  return `${unknown.slice(0, 5).join(', ')}: not a known key; ${keys}`
}

/** The keys that a payload of this schema may have; undefined where any key is allowed. */
export const knownKeys = (schema: JsonSchema | undefined): ReadonlySet<string> | undefined =>
  schema && keysOf(schema, schema, new Set())

/** The keys that an object of this schema may have; undefined where any key is allowed. */
function keysOf(schema: JsonSchema, root: JsonSchema, seen: Set<unknown>): Set<string> | undefined {
  const { $ref, properties, additionalProperties: others, patternProperties, type } = schema
  if (typeof $ref === 'string') {
    if (seen.has($ref)) return new Set()
    const found = resolvePointer($ref, root)
    return found && keysOf(found, root, seen.add($ref))
  }
  if ((others !== undefined && others !== false) || patternProperties !== undefined) return undefined
  const unions = ['anyOf', 'oneOf', 'allOf'].flatMap((key) =>
    Array.isArray(schema[key]) ? [schema[key] as JsonSchema[]] : [],
  )
  if (properties === undefined && unions.length === 0) return type === undefined ? undefined : new Set()
  const keys = new Set(Object.keys(Object(properties) as object))
  for (const member of unions.flat()) {
    const own = keysOf(member, root, seen)
    if (!own) return undefined
    for (const key of own) keys.add(key)
  }
  return keys
}

import { safeValidate, type Validation } from '../border/schema.ts'
import { resolvePointer } from '../border/json-pointer.ts'
import { InvalidValue } from '../errors.ts'
import type { JsonSchema, StandardSchema } from '../types.ts'

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

function askOf(schema: StandardSchema, payload: object): Validation {
  const checked = safeValidate(schema, payload)
  if (!checked.issues || Object.keys(payload).length > 0) return checked
  const without = safeValidate(schema, undefined)
  return without.issues ? checked : without
}

/**
 * Which keys of a payload its schema does not know, in words: a typing error must not be lost in silence. Only at the
 * first level, and nothing where the schema lets others through, or nobody can tell what it takes.
 */
export function unknownKeys(known: ReadonlySet<string> | undefined, payload: object): string | undefined {
  if (!known) return undefined
  const unknown = Object.entries(payload).flatMap(([key, value]) =>
    value === undefined || known.has(key) ? [] : [key],
  )
  if (unknown.length === 0) return undefined
  const keys = known.size > 0 ? `the keys are ${[...known].join(', ')}` : 'it takes none'
  return `${unknown.slice(0, 5).join(', ')}: not a known key; ${keys}`
}

/** The keys that an event of this schema may have; undefined where any may come. */
export const knownKeys = (schema: JsonSchema | undefined): ReadonlySet<string> | undefined =>
  schema && keysOf(schema, schema, new Set())

/** The keys that an object by this schema may have; undefined where any may come. */
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

import { isPlainObject } from '../../border/shape.ts'
import { isDef, refsIn, withRefs } from './references.ts'
import type { JsonSchema } from './json-schema.ts'

/** The schema as the one property, closed and required, of an object: what is asked for must be one. */
export function wrappedIn(key: string, schema: JsonSchema): JsonSchema {
  const { $defs, ...form } = schema
  const wrap = (inner: JsonSchema, defs: unknown): JsonSchema => ({
    type: 'object',
    properties: { [key]: inner },
    required: [key],
    additionalProperties: false,
    ...(defs !== undefined && { $defs: defs }),
  })
  if (refsIn(schema).every(isDef)) return wrap(form, $defs)
  // The root has moved, and what pointed to it, or into it, follows.
  const name = ['root', 'root_', 'root__'].find((free) => !(free in Object($defs))) ?? 'root'
  const moved = withRefs({ $defs: { ...Object($defs), [name]: form } }, (ref) =>
    isDef(ref) ? ref : `#/$defs/${name}${ref.slice(1)}`,
  )
  return wrap({ $ref: `#/$defs/${name}` }, moved.$defs)
}

/** What is in the wrapper; undefined where the value is in none. */
export const unwrapped = (key: string, value: unknown): { readonly inner: unknown } | undefined =>
  isPlainObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, key)
    ? { inner: value[key] }
    : undefined

import { isPlainObject } from '../../border/shape.ts'
import { isDefsRef, collectRefs, mapRefs } from './references.ts'
import type { JsonSchema } from './json-schema.ts'

/** An object schema with the schema as its only property, required and closed: providers require an object. */
export function wrapSchema(key: string, schema: JsonSchema): JsonSchema {
  const { $defs, ...form } = schema
  const wrap = (inner: JsonSchema, defs: unknown): JsonSchema => ({
    type: 'object',
    properties: { [key]: inner },
    required: [key],
    additionalProperties: false,
    ...(defs !== undefined && { $defs: defs }),
  })
  if (collectRefs(schema).every(isDefsRef)) return wrap(form, $defs)
  // The root has moved into $defs, so the references to it or into it are changed.
  const name = ['root', 'root_', 'root__'].find((free) => !(free in Object($defs))) ?? 'root'
  const moved = mapRefs({ $defs: { ...Object($defs), [name]: form } }, (ref) =>
    isDefsRef(ref) ? ref : `#/$defs/${name}${ref.slice(1)}`,
  )
  return wrap({ $ref: `#/$defs/${name}` }, moved.$defs)
}

/** The wrapped value; undefined if the value is not a wrapper. */
export const unwrap = (key: string, value: unknown): { readonly inner: unknown } | undefined =>
  isPlainObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, key)
    ? { inner: value[key] }
    : undefined

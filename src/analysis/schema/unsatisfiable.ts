import { isPlainObject } from '../../border/shape.ts'
import { jsonSchemaOf } from '../../models/schema/json-schema.ts'
import { findUnsatisfiable } from '../../models/schema/model-schema.ts'
import type { StandardSchema } from '../../types.ts'

/** A part of a schema that no JSON satisfies: where it is, and what it takes instead. */
export type UnsatisfiablePart = { readonly at: string; readonly what: string }

/** The schema itself, or parts of it. A list or record of such parts counts: JSON satisfies it only where it is empty. */
export function unsatisfiableParts(schema: StandardSchema): readonly UnsatisfiablePart[] {
  const whole = findUnsatisfiable(schema)
  return whole ? [whole] : markedParts(jsonSchemaOf(schema, { unrepresentable: 'marked' }), '')
}

function markedParts(schema: unknown, at: string): UnsatisfiablePart[] {
  if (!isPlainObject(schema)) return []
  const { not, $comment, items, additionalProperties, properties, $defs, anyOf } = schema
  if (not && $comment) return [{ at, what: String($comment) }]
  const byName = [properties, $defs].flatMap((parts) => Object.entries(Object(parts) as object))
  // A marked property may be absent, a marked alternative need not be the one that is used.
  const isMarked = (each: unknown): boolean => isPlainObject(each) && Boolean(each.not && each.$comment)
  return [
    ...byName.flatMap(([key, each]) => (isMarked(each) ? [] : markedParts(each, at ? `${at}.${key}` : key))),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((each) => (isMarked(each) ? [] : markedParts(each, at))) : []),
    ...[items, additionalProperties].flatMap((each) => markedParts(each, `${at}[]`)),
  ]
}

import type { JsonSchema } from '../schema/json-schema.ts'
import { target } from '../../border/pointer.ts'

/** What a JSON value is, as JSON Schema calls it; a whole number is a number. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export function jsonTypeOf(value: unknown): JsonType {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonType)
}

/** What a schema takes, in the order in which it says so; nothing where that cannot be told. */
export function schemaTypes(
  schema: JsonSchema,
  root = schema,
  seen = new Set<unknown>(),
): readonly JsonType[] | undefined {
  const { type, enum: values, const: value, anyOf, oneOf, allOf, $ref } = schema
  if (typeof type === 'string' || Array.isArray(type)) {
    return [type].flat().map((kind) => (kind === 'integer' ? 'number' : (kind as JsonType)))
  }
  if (Array.isArray(values)) return values.map(jsonTypeOf)
  if (value !== undefined) return [jsonTypeOf(value)]
  const inside = (part: unknown) => schemaTypes(Object(part) as JsonSchema, root, seen)
  if ($ref !== undefined) {
    // Within itself it adds nothing to what it is.
    if (seen.has($ref)) return []
    return schemaTypes(target($ref, root) ?? {}, root, new Set(seen).add($ref))
  }
  const ways = anyOf ?? oneOf
  if (Array.isArray(ways)) {
    const kinds = (ways as unknown[]).map(inside)
    return kinds.includes(undefined) ? undefined : kinds.flatMap((each) => each ?? [])
  }
  if (!Array.isArray(allOf)) return undefined
  const [first, ...others] = (allOf as unknown[]).map(inside).filter((kinds) => kinds !== undefined)
  return first?.filter((kind) => others.every((kinds) => kinds.includes(kind)))
}

import type { JsonSchema } from '../schema/json-schema.ts'
import { resolvePointer } from '../../border/json-pointer.ts'

/** The type of a JSON value, in JSON Schema's terms, without `integer`. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export function jsonTypeOf(value: unknown): JsonType {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonType)
}

/** The types that a JSON Schema accepts, in its order; undefined if they are not known. */
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
    // A recursive reference adds no type.
    if (seen.has($ref)) return []
    return schemaTypes(resolvePointer($ref, root) ?? {}, root, new Set(seen).add($ref))
  }
  const unions = anyOf ?? oneOf
  if (Array.isArray(unions)) {
    const kinds = (unions as unknown[]).map(inside)
    return kinds.includes(undefined) ? undefined : kinds.flatMap((each) => each ?? [])
  }
  if (!Array.isArray(allOf)) return undefined
  const [first, ...others] = (allOf as unknown[]).map(inside).filter((kinds) => kinds !== undefined)
  return first?.filter((kind) => others.every((kinds) => kinds.includes(kind)))
}

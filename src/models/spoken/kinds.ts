import type { JsonSchema } from '../schema/json-schema.ts'
import { resolvePointer } from '../../border/json-pointer.ts'

/** What a JSON value is, as JSON Schema calls it; a whole number is a number. */
export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as Kind)
}

/** What a schema takes, in the order in which it says so; nothing where that cannot be told. */
export function kindsIn(schema: JsonSchema, root = schema, seen = new Set<unknown>()): readonly Kind[] | undefined {
  const { type, enum: values, const: value, anyOf, oneOf, allOf, $ref } = schema
  if (typeof type === 'string' || Array.isArray(type)) {
    return [type].flat().map((kind) => (kind === 'integer' ? 'number' : (kind as Kind)))
  }
  if (Array.isArray(values)) return values.map(kindOf)
  if (value !== undefined) return [kindOf(value)]
  const inside = (part: unknown) => kindsIn(Object(part) as JsonSchema, root, seen)
  if ($ref !== undefined) {
    // Within itself it adds nothing to what it is.
    if (seen.has($ref)) return []
    return kindsIn(resolvePointer($ref, root) ?? {}, root, new Set(seen).add($ref))
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

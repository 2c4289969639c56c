import type { JsonSchema } from '../schema/json-schema.ts'

/** What a JSON value is, as JSON Schema calls it; a whole number is a number. */
export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as Kind)
}

/** What a schema takes, in the order in which it says so; nothing where that cannot be told. */
export function kindsIn({ type, enum: values, const: value, anyOf, oneOf }: JsonSchema): readonly Kind[] | undefined {
  if (typeof type === 'string' || Array.isArray(type)) {
    return [type].flat().map((kind) => (kind === 'integer' ? 'number' : (kind as Kind)))
  }
  if (Array.isArray(values)) return values.map(kindOf)
  if (value !== undefined) return [kindOf(value)]
  const ways = anyOf ?? oneOf
  if (!Array.isArray(ways)) return undefined
  const kinds = (ways as JsonSchema[]).map(kindsIn)
  return kinds.includes(undefined) ? undefined : kinds.flatMap((each) => each ?? [])
}

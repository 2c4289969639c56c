import { toJSONSchema } from 'zod/v4/core'
import type { StandardSchema } from '../../types.ts'

export type JsonSchema = { readonly [keyword: string]: unknown }
type Converter = { input(options: { target: string; libraryOptions: object }): JsonSchema }

// A part that JSON Schema has no word for (a date, say) becomes "anything": the schema itself still checks it.
const lenient = { unrepresentable: 'any' } as const

/** The JSON Schema of what a schema takes; undefined where its library cannot tell. */
export function jsonSchemaOf(schema: StandardSchema): JsonSchema | undefined {
  const { vendor, jsonSchema } = schema['~standard'] as StandardSchema['~standard'] & { jsonSchema?: Converter }
  try {
    if (jsonSchema) return jsonSchema.input({ target: 'draft-2020-12', libraryOptions: lenient })
    // zod before 4.2 has no Standard JSON Schema.
    if (vendor === 'zod') return toJSONSchema(schema as never, { io: 'input', ...lenient }) as JsonSchema
  } catch {
    // Then it is treated like a schema of a library that has none.
  }
  return undefined
}

/** Every text that an enum, a literal or a union of them allows. */
export function textsOf({ enum: values, const: value, anyOf }: JsonSchema): string[] {
  const own = Array.isArray(values) ? values : [value]
  const nested = Array.isArray(anyOf) ? anyOf.flatMap((part: JsonSchema) => textsOf(part)) : []
  return [...own.filter((text) => typeof text === 'string'), ...nested]
}

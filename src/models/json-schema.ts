import type { StandardSchema } from '../types.ts'

export type JsonSchema = { readonly [keyword: string]: unknown }
/** Finds the JSON Schema of what a schema takes; undefined where nobody can tell. */
export type ToJsonSchema = (schema: StandardSchema) => JsonSchema | undefined
type Converter = { input(options: { target: string; libraryOptions: object }): JsonSchema }

/** A part that JSON Schema has no word for (a date, say) becomes "anything": the schema itself still checks it. */
export const lenient = { unrepresentable: 'any' } as const

/** By the Standard JSON Schema of its library (zod from 4.2 on, and others). */
export const standardJsonSchema: ToJsonSchema = (schema) => {
  const { jsonSchema } = schema['~standard'] as StandardSchema['~standard'] & { jsonSchema?: Converter }
  try {
    return jsonSchema && bare(jsonSchema.input({ target: 'draft-2020-12', libraryOptions: lenient }))
  } catch {
    // Then it is treated like a schema of a library that has none.
    return undefined
  }
}

/** Without its dialect, which is no part of the answer, and which some servers refuse. */
export const bare = ({ $schema: _, ...schema }: JsonSchema): JsonSchema => schema

/** Every text that an enum, a literal or a union of them allows. */
export function textsOf({ enum: values, const: value, anyOf }: JsonSchema): string[] {
  const own = Array.isArray(values) ? values : [value]
  const nested = Array.isArray(anyOf) ? anyOf.flatMap((part: JsonSchema) => textsOf(part)) : []
  return [...own.filter((text) => typeof text === 'string'), ...nested]
}

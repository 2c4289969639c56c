import { attempt } from '../../border/shape.ts'
import { settled } from '../../models/schema/document.ts'
import type { JsonSchema, StandardSchema } from '../../types.ts'

type WithConverter = { readonly jsonSchema?: { output(options: object): JsonSchema } }

/** The JSON Schema of what a schema outputs; undefined where its library has no converter. */
export function outputSchemaOf(schema: StandardSchema): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as WithConverter
  // What JSON Schema cannot express, such as a date, accepts anything.
  const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } }
  return attempt(() => jsonSchema && settled(jsonSchema.output(options)))
}

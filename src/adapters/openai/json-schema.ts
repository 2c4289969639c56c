import { toJSONSchema } from 'zod/v4/core'
import { bare, type JsonSchema, lenient, standardJsonSchema, type ToJsonSchema } from '../../models/json-schema.ts'

/** Also for zod before 4.2, which has no Standard JSON Schema. */
export const jsonSchemaOf: ToJsonSchema = (schema) => {
  const standard = standardJsonSchema(schema)
  if (standard || schema['~standard'].vendor !== 'zod') return standard
  try {
    return bare(toJSONSchema(schema as never, { io: 'input', ...lenient }) as JsonSchema)
  } catch {
    // Then it is treated like a schema of a library that has none.
    return undefined
  }
}

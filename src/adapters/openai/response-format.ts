import type { JsonSchema } from '../../models/schema/json-schema.ts'
import { schemaName, toStrictSchema } from '../../models/schema/strict-mode.ts'

/** Structured output by a JSON Schema whose root is an object; strict if OpenAI's strict mode supports all of it. */
export function responseFormat(name: string, schema: JsonSchema): object {
  const closed = toStrictSchema(schema)
  return {
    type: 'json_schema',
    json_schema: { name: schemaName(name), schema: closed ?? schema, strict: closed !== undefined },
  }
}

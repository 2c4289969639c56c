import type { JsonSchema } from '../../models/json-schema.ts'

/** Structured output by a JSON Schema whose root is an object; strict if OpenAI's strict mode knows all of it. */
export function responseFormat(name: string, { $schema: _, ...schema }: JsonSchema): object {
  const closed = strict(schema)
  return {
    type: 'json_schema',
    json_schema: {
      name: name.replaceAll(/[^\w-]/g, '_').slice(0, 64),
      schema: closed ?? schema,
      strict: closed !== undefined,
    },
  }
}

const known = new Set(
  'type title description properties required additionalProperties items enum const anyOf $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'.split(
    ' ',
  ),
)
const formats = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '))

/** The schema as strict mode wants it, every object closed; undefined where something in it has no place there. */
function strict({ oneOf, ...schema }: JsonSchema): JsonSchema | undefined {
  const { properties, required = [], additionalProperties, items, anyOf = oneOf, $defs, pattern, format } = schema
  if (Object.keys(schema).some((keyword) => !known.has(keyword))) return undefined
  if (!['type', 'enum', 'const', 'anyOf', '$ref'].some((keyword) => keyword in schema) && !oneOf) return undefined
  // Look-around is not understood.
  if (typeof pattern === 'string' && /\(\?[=!<]/.test(pattern)) return undefined
  if (format !== undefined && !formats.has(String(format))) return undefined
  const isObject = schema.type === 'object'
  if (isObject && (additionalProperties || !allRequired(properties, required))) return undefined
  const parts = {
    ...(isObject && { properties: all(properties ?? {}), required, additionalProperties: false }),
    ...(items !== undefined && { items: strict(items as JsonSchema) }),
    ...(anyOf !== undefined && { anyOf: list(anyOf as JsonSchema[]) }),
    ...($defs !== undefined && { $defs: all($defs) }),
  }
  return Object.values(parts).includes(undefined) ? undefined : { ...schema, ...parts }
}

const allRequired = (properties: unknown, required: unknown): boolean =>
  Object.keys(properties ?? {}).every((key) => (required as string[]).includes(key))

function list(schemas: readonly JsonSchema[]): JsonSchema[] | undefined {
  const closed = schemas.map(strict).filter((schema) => schema !== undefined)
  return closed.length === schemas.length ? closed : undefined
}

function all(schemas: unknown): object | undefined {
  const closed = list(Object.values(schemas as Record<string, JsonSchema>))
  return closed && Object.fromEntries(Object.keys(schemas as object).map((key, index) => [key, closed[index]]))
}

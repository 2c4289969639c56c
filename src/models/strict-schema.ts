import type { JsonSchema } from './json-schema.ts'

const known = new Set(
  'type title description properties required additionalProperties items enum const anyOf $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'.split(
    ' ',
  ),
)
const formats = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '))

/** The schema as OpenAI's strict mode wants it, every object closed; undefined where something in it has no place there. */
export function strict({ oneOf, ...schema }: JsonSchema): JsonSchema | undefined {
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

/** What a schema may be called: letters, digits, `_` and `-`, at most 64. */
export const nameOfSchema = (name: string): string => name.replaceAll(/[^\w-]/g, '_').slice(0, 64)

import { safeValidate } from '../../border/schema.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import { normalizeJsonSchema } from '../../models/schema/normalize.ts'
import { type JsonSchema, jsonSchemaOf as takenBy } from '../../models/schema/json-schema.ts'
import { resolvePointer } from '../../border/json-pointer.ts'
import type { StandardSchema } from '../../types.ts'
import { isWhatever, whatever } from './unknown-value.ts'

export type { JsonSchema }
type Described = { jsonSchema?: { output(options: object): JsonSchema } }

/** The JSON Schema of what a schema takes, or gives; undefined where its library cannot tell. */
export function jsonSchemaOf(schema: StandardSchema, side: 'input' | 'output' = 'input'): JsonSchema | undefined {
  if (side === 'input') return takenBy(schema)
  const { jsonSchema } = schema['~standard'] as Described
  // What JSON Schema has no word for, such as a date, becomes "anything".
  const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } }
  return attempt(() => jsonSchema && normalizeJsonSchema(jsonSchema.output(options)))
}

export type Checked = { readonly value: unknown } | { readonly refused: string; readonly at: readonly PropertyKey[] }

/** What a schema says of a value; one that answers later refuses. */
export function checked(schema: StandardSchema, value: unknown): Checked {
  try {
    const result = safeValidate(schema, value)
    if (!result.issues) return { value: result.value }
    const [issue] = result.issues
    return { refused: issue?.message ?? '', at: issue?.path ?? [] }
  } catch (thrown) {
    return { refused: String((thrown as Partial<Error> | undefined)?.message ?? thrown), at: [] }
  }
}

/** Values of many kinds: one of them may be what a schema asks for, another what it refuses. */
export const probes: readonly (() => unknown)[] = [
  () => 'text',
  () => 1,
  () => true,
  () => null,
  () => ({}),
  () => [],
  () => undefined,
  () => new Date(0),
  () => 1n,
  () => new Map(),
  () => new Set(),
  () => 'someone@example.org',
  () => '2026-01-01T00:00:00Z',
  () => 'https://example.org/',
  () => '00000000-0000-0000-0000-000000000000',
  () => 100,
  () => '1',
  () => 'A',
  () => [{ role: 'user', content: 'text' }],
  () => ['text'],
  () => 'a much longer text, with several words in it.',
]

/** A value that the schema takes, as it is given in; undefined if none was found. Starts from a guess, and mends it. */
export function instanceOf(
  schema: StandardSchema,
  guess: unknown = guessOf(schema),
  tries: readonly (() => unknown)[] = probes,
): { value: unknown } | undefined {
  let value = guess
  const tried = new Map<string, number>()
  for (let round = 0; round < 200; round++) {
    const result = checked(schema, value)
    if ('value' in result) return { value }
    const place = result.at.map(String).join('\0')
    const next = tried.get(place) ?? 0
    if (next >= tries.length) return undefined
    tried.set(place, next + 1)
    value = placed(value, result.at, (tries[next] as () => unknown)())
  }
  return undefined
}

/** A value that the schema refuses. */
export function refusedBy(schema: StandardSchema): { value: unknown } | undefined {
  for (const probe of [() => null, () => 42, () => '', ...probes]) {
    const value = probe()
    if ('refused' in checked(schema, value)) return { value }
  }
  return undefined
}

const guessOf = (schema: StandardSchema): unknown => exampleOf(jsonSchemaOf(schema) ?? {})

/** A value of a JSON Schema: the smallest that says something. */
export function exampleOf(schema: JsonSchema, root: JsonSchema = schema, depth = 0): unknown {
  const { type, properties, items, prefixItems, minItems = 0, allOf, anyOf, oneOf, $ref } = schema as Keywords
  if ('const' in schema) return schema.const
  if ('default' in schema) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (typeof $ref === 'string')
    return depth > 8 ? undefined : exampleOf(resolvePointer($ref, root) ?? {}, root, depth + 1)
  if (allOf) return Object.assign({}, ...allOf.map((part) => exampleOf(part, root, depth + 1)))
  const [way] = anyOf ?? oneOf ?? []
  if (way) return exampleOf(way, root, depth + 1)
  if (type === 'object' || properties) {
    const required = (schema.required ?? []) as string[]
    const wanted = Object.entries(properties ?? {}).filter(([key]) => required.includes(key) || depth < 2)
    return Object.fromEntries(wanted.map(([key, part]) => [key, exampleOf(part, root, depth + 1)]))
  }
  if (type === 'array') {
    if (prefixItems) return prefixItems.map((part) => exampleOf(part, root, depth + 1))
    const length = Math.max(minItems, depth < 4 ? 1 : 0)
    return Array.from({ length }, () => exampleOf(isPlainObject(items) ? items : {}, root, depth + 1))
  }
  if (type === 'string') return textOf(schema)
  if (type === 'number' || type === 'integer') return numberOf(schema)
  if (type === 'boolean') return true
  if (type === 'null') return null
  return whatever()
}

type Keywords = {
  type?: string
  properties?: Record<string, JsonSchema>
  items?: unknown
  prefixItems?: JsonSchema[]
  minItems?: number
  allOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  $ref?: unknown
}

const formats: Readonly<Record<string, string>> = {
  email: 'someone@example.org',
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '12:00:00',
  uri: 'https://example.org/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '127.0.0.1',
}

function textOf({ format, minLength = 0, maxLength = Infinity }: JsonSchema): string {
  const text = formats[String(format)] ?? 'text'
  return text.padEnd(Number(minLength), 'x').slice(0, Number(maxLength))
}

function numberOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema): number {
  const low = Math.max(Number(minimum ?? -Infinity), Number(exclusiveMinimum ?? -Infinity) + 1)
  const high = Math.min(Number(maximum ?? Infinity), Number(exclusiveMaximum ?? Infinity) - 1)
  const number = Math.min(Math.max(1, low), Math.max(low, high))
  return multipleOf === undefined ? number : Math.ceil(number / Number(multipleOf)) * Number(multipleOf)
}

/** The value with another one at that place. */
export function placed(value: unknown, at: readonly PropertyKey[], part: unknown): unknown {
  const [key, ...rest] = at
  if (key === undefined) return part
  const here = typeof value === 'object' && value !== null && !isWhatever(value) ? value : {}
  const copy: Record<PropertyKey, unknown> = Array.isArray(here) ? ([...here] as never) : { ...here }
  copy[key] = placed(copy[key], rest, part)
  return copy
}

import { resolvePointer } from '../../border/json-pointer.ts'
import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from '../../types.ts'
import { unknownValue } from './unknown-value.ts'

/** A small value of a JSON Schema; where the schema allows anything, an unknown value. */
export function exampleOf(schema: JsonSchema, root: JsonSchema = schema, depth = 0): unknown {
  const { type, properties, items, prefixItems, minItems = 0, allOf, anyOf, oneOf, $ref } = schema as Keywords
  if ('const' in schema) return schema.const
  if ('default' in schema) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (typeof $ref === 'string')
    return depth > 8 ? undefined : exampleOf(resolvePointer($ref, root) ?? {}, root, depth + 1)
  if (allOf) return Object.assign({}, ...allOf.map((part) => exampleOf(part, root, depth + 1)))
  const [alternative] = anyOf ?? oneOf ?? []
  if (alternative) return exampleOf(alternative, root, depth + 1)
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
  return unknownValue()
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

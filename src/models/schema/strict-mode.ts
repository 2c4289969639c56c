import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'

/** The keywords of strict mode. Other constraints are left out of the request; the schema itself still checks them. */
const STRICT_KEYWORDS = new Set(
  'type title description properties required additionalProperties items enum const anyOf $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'.split(
    ' ',
  ),
)
/** Keywords that define the structure of an object or an array. Without them, another value would be requested. */
const STRUCTURAL_KEYWORDS = new Set(
  'oneOf allOf not if then else prefixItems patternProperties propertyNames unevaluatedProperties unevaluatedItems additionalItems dependentSchemas dependentRequired minProperties maxProperties contains definitions $id $anchor $dynamicRef $dynamicAnchor'.split(
    ' ',
  ),
)
const STRICT_FORMATS = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '))
/** Look-around and back references are not supported. */
const UNSUPPORTED_PATTERN = /\(\?<?[=!]|\\[1-9k]/
/** OpenAI's limits. `letters`: the total length of all names and values; in `LONG_ENUM`, of the values of one enum. */
const LIMITS = { properties: 5000, values: 1000, letters: 120_000, depth: 10 }
const LONG_ENUM = { values: 250, letters: 15_000 }

/** The path in a schema that strict mode does not support, the reason, and what to write instead. */
export type StrictViolation = { readonly at: string; readonly why: string; readonly remedy: string }
export type StrictResult =
  | { readonly schema: JsonSchema; readonly violation?: undefined }
  | { readonly schema?: undefined; readonly violation: StrictViolation }

/** The schema for OpenAI's strict mode, with every object closed; undefined if it contains something unsupported. */
export const toStrictSchema = (schema: JsonSchema): JsonSchema | undefined => tryStrictSchema(schema).schema

/** The same, or the first violation. */
export function tryStrictSchema(schema: JsonSchema): StrictResult {
  const count: SchemaSize = { properties: 0, values: 0, letters: 0 }
  try {
    const closed = toStrict(schema, { at: '', depth: 1, count })
    const over = (['properties', 'values', 'letters'] as const).find((what) => count[what] > LIMITS[what])
    if (over) reject('', `has more than ${LIMITS[over]} ${SIZE_LABELS[over]}`, 'Ask for less at once.')
    return { schema: closed }
  } catch (thrown) {
    if (thrown instanceof NotStrict) return { violation: thrown.loose }
    throw thrown
  }
}

class NotStrict {
  readonly loose: StrictViolation
  constructor(loose: StrictViolation) {
    this.loose = loose
  }
}

function reject(at: string, why: string, remedy: string): never {
  throw new NotStrict({ at, why, remedy })
}

type SchemaSize = { properties: number; values: number; letters: number }
const SIZE_LABELS: Readonly<Record<keyof SchemaSize, string>> = {
  properties: 'properties',
  values: 'values',
  letters: 'letters in its names and values',
}
type SchemaPosition = { at: string; depth: number; count: SchemaSize }

/** Counts the values of an enum or a literal. */
function countValues(part: JsonSchema, { at, count }: SchemaPosition): void {
  const values: readonly unknown[] = Array.isArray(part.enum) ? part.enum : 'const' in part ? [part.const] : []
  const letters = totalLength(values)
  if (values.length > LONG_ENUM.values && letters > LONG_ENUM.letters) {
    const why = `lists more than ${LONG_ENUM.values} values of more than ${LONG_ENUM.letters} letters in all`
    reject(at, why, 'Make them shorter or fewer, or use a string and check it.')
  }
  if (Array.isArray(part.enum)) count.values += values.length
  count.letters += letters
}

const totalLength = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)

function toStrict(part: unknown, place: SchemaPosition): JsonSchema {
  const { at, depth, count } = place
  if (!isPlainObject(part)) return reject(at, 'may be anything', 'Specify its type.')
  if (part.$ref !== undefined) return toStrictRef(part, place)
  const { type, pattern, format, description, ...rest } = part
  const types = [type ?? valueTypes(part)].flat()
  const [isObject, isArray] = [types.includes('object'), types.includes('array')]
  const isScalar = types.length > 0 && !isObject && !isArray
  // For a model that writes a value, oneOf and anyOf are the same.
  const { oneOf, anyOf = oneOf, ...others } = rest as JsonSchema
  const odd = Object.keys(anyOf === oneOf ? others : rest).find((keyword) => STRUCTURAL_KEYWORDS.has(keyword))
  if (odd && !isScalar) reject(at, ADVICE[odd]?.[0] ?? `has ${odd}`, ADVICE[odd]?.[1] ?? 'Simplify it.')
  if (types.length === 0 && !anyOf) reject(at, 'may be anything', 'Specify its type.')
  if (anyOf && isObject) reject(at, 'is an object with alternatives', 'Make it a union of whole objects.')
  if (depth > LIMITS.depth) reject(at, `is nested deeper than ${LIMITS.depth} objects`, 'Make it flatter.')
  countValues(part, place)
  const kept = Object.entries(others).filter(([keyword]) => STRICT_KEYWORDS.has(keyword))
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...(description !== undefined && { description }),
    ...Object.fromEntries(kept),
    ...(typeof pattern === 'string' && !UNSUPPORTED_PATTERN.test(pattern) && { pattern }),
    ...(STRICT_FORMATS.has(String(format)) && { format }),
    ...(isObject && toStrictObject(part, place)),
    ...(isArray && { items: toStrict(part.items, { ...place, at: `${at}[]` }) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((each) => toStrict(each, place)) }),
    ...toStrictDefs(part, count),
  }
}

function toStrictObject({ properties, required = [], additionalProperties: open }: JsonSchema, place: SchemaPosition) {
  const { at, depth, count } = place
  // Closed, it would only allow an empty object.
  if (properties === undefined && open !== false) reject(at, 'may have any keys', 'Name them: z.object({ … }).')
  const keys = Object.keys(Object(properties) as object)
  const needed = required as readonly string[]
  if (open !== undefined && open !== false) {
    const why = keys.length === 0 ? 'is a record, whose keys are not known' : 'allows additional keys'
    reject(at, why, keys.length === 0 ? 'Use an array of { key, value }.' : 'Close it: z.object or z.strictObject.')
  }
  const optional = keys.find((key) => !needed.includes(key))
  if (optional !== undefined) {
    reject(joinPath(at, optional), 'is optional', 'Make it nullable instead of optional, without a default.')
  }
  const unknown = needed.find((key) => !keys.includes(key))
  if (unknown !== undefined) reject(joinPath(at, unknown), 'may be anything', 'Specify its type.')
  count.properties += keys.length
  count.letters += totalLength(keys)
  const inside = (key: string): SchemaPosition => ({ at: joinPath(at, key), depth: depth + 1, count })
  return { properties: toStrictRecord(properties ?? {}, inside), required: keys, additionalProperties: false }
}

/** Strict mode allows no keyword beside `$ref`; a description goes around it. */
function toStrictRef({ $ref, description, $defs }: JsonSchema, { at, count }: SchemaPosition): JsonSchema {
  if (!/^#(\/\$defs\/[^/]+)?$/.test(String($ref)))
    reject(at, `refers to ${String($ref)}`, 'Give the schema that it refers to an id.')
  return {
    ...(description === undefined ? { $ref } : { description, anyOf: [{ $ref }] }),
    ...toStrictDefs({ $defs }, count),
  }
}

function toStrictDefs({ $defs }: JsonSchema, count: SchemaSize): JsonSchema {
  if ($defs === undefined) return {}
  count.letters += totalLength(Object.keys($defs as object))
  return { $defs: toStrictRecord($defs, (name) => ({ at: name, depth: 1, count })) }
}

const toStrictRecord = (parts: unknown, place: (name: string) => SchemaPosition): JsonSchema =>
  Object.fromEntries(Object.entries(parts as JsonSchema).map(([name, part]) => [name, toStrict(part, place(name))]))

const joinPath = (at: string, key: string): string => (at ? `${at}.${key}` : key)

/** The types of an enum or a literal without `type`. */
function valueTypes(part: JsonSchema): string[] {
  const values: readonly unknown[] = Array.isArray(part.enum) ? part.enum : 'const' in part ? [part.const] : []
  const types = values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value))
  return [...new Set(types)]
}

const ADVICE: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  prefixItems: ['is a tuple', 'Make it an object with a field for each item, or an array.'],
  propertyNames: ['is a record, whose keys are not known', 'Use an array of { key, value }.'],
  patternProperties: ['is a record, whose keys are not known', 'Use an array of { key, value }.'],
  allOf: ['is an intersection', 'Make it one object: a.extend(b.shape).'],
}

/** A valid name for a schema: letters, digits, `_` and `-`, at most 64. */
export const schemaName = (name: string): string => name.replaceAll(/[^\w-]/g, '_').slice(0, 64)

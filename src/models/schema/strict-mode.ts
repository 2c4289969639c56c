import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'

/** What strict mode knows; what else only narrows is left out, and the schema itself still checks it. */
const STRICT_KEYWORDS = new Set(
  'type title description properties required additionalProperties items enum const anyOf $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'.split(
    ' ',
  ),
)
/** What says how an object or a list is made up: without it, strict mode would ask for something else. */
const STRUCTURAL_KEYWORDS = new Set(
  'oneOf allOf not if then else prefixItems patternProperties propertyNames unevaluatedProperties unevaluatedItems additionalItems dependentSchemas dependentRequired minProperties maxProperties contains definitions $id $anchor $dynamicRef $dynamicAnchor'.split(
    ' ',
  ),
)
const STRICT_FORMATS = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '))
/** Look-around and references back into the text are not understood. */
const UNSUPPORTED_PATTERN = /\(\?<?[=!]|\\[1-9k]/
/** OpenAI's own limits; letters are those of all names and values together, and those of the values of a long enum. */
const LIMITS = { properties: 5000, values: 1000, letters: 120_000, depth: 10 }
const LONG_ENUM = { values: 250, letters: 15_000 }

/** The place in a schema that strict mode does not take, why, and what to write instead. */
export type StrictViolation = { readonly at: string; readonly why: string; readonly remedy: string }
export type StrictResult =
  | { readonly schema: JsonSchema; readonly violation?: undefined }
  | { readonly schema?: undefined; readonly violation: StrictViolation }

/** The schema as OpenAI's strict mode wants it, every object closed; undefined where something in it has no place there. */
export const toStrictSchema = (schema: JsonSchema): JsonSchema | undefined => tryStrictSchema(schema).schema

/** The same, and where it cannot be, the first thing that is in the way. */
export function tryStrictSchema(schema: JsonSchema): StrictResult {
  const count: SchemaSize = { properties: 0, values: 0, letters: 0 }
  try {
    const closed = toStrict(schema, { at: '', depth: 1, count })
    const over = (['properties', 'values', 'letters'] as const).find((what) => count[what] > LIMITS[what])
    if (over) fail('', `has more than ${LIMITS[over]} ${SIZE_LABELS[over]}`, 'Ask for less at once.')
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

function fail(at: string, why: string, remedy: string): never {
  throw new NotStrict({ at, why, remedy })
}

type SchemaSize = { properties: number; values: number; letters: number }
const SIZE_LABELS: Readonly<Record<keyof SchemaSize, string>> = {
  properties: 'properties',
  values: 'values',
  letters: 'letters in its names and values',
}
type SchemaPosition = { at: string; depth: number; count: SchemaSize }

/** Counts the values that a part lists. */
function countValues(part: JsonSchema, { at, count }: SchemaPosition): void {
  const values: readonly unknown[] = Array.isArray(part.enum) ? part.enum : 'const' in part ? [part.const] : []
  const letters = totalLength(values)
  if (values.length > LONG_ENUM.values && letters > LONG_ENUM.letters) {
    const why = `lists more than ${LONG_ENUM.values} values of more than ${LONG_ENUM.letters} letters in all`
    fail(at, why, 'Make them shorter or fewer, or use a string and check it.')
  }
  if (Array.isArray(part.enum)) count.values += values.length
  count.letters += letters
}

const totalLength = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)

function toStrict(part: unknown, place: SchemaPosition): JsonSchema {
  const { at, depth, count } = place
  if (!isPlainObject(part)) return fail(at, 'may be anything', 'Specify its type.')
  if (part.$ref !== undefined) return toStrictRef(part, place)
  const { type, pattern, format, description, ...rest } = part
  const types = [type ?? valueTypes(part)].flat()
  const [isObject, isArray] = [types.includes('object'), types.includes('array')]
  const isScalar = types.length > 0 && !isObject && !isArray
  // Of a union exactly one or any is the same to who writes it.
  const { oneOf, anyOf = oneOf, ...others } = rest as JsonSchema
  const odd = Object.keys(anyOf === oneOf ? others : rest).find((keyword) => STRUCTURAL_KEYWORDS.has(keyword))
  if (odd && !isScalar) fail(at, ADVICE[odd]?.[0] ?? `has ${odd}`, ADVICE[odd]?.[1] ?? 'Simplify it.')
  if (types.length === 0 && !anyOf) fail(at, 'may be anything', 'Specify its type.')
  if (anyOf && isObject) fail(at, 'is an object with alternatives', 'Make it a union of whole objects.')
  if (depth > LIMITS.depth) fail(at, `is nested deeper than ${LIMITS.depth} objects`, 'Make it flatter.')
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
  // Closed, it could only be an empty one.
  if (properties === undefined && open !== false) fail(at, 'may have any keys', 'Name them: z.object({ … }).')
  const keys = Object.keys(Object(properties) as object)
  const needed = required as readonly string[]
  if (open !== undefined && open !== false) {
    const why = keys.length === 0 ? 'is a record, whose keys are not known' : 'allows additional keys'
    fail(at, why, keys.length === 0 ? 'Use an array of { key, value }.' : 'Close it: z.object or z.strictObject.')
  }
  const optional = keys.find((key) => !needed.includes(key))
  if (optional !== undefined) {
    fail(joinPath(at, optional), 'is optional', 'Make it nullable instead of optional, without a default.')
  }
  const unknown = needed.find((key) => !keys.includes(key))
  if (unknown !== undefined) fail(joinPath(at, unknown), 'may be anything', 'Specify its type.')
  count.properties += keys.length
  count.letters += totalLength(keys)
  const inside = (key: string): SchemaPosition => ({ at: joinPath(at, key), depth: depth + 1, count })
  return { properties: toStrictRecord(properties ?? {}, inside), required: keys, additionalProperties: false }
}

/** Beside a reference nothing may stand; what is said of it goes around it. */
function toStrictRef({ $ref, description, $defs }: JsonSchema, { at, count }: SchemaPosition): JsonSchema {
  if (!/^#(\/\$defs\/[^/]+)?$/.test(String($ref)))
    fail(at, `refers to ${String($ref)}`, 'Give the schema that it refers to an id.')
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

/** The types of an enum or a literal that does not say them. */
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

/** What a schema may be called: letters, digits, `_` and `-`, at most 64. */
export const schemaName = (name: string): string => name.replaceAll(/[^\w-]/g, '_').slice(0, 64)

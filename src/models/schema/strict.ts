import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'

/** What strict mode knows; what else only narrows is left out, and the schema itself still checks it. */
const KNOWN = new Set(
  'type title description properties required additionalProperties items enum const anyOf $ref $defs pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'.split(
    ' ',
  ),
)
/** What says how an object or a list is made up: without it, strict mode would ask for something else. */
const MAKES_UP = new Set(
  'oneOf allOf not if then else prefixItems patternProperties propertyNames unevaluatedProperties unevaluatedItems additionalItems dependentSchemas dependentRequired minProperties maxProperties contains definitions $id $anchor $dynamicRef $dynamicAnchor'.split(
    ' ',
  ),
)
const FORMATS = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '))
/** Look-around and references back into the text are not understood. */
const HARD_PATTERN = /\(\?<?[=!]|\\[1-9k]/
/** OpenAI's own limits; letters are those of all names and values together, and those of the values of a long enum. */
const MOST = { properties: 5000, values: 1000, letters: 120_000, depth: 10 }
const LONG_ENUM = { values: 250, letters: 15_000 }

/** The place in a schema that strict mode does not take, why, and what to write instead. */
export type Loose = { readonly at: string; readonly why: string; readonly remedy: string }
export type Strictness =
  | { readonly schema: JsonSchema; readonly loose?: undefined }
  | { readonly schema?: undefined; readonly loose: Loose }

/** The schema as OpenAI's strict mode wants it, every object closed; undefined where something in it has no place there. */
export const strict = (schema: JsonSchema): JsonSchema | undefined => strictness(schema).schema

/** The same, and where it cannot be, the first thing that is in the way. */
export function strictness(schema: JsonSchema): Strictness {
  const count: Count = { properties: 0, values: 0, letters: 0 }
  try {
    const closed = close(schema, { at: '', depth: 1, count })
    const over = (['properties', 'values', 'letters'] as const).find((what) => count[what] > MOST[what])
    if (over) refuse('', `has more than ${MOST[over]} ${WORDS_OF[over]}`, 'Ask for less at once.')
    return { schema: closed }
  } catch (thrown) {
    if (thrown instanceof NotStrict) return { loose: thrown.loose }
    throw thrown
  }
}

class NotStrict {
  readonly loose: Loose
  constructor(loose: Loose) {
    this.loose = loose
  }
}

function refuse(at: string, why: string, remedy: string): never {
  throw new NotStrict({ at, why, remedy })
}

type Count = { properties: number; values: number; letters: number }
const WORDS_OF: Readonly<Record<keyof Count, string>> = {
  properties: 'properties',
  values: 'values',
  letters: 'letters in its names and values',
}
type Place = { at: string; depth: number; count: Count }

/** Counts the values that a part lists. */
function countValues(part: JsonSchema, { at, count }: Place): void {
  const values: readonly unknown[] = Array.isArray(part.enum) ? part.enum : 'const' in part ? [part.const] : []
  const letters = lettersOf(values)
  if (values.length > LONG_ENUM.values && letters > LONG_ENUM.letters) {
    const why = `lists more than ${LONG_ENUM.values} values of more than ${LONG_ENUM.letters} letters in all`
    refuse(at, why, 'Make them shorter or fewer, or use a string and check it.')
  }
  if (Array.isArray(part.enum)) count.values += values.length
  count.letters += letters
}

const lettersOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)

function close(part: unknown, place: Place): JsonSchema {
  const { at, depth, count } = place
  if (!isPlainObject(part)) return refuse(at, 'may be anything', 'Specify its type.')
  if (part.$ref !== undefined) return reference(part, place)
  const { type, pattern, format, description, ...rest } = part
  const types = [type ?? typesOf(part)].flat()
  const [isObject, isArray] = [types.includes('object'), types.includes('array')]
  const isScalar = types.length > 0 && !isObject && !isArray
  // Of a union exactly one or any is the same to who writes it.
  const { oneOf, anyOf = oneOf, ...others } = rest as JsonSchema
  const odd = Object.keys(anyOf === oneOf ? others : rest).find((keyword) => MAKES_UP.has(keyword))
  if (odd && !isScalar) refuse(at, WORDS[odd]?.[0] ?? `has ${odd}`, WORDS[odd]?.[1] ?? 'Simplify it.')
  if (types.length === 0 && !anyOf) refuse(at, 'may be anything', 'Specify its type.')
  if (anyOf && isObject) refuse(at, 'is an object with alternatives', 'Make it a union of whole objects.')
  if (depth > MOST.depth) refuse(at, `is nested deeper than ${MOST.depth} objects`, 'Make it flatter.')
  countValues(part, place)
  const kept = Object.entries(others).filter(([keyword]) => KNOWN.has(keyword))
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...(description !== undefined && { description }),
    ...Object.fromEntries(kept),
    ...(typeof pattern === 'string' && !HARD_PATTERN.test(pattern) && { pattern }),
    ...(FORMATS.has(String(format)) && { format }),
    ...(isObject && closedObject(part, place)),
    ...(isArray && { items: close(part.items, { ...place, at: `${at}[]` }) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((each) => close(each, place)) }),
    ...closedDefs(part, count),
  }
}

function closedObject({ properties, required = [], additionalProperties: open }: JsonSchema, place: Place) {
  const { at, depth, count } = place
  // Closed, it could only be an empty one.
  if (properties === undefined && open !== false) refuse(at, 'may have any keys', 'Name them: z.object({ … }).')
  const keys = Object.keys(Object(properties) as object)
  const needed = required as readonly string[]
  if (open !== undefined && open !== false) {
    const why = keys.length === 0 ? 'is a record, whose keys are not known' : 'allows additional keys'
    refuse(at, why, keys.length === 0 ? 'Use an array of { key, value }.' : 'Close it: z.object or z.strictObject.')
  }
  const optional = keys.find((key) => !needed.includes(key))
  if (optional !== undefined) {
    refuse(join(at, optional), 'is optional', 'Make it nullable instead of optional, without a default.')
  }
  const unknown = needed.find((key) => !keys.includes(key))
  if (unknown !== undefined) refuse(join(at, unknown), 'may be anything', 'Specify its type.')
  count.properties += keys.length
  count.letters += lettersOf(keys)
  const inside = (key: string): Place => ({ at: join(at, key), depth: depth + 1, count })
  return { properties: named(properties ?? {}, inside), required: keys, additionalProperties: false }
}

/** Beside a reference nothing may stand; what is said of it goes around it. */
function reference({ $ref, description, $defs }: JsonSchema, { at, count }: Place): JsonSchema {
  if (!/^#(\/\$defs\/[^/]+)?$/.test(String($ref)))
    refuse(at, `refers to ${String($ref)}`, 'Give the schema that it refers to an id.')
  return {
    ...(description === undefined ? { $ref } : { description, anyOf: [{ $ref }] }),
    ...closedDefs({ $defs }, count),
  }
}

function closedDefs({ $defs }: JsonSchema, count: Count): JsonSchema {
  if ($defs === undefined) return {}
  count.letters += lettersOf(Object.keys($defs as object))
  return { $defs: named($defs, (name) => ({ at: name, depth: 1, count })) }
}

const named = (parts: unknown, place: (name: string) => Place): JsonSchema =>
  Object.fromEntries(Object.entries(parts as JsonSchema).map(([name, part]) => [name, close(part, place(name))]))

const join = (at: string, key: string): string => (at ? `${at}.${key}` : key)

/** The types of an enum or a literal that does not say them. */
function typesOf(part: JsonSchema): string[] {
  const values: readonly unknown[] = Array.isArray(part.enum) ? part.enum : 'const' in part ? [part.const] : []
  const types = values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value))
  return [...new Set(types)]
}

const WORDS: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  prefixItems: ['is a tuple', 'Make it an object with a field for each item, or an array.'],
  propertyNames: ['is a record, whose keys are not known', 'Use an array of { key, value }.'],
  patternProperties: ['is a record, whose keys are not known', 'Use an array of { key, value }.'],
  allOf: ['is an intersection', 'Make it one object: a.extend(b.shape).'],
}

/** What a schema may be called: letters, digits, `_` and `-`, at most 64. */
export const nameOfSchema = (name: string): string => name.replaceAll(/[^\w-]/g, '_').slice(0, 64)

import { formatValue } from '../../border/format-value.ts'
import { attempt, MAX_DEPTH, isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'
import { mapSubschemas } from './references.ts'

const isString = (value: unknown): boolean => typeof value === 'string'
const isSubschema = (value: unknown): boolean => isPlainObject(value) || typeof value === 'boolean'
const isArrayOf = (isOne: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isOne)
const isSchemaRecord = (value: unknown): boolean => isPlainObject(value) && Object.values(value).every(isSubschema)

/** The types of the keywords that are read here. */
const KEYWORD_TYPES: readonly (readonly [keywords: string, isRight: (value: unknown) => boolean, words: string])[] = [
  ['type', (value) => isString(value) || isArrayOf(isString)(value), 'a name or an array of names'],
  ['required', isArrayOf(isString), 'an array of names'],
  ['enum', Array.isArray, 'an array'],
  ['$ref', isString, 'a string'],
  ['anyOf oneOf allOf prefixItems', isArrayOf(isSubschema), 'an array of schemas'],
  ['properties patternProperties $defs definitions dependentSchemas', isSchemaRecord, 'an object of schemas'],
  ['items', (value) => isSubschema(value) || isArrayOf(isSubschema)(value), 'a schema'],
  ['additionalProperties not contains propertyNames if then else', isSubschema, 'a schema'],
]

/**
 * Converts a schema of an older draft, or of OpenAPI 3.0, to draft 2020-12: tuples, `nullable`, exclusive bounds,
 * `dependencies`. Throws a `TypeError` for a keyword with a value of the wrong type.
 */
export function toDraft202012(part: JsonSchema, at = '', depth = 0): JsonSchema {
  if (depth > MAX_DEPTH) throw new TypeError(`it is nested deeper than ${MAX_DEPTH} schemas`)
  for (const [keywords, isRight, words] of KEYWORD_TYPES) {
    const wrong = keywords.split(' ').find((keyword) => Object.hasOwn(part, keyword) && !isRight(part[keyword]))
    if (wrong) throw new TypeError(`${wrong}${at && ` at ${at}`} is ${formatValue(part[wrong])}, and must be ${words}`)
  }
  // zod before 4.2 leaves its own `id` in the schema.
  const { id: _, items, additionalItems, dependencies, nullable, pattern, ...others } = part
  const { minimum: _1, maximum: _2, exclusiveMinimum: _3, exclusiveMaximum: _4, ...rest } = others
  const form: JsonSchema = {
    ...rest,
    ...(Array.isArray(items)
      ? { prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) }
      : items !== undefined && { items }),
    ...convertDependencies(dependencies),
    ...convertBound('Minimum', part),
    ...convertBound('Maximum', part),
    // A pattern that is not valid with the flag `u`, which JSON Schema uses, would make the whole schema invalid.
    ...(isString(pattern) && attempt(() => new RegExp(pattern as string, 'u')) && { pattern }),
  }
  const inside = mapSubschemas(form, (each, key) =>
    toDraft202012(each, at && key ? `${at}.${key}` : at || key, depth + 1),
  )
  return nullable === true ? makeNullable(inside) : inside
}

/** Drafts before 2019-09 have one keyword, `dependencies`, for two. */
function convertDependencies(dependencies: unknown): JsonSchema {
  const entries = Object.entries(Object(dependencies) as JsonSchema)
  const [lists, schemas] = [true, false].map((isList) => entries.filter(([, each]) => Array.isArray(each) === isList))
  return {
    ...(lists?.length && { dependentRequired: Object.fromEntries(lists) }),
    ...(schemas?.length && { dependentSchemas: Object.fromEntries(schemas) }),
  }
}

/** In draft 4 and OpenAPI 3.0, `exclusiveMinimum` is a boolean beside `minimum`. */
function convertBound(name: 'Minimum' | 'Maximum', part: JsonSchema): JsonSchema {
  const [exclusive, inclusive] = [`exclusive${name}`, name.toLowerCase()] as const
  const [isOut, most] = [part[exclusive], part[inclusive]]
  return {
    ...(most !== undefined && { [isOut === true ? exclusive : inclusive]: most }),
    ...(isOut !== undefined && typeof isOut !== 'boolean' && { [exclusive]: isOut }),
  }
}

function makeNullable({ $defs, definitions, ...form }: JsonSchema): JsonSchema {
  const { type, enum: values } = form
  const isListed = Array.isArray(values) && !values.includes(null)
  const nullable =
    typeof type === 'string'
      ? { ...form, type: [type, 'null'], ...(isListed && { enum: [...(values as unknown[]), null] }) }
      : { anyOf: [form, { type: 'null' }] }
  return { ...nullable, ...($defs !== undefined && { $defs }), ...(definitions !== undefined && { definitions }) }
}

import { formatValue } from '../../border/format-value.ts'
import { attempt, MAX_DEPTH, isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'
import { withParts } from './references.ts'

const isText = (value: unknown): boolean => typeof value === 'string'
const isSchema = (value: unknown): boolean => isPlainObject(value) || typeof value === 'boolean'
const listOf = (isOne: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isOne)
const named = (value: unknown): boolean => isPlainObject(value) && Object.values(value).every(isSchema)

/** What the keywords that are looked into hold. */
const SHAPES: readonly (readonly [keywords: string, isRight: (value: unknown) => boolean, words: string])[] = [
  ['type', (value) => isText(value) || listOf(isText)(value), 'a name or an array of names'],
  ['required', listOf(isText), 'an array of names'],
  ['enum', Array.isArray, 'an array'],
  ['$ref', isText, 'a string'],
  ['anyOf oneOf allOf prefixItems', listOf(isSchema), 'an array of schemas'],
  ['properties patternProperties $defs definitions dependentSchemas', named, 'an object of schemas'],
  ['items', (value) => isSchema(value) || listOf(isSchema)(value), 'a schema'],
  ['additionalProperties not contains propertyNames if then else', isSchema, 'a schema'],
]

/**
 * A schema in the words of draft 2020-12: older drafts and OpenAPI have others for tuples, null and exclusive bounds.
 * Throws where a keyword holds what it cannot.
 */
export function modern(part: JsonSchema, at = '', depth = 0): JsonSchema {
  if (depth > MAX_DEPTH) throw new TypeError(`it is nested deeper than ${MAX_DEPTH} schemas`)
  for (const [keywords, isRight, words] of SHAPES) {
    const wrong = keywords.split(' ').find((keyword) => Object.hasOwn(part, keyword) && !isRight(part[keyword]))
    if (wrong) throw new TypeError(`${wrong}${at && ` at ${at}`} is ${formatValue(part[wrong])}, and must be ${words}`)
  }
  // Zod before 4.2 leaves its own `id` in it.
  const { id: _, items, additionalItems, dependencies, nullable, pattern, ...others } = part
  const { minimum: _1, maximum: _2, exclusiveMinimum: _3, exclusiveMaximum: _4, ...rest } = others
  const form: JsonSchema = {
    ...rest,
    ...(Array.isArray(items)
      ? { prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) }
      : items !== undefined && { items }),
    ...dependent(dependencies),
    ...bound('Minimum', part),
    ...bound('Maximum', part),
    // What is no pattern with the flag `u`, as JSON Schema reads it, would make the whole schema unusable.
    ...(isText(pattern) && attempt(() => new RegExp(pattern as string, 'u')) && { pattern }),
  }
  const inside = withParts(form, (each, key) => modern(each, at && key ? `${at}.${key}` : at || key, depth + 1))
  return nullable === true ? orNull(inside) : inside
}

/** Drafts before 2019-09 have one word for what must come with a property. */
function dependent(dependencies: unknown): JsonSchema {
  const entries = Object.entries(Object(dependencies) as JsonSchema)
  const [lists, schemas] = [true, false].map((isList) => entries.filter(([, each]) => Array.isArray(each) === isList))
  return {
    ...(lists?.length && { dependentRequired: Object.fromEntries(lists) }),
    ...(schemas?.length && { dependentSchemas: Object.fromEntries(schemas) }),
  }
}

/** As draft 4 and OpenAPI 3.0 say that a bound itself is out. */
function bound(name: 'Minimum' | 'Maximum', part: JsonSchema): JsonSchema {
  const [exclusive, inclusive] = [`exclusive${name}`, name.toLowerCase()] as const
  const [isOut, most] = [part[exclusive], part[inclusive]]
  return {
    ...(most !== undefined && { [isOut === true ? exclusive : inclusive]: most }),
    ...(isOut !== undefined && typeof isOut !== 'boolean' && { [exclusive]: isOut }),
  }
}

function orNull({ $defs, definitions, ...form }: JsonSchema): JsonSchema {
  const { type, enum: values } = form
  const isListed = Array.isArray(values) && !values.includes(null)
  const nullable =
    typeof type === 'string'
      ? { ...form, type: [type, 'null'], ...(isListed && { enum: [...(values as unknown[]), null] }) }
      : { anyOf: [form, { type: 'null' }] }
  return { ...nullable, ...($defs !== undefined && { $defs }), ...(definitions !== undefined && { definitions }) }
}

import type { StandardSchema } from '../../types.ts'
import { resolvePointer } from '../../border/json-pointer.ts'
import { type JsonSchema, jsonSchemaOf, allowedStrings } from './json-schema.ts'
import { outputSchema } from '../parsing/output-schema.ts'
import type { Wrapper } from '../parsing/wrapped-answer.ts'
import { checkValidates, findUnsatisfiable, requireJsonSchema } from './model-schema.ts'
import { unwrap, wrapSchema } from './wrap-schema.ts'

/** How an answer is requested from a model, and how it is parsed. */
export type AnswerFormat = {
  /** The schema of the request: an object, which providers require. Undefined if text is requested. */
  readonly jsonSchema: JsonSchema | undefined
  /** The schema of the value without a wrapper; undefined if it is not known. */
  readonly value: JsonSchema | undefined
  /** Whether a provider enforces the schema; a model function only receives it. */
  readonly isAsked: boolean
  /** The property that the answer is wrapped in, so that it is an object. */
  readonly wrapper: Wrapper | undefined
  /** The answer is a JSON object without a wrapper. */
  readonly isObject: boolean
  /** The strings that the schema allows, if it lists them. */
  readonly texts: readonly string[]
}

/** `scalars`: whether a scalar is requested as plain text or in a wrapper. */
type FormatOptions = {
  scalars: 'text' | 'wrapped'
  /** An alternative for the message of the error, if there is no JSON Schema. */
  alternatives?: string
}

/**
 * The format for a provider's model. Throws a `TypeError` if the schema has no JSON Schema, or no JSON satisfies it.
 */
export const answerFormat = (
  owner: string,
  output: StandardSchema,
  { scalars, alternatives }: FormatOptions,
): AnswerFormat => formatOf(requireJsonSchema(`${owner}: the schema of its output`, output, alternatives), scalars)

/** The format for a user's model function, which may return anything: a schema without a JSON Schema is allowed. */
export function modelFunctionFormat(owner: string, output: StandardSchema): AnswerFormat {
  checkValidates(`${owner}: the schema of its output`, output)
  const value = jsonSchemaOf(output)
  const form = value && !findUnsatisfiable(output) ? formatOf(value, 'wrapped') : UNKNOWN_FORMAT
  return { ...form, value, isAsked: false }
}

const UNKNOWN_FORMAT = { jsonSchema: undefined, wrapper: undefined, isObject: false, texts: [] } as const

function formatOf(schema: JsonSchema, scalars: FormatOptions['scalars']): AnswerFormat {
  const texts = allowedStrings(schema)
  const form = { jsonSchema: schema, value: schema, isAsked: true, wrapper: undefined, isObject: true, texts }
  if (schema.type === 'object') return form
  const wrapper = wrapperOf(schema, scalars, texts)
  return { ...form, jsonSchema: wrapper && wrapSchema(wrapper, schema), wrapper, isObject: false }
}

/**
 * The output schema of a leaf, for one answer or an array of them; carries its format and the original schema for
 * analysis.
 */
export const answerSchema = (form: AnswerFormat, wanted: StandardSchema, many: boolean): StandardSchema => {
  const { isObject: json, texts, wrapper, value: jsonSchema = {} } = form
  const schema = outputSchema(wanted, { json, texts, many, wrapper, jsonSchema })
  return Object.assign(form.isAsked ? schema : acceptingData(schema, form.wrapper), { form, wanted })
}

/** A model function may return data instead of text, also in the wrapper. */
function acceptingData(schema: StandardSchema, wrapper: AnswerFormat['wrapper']): StandardSchema {
  const { validate, ...rest } = schema['~standard']
  if (!wrapper) return schema
  const whole = (value: unknown) => {
    const inner = unwrap(wrapper, value)
    const result = validate(value)
    return inner && (result as { issues?: unknown }).issues ? validate(inner.inner) : result
  }
  return { '~standard': { ...rest, validate: whole } }
}

function wrapperOf(
  schema: JsonSchema,
  scalars: FormatOptions['scalars'],
  texts: readonly string[],
): Wrapper | undefined {
  if (schema.type === 'array') return 'elements'
  const kinds = declaredTypes(schema, schema)
  // No type is known, or only string: the schema may parse the text itself.
  if (kinds.size === 0 || (kinds.size === 1 && kinds.has('string') && texts.length === 0)) return undefined
  return scalars === 'text' && !kinds.has('object') && !kinds.has('array') ? undefined : 'result'
}

/** The JSON types that a schema declares. */
function declaredTypes(schema: JsonSchema, root: JsonSchema, seen = new Set<unknown>()): Set<unknown> {
  const { $ref, type = [], enum: values, const: value, anyOf, oneOf, allOf } = schema
  if ($ref !== undefined)
    return seen.has($ref) ? new Set() : declaredTypes(resolvePointer($ref, root) ?? {}, root, seen.add($ref))
  const types = [type].flat()
  const listed = Array.isArray(values) ? values : 'const' in schema ? [value] : []
  const parts = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []))
  return new Set([
    ...(types.length > 0 ? types : listed.map((each) => (each === null ? 'null' : typeof each))),
    ...parts.flatMap((part) => [...declaredTypes(part, root, seen)]),
  ])
}

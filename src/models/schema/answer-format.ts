import type { StandardSchema } from '../../types.ts'
import { target } from '../../border/pointer.ts'
import { type JsonSchema, jsonSchemaOf, allowedStrings } from './json-schema.ts'
import { outputSchema } from '../parsing/output-schema.ts'
import type { Wrapper } from '../parsing/wrapped-answer.ts'
import { checkValidates, findUnsatisfiable, requireJsonSchema } from './model-schema.ts'
import { unwrap, wrapSchema } from './wrap-schema.ts'

/** What a model is told of the answer that it is to give, and how that is read. */
export type AnswerFormat = {
  /** An object, as providers want it; undefined where a text is asked for. */
  readonly jsonSchema: JsonSchema | undefined
  /** Of the value itself, with nothing around it; undefined where that is not known. */
  readonly value: JsonSchema | undefined
  /** Whether a provider's model is asked for it; others are only told. */
  readonly isAsked: boolean
  /** What was put around the answer, so that it is an object. */
  readonly wrapper: Wrapper | undefined
  /** The answer is a JSON object with nothing around it. */
  readonly isObject: boolean
  /** The texts that the schema allows, if that is known. */
  readonly texts: readonly string[]
}

/** Where an answer is asked for: who asks, and whether what is no list and no object is read from a plain text. */
type FormatOptions = {
  scalars: 'text' | 'wrapped'
  /** What else its user could do, if there is no JSON Schema. */ ways?: string
}

/** How a model is asked for what a schema takes; throws a `TypeError` where it could not be, or in vain. */
export const answerFormat = (owner: string, output: StandardSchema, { scalars, ways }: FormatOptions): AnswerFormat =>
  formatOf(requireJsonSchema(`${owner}: the schema of its output`, output, ways), scalars)

/** Where a function of one's own is asked: the same, if that can be told. Whatever it gives is read as it can be taken. */
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

/** The schema of a model's answer, or of a list of them, which knows how it was asked for, for those who check that. */
export const answerSchema = (form: AnswerFormat, wanted: StandardSchema, many: boolean): StandardSchema => {
  const { isObject: json, texts, wrapper, value: jsonSchema = {} } = form
  const schema = outputSchema(wanted, { json, texts, many, wrapper, jsonSchema })
  return Object.assign(form.isAsked ? schema : acceptingData(schema, form.wrapper), { form, wanted })
}

/** A function of one's own may give data instead of a text, in the wrapper too. */
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
  // Nothing is known of it: a text is as good as anything, and the schema may well make something of one.
  if (kinds.size === 0 || (kinds.size === 1 && kinds.has('string') && texts.length === 0)) return undefined
  return scalars === 'text' && !kinds.has('object') && !kinds.has('array') ? undefined : 'result'
}

/** The types of JSON that a schema takes, as far as it says so. */
function declaredTypes(schema: JsonSchema, root: JsonSchema, seen = new Set<unknown>()): Set<unknown> {
  const { $ref, type = [], enum: values, const: value, anyOf, oneOf, allOf } = schema
  if ($ref !== undefined)
    return seen.has($ref) ? new Set() : declaredTypes(target($ref, root) ?? {}, root, seen.add($ref))
  const types = [type].flat()
  const listed = Array.isArray(values) ? values : 'const' in schema ? [value] : []
  const parts = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []))
  return new Set([
    ...(types.length > 0 ? types : listed.map((each) => (each === null ? 'null' : typeof each))),
    ...parts.flatMap((part) => [...declaredTypes(part, root, seen)]),
  ])
}

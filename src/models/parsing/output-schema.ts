import { safeValidate, type Validation } from '../../border/schema.ts'
import type { Issue, StandardSchema } from '../../types.ts'
import { choiceMatcher } from './match-choice.ts'
import { rejectCoercion } from './coercion.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import { type JsonType, jsonTypeOf, schemaTypes } from './json-type.ts'
import { interpretations } from './interpretations.ts'
import { quoteAnswer, parseFailure } from './parse-failure.ts'
import { extractJson } from './extract-json.ts'
import { parseWrapped, type Wrapper } from './wrapped-answer.ts'

export type OutputParsing = {
  /** The answer is JSON text. */
  json: boolean
  /** The JSON Schema of the schema's input; `{}` if it is not known. */
  jsonSchema: JsonSchema
  /** The strings that the schema allows, if it lists them. */
  texts: readonly string[]
  /** The value is an array of answers, each to be parsed. */
  many: boolean
  /** The property that the value is wrapped in, so that it is an object. */
  wrapper?: Wrapper | undefined
}

/**
 * A schema that parses a model's text into what `schema` accepts. It is the leaf's `output`, so an answer that does not
 * fit fails with `output_validation`, and is retried as such.
 */
export function outputSchema(
  schema: StandardSchema,
  { json, jsonSchema, texts, many, wrapper }: OutputParsing,
): StandardSchema {
  const kinds = schemaTypes(jsonSchema)
  const choose = texts.length > 0 ? choiceMatcher(texts) : undefined
  const check = (value: unknown): Validation => safeValidate(schema, value)
  const guarded = rejectCoercion(check, kinds)
  const read = (text: string): Validation =>
    json ? checkJson(text, check) : firstAccepted(text, { kinds, choose }, guarded)
  const wrapped = wrapper && {
    wrapper,
    check: guarded,
    read,
    isOwn: JSON.stringify(jsonSchema).includes(`"${wrapper}":`),
    takesObjects: kinds?.includes('object') ?? true,
  }
  const one = (value: unknown): Validation => {
    // A value that is not text comes from an override, and needs no parsing.
    if (typeof value !== 'string') return check(value)
    return limitIssues(wrapped ? parseWrapped(value, wrapped) : read(value))
  }
  const each = (values: readonly unknown[]): Validation => combineResults(values.map(one))
  const validate = (value: unknown) => (many && Array.isArray(value) ? each(value) : one(value))
  // Forms and sample values use the JSON Schema of the wrapped schema.
  const own = (schema['~standard'] as WithJsonSchema).jsonSchema
  const described = own && (many ? arrayOf(own) : own)
  return {
    '~standard': { version: 1, vendor: 'tinyllm', validate, ...(described && { jsonSchema: described }) },
  } as StandardSchema
}

/** Combines the results of several answers: the values, or the issues with the index of each. */
export function combineResults(results: readonly Validation[]): Validation {
  const issues = results.flatMap((result, index) =>
    (result.issues ?? []).map((issue) => ({ ...issue, path: [index, ...issue.path] })),
  )
  if (issues.length === 0) return { value: results.map((result) => 'value' in result && result.value) }
  const cause = results.find((result) => 'cause' in result && result.cause !== undefined)
  return { issues, ...(cause && 'cause' in cause && { cause: cause.cause }) }
}

function checkJson(text: string, check: (value: unknown) => Validation): Validation {
  const json = extractJson(text, '{')
  if ('value' in json) return check(json.value)
  return parseFailure('JSON', text, json.problem)
}

/** How many issues a message lists: each item of a long array may have one. */
export const MAX_ISSUES = 20

function limitIssues(checked: Validation): Validation {
  const { issues } = checked
  if (!issues || issues.length <= MAX_ISSUES) return checked
  const shown = issues.slice(0, MAX_ISSUES)
  const last = shown.pop() as Issue
  const message = `${last.message}; and ${issues.length - MAX_ISSUES} more`
  return { ...checked, issues: [...shown, { ...last, message }] }
}

type JsonSchemaConverter = (options: object) => object
type WithJsonSchema = { jsonSchema?: { input: JsonSchemaConverter; output: JsonSchemaConverter } }
const arrayOf = ({ input, output }: NonNullable<WithJsonSchema['jsonSchema']>) => ({
  input: (options: object) => ({ type: 'array', items: input(options), minItems: 1 }),
  output: (options: object) => ({ type: 'array', items: output(options), minItems: 1 }),
})

type FailedCheck = Validation & { issues: object }

/** The first interpretation of the text that the schema accepts. */
function firstAccepted(
  text: string,
  {
    kinds,
    choose,
  }: { kinds: readonly JsonType[] | undefined; choose: ((text: string) => string | undefined) | undefined },
  check: (value: unknown) => Validation,
): Validation {
  const isWanted = (value: unknown): boolean => kinds?.includes(jsonTypeOf(value)) ?? typeof value === 'number'
  let refused: { by: FailedCheck; value: unknown } | undefined
  const meanings = interpretations(text, kinds, choose, (value) => !check(value).issues)
  let step = meanings.next()
  for (; !step.done; step = meanings.next()) {
    const { value } = step
    const result = check(value)
    if (!result.issues) return result
    // The issue of a number that is too large says more than that a string is not a number.
    if (!refused || (isWanted(value) && !isWanted(refused.value))) refused = { by: result, value }
  }
  const { issues = [], ...rest } = refused?.by ?? {}
  const last = issues.at(-1)
  const message = `${last?.message} (the model returned ${quoteAnswer(text)}${step.value})`
  return { ...rest, issues: [...issues.slice(0, -1), ...(last ? [{ ...last, message }] : [])] }
}

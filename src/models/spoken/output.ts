import { safeValidate, type Validation } from '../../border/schema.ts'
import type { Issue, StandardSchema } from '../../types.ts'
import { choosing } from './choices.ts'
import { uncoerced } from './coercion.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import { type Kind, kindOf, kindsIn } from './kinds.ts'
import { meaningsOf } from './meanings.ts'
import { quote, refusal } from './refusal.ts'
import { jsonIn } from './spoken.ts'
import { readWrapped, type Wrapper } from './wrapped.ts'

export type Reading = {
  /** The answer is JSON text. */
  json: boolean
  /** What the schema takes; without keywords where that is not known. */
  jsonSchema: JsonSchema
  /** The texts that the schema allows, if that is known. */
  texts: readonly string[]
  /** There is a list of answers, each to be checked. */
  many: boolean
  /** What the model was asked to put around the value, so that it is an object. */
  wrapper?: Wrapper | undefined
}

/**
 * The schema of what a model says: reads the text the way the wanted schema can take it. It is the leaf's own
 * `output`, so an answer that does not fit is an `output_validation`, in its state, with its retry.
 */
export function outputSchema(
  schema: StandardSchema,
  { json, jsonSchema, texts, many, wrapper }: Reading,
): StandardSchema {
  const kinds = kindsIn(jsonSchema)
  const choose = texts.length > 0 ? choosing(texts) : undefined
  const check = (value: unknown): Validation => safeValidate(schema, value)
  const guarded = uncoerced(check, kinds)
  const read = (text: string): Validation => (json ? fromJson(text, check) : firstFit(text, { kinds, choose }, guarded))
  const wrapped = wrapper && {
    wrapper,
    check: guarded,
    read,
    isOwn: JSON.stringify(jsonSchema).includes(`"${wrapper}":`),
    takesObjects: kinds?.includes('object') ?? true,
  }
  const one = (value: unknown): Validation => {
    // What is no text is from an override, and finished.
    if (typeof value !== 'string') return check(value)
    return few(wrapped ? readWrapped(value, wrapped) : read(value))
  }
  const each = (values: readonly unknown[]): Validation => together(values.map(one))
  const validate = (value: unknown) => (many && Array.isArray(value) ? each(value) : one(value))
  // Who draws a form, or makes up an answer, asks for the wanted schema.
  const own = (schema['~standard'] as Described).jsonSchema
  const described = own && (many ? listOf(own) : own)
  return {
    '~standard': { version: 1, vendor: 'tinyllm', validate, ...(described && { jsonSchema: described }) },
  } as StandardSchema
}

/** One result of many: the values, or what is wrong with each. */
export function together(results: readonly Validation[]): Validation {
  const issues = results.flatMap((result, index) =>
    (result.issues ?? []).map((issue) => ({ ...issue, path: [index, ...issue.path] })),
  )
  if (issues.length === 0) return { value: results.map((result) => 'value' in result && result.value) }
  const cause = results.find((result) => 'cause' in result && result.cause !== undefined)
  return { issues, ...(cause && 'cause' in cause && { cause: cause.cause }) }
}

function fromJson(text: string, check: (value: unknown) => Validation): Validation {
  const json = jsonIn(text, '{')
  if ('value' in json) return check(json.value)
  return refusal('JSON', text, json.problem)
}

/** A long list may be wrong in every item, and nobody reads it all. */
const MOST = 20

function few(checked: Validation): Validation {
  const { issues } = checked
  if (!issues || issues.length <= MOST) return checked
  const shown = issues.slice(0, MOST)
  const last = shown.pop() as Issue
  const message = `${last.message}; and ${issues.length - MOST} more`
  return { ...checked, issues: [...shown, { ...last, message }] }
}

type Convert = (options: object) => object
type Described = { jsonSchema?: { input: Convert; output: Convert } }
const listOf = ({ input, output }: NonNullable<Described['jsonSchema']>) => ({
  input: (options: object) => ({ type: 'array', items: input(options), minItems: 1 }),
  output: (options: object) => ({ type: 'array', items: output(options), minItems: 1 }),
})

type Refused = Validation & { issues: object }

/** What the schema takes first of all that the text may mean. */
function firstFit(
  text: string,
  { kinds, choose }: { kinds: readonly Kind[] | undefined; choose: ((said: string) => string | undefined) | undefined },
  check: (value: unknown) => Validation,
): Validation {
  const isWanted = (value: unknown): boolean => kinds?.includes(kindOf(value)) ?? typeof value === 'number'
  let refused: { by: Refused; value: unknown } | undefined
  const meanings = meaningsOf(text, kinds, choose, (value) => !check(value).issues)
  let step = meanings.next()
  for (; !step.done; step = meanings.next()) {
    const { value } = step
    const result = check(value)
    if (!result.issues) return result
    // A number that is too large says more than a text that is no number.
    if (!refused || (isWanted(value) && !isWanted(refused.value))) refused = { by: result, value }
  }
  const { issues = [], ...rest } = refused?.by ?? {}
  const last = issues.at(-1)
  const message = `${last?.message} (the model said ${quote(text)}${step.value})`
  return { ...rest, issues: [...issues.slice(0, -1), ...(last ? [{ ...last, message }] : [])] }
}

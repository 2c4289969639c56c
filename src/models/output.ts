import { parseJson } from './json.ts'
import { ask, type Checked } from '../border/schema.ts'
import type { StandardSchema } from '../types.ts'
import { unwrapped } from './wrapping.ts'

export type Reading = {
  /** The answer is JSON text. */
  json: boolean
  /** The texts that the schema allows, if that is known. */
  texts: readonly string[]
  /** There is a list of answers, each to be checked. */
  many: boolean
  /** What the model was asked to put around the value, so that it is an object. */
  wrapper?: string | undefined
}

/**
 * The schema of what a model says: reads the text the way the wanted schema can take it. It is the leaf's own
 * `output`, so an answer that does not fit is an `output_validation`, in its state, with its retry.
 */
export function outputSchema(schema: StandardSchema, { json, texts, many, wrapper }: Reading): StandardSchema {
  const check = (value: unknown): Checked => ask(schema, value)
  const one = (value: unknown): Checked => {
    // What is no text is from an override, and finished.
    if (typeof value !== 'string') return check(value)
    const wrapped = wrapper === undefined ? undefined : unwrapped(wrapper, parse(value)?.value)
    const result = wrapped && check(wrapped.inner)
    if (result && !result.issues) return result
    // A model may leave the wrapper out, and what looks like one may be the value.
    const bare = json ? fromJson(value, check) : firstFit(readingsOf(value, texts), value, check)
    return bare.issues && result ? result : bare
  }
  const each = (values: readonly unknown[]): Checked => together(values.map(one))
  const validate = (value: unknown) => (many && Array.isArray(value) ? each(value) : one(value))
  // Who draws a form, or makes up an answer, asks for the wanted schema.
  const { jsonSchema } = schema['~standard'] as Described
  const described = jsonSchema && (many ? listOf(jsonSchema) : jsonSchema)
  return {
    '~standard': { version: 1, vendor: 'tinyllm', validate, ...(described && { jsonSchema: described }) },
  } as StandardSchema
}

/** One result of many: the values, or what is wrong with each. */
export function together(results: readonly Checked[]): Checked {
  const issues = results.flatMap((result, index) =>
    (result.issues ?? []).map((issue) => ({ ...issue, path: [index, ...issue.path] })),
  )
  if (issues.length === 0) return { value: results.map((result) => 'value' in result && result.value) }
  const cause = results.find((result) => 'cause' in result && result.cause !== undefined)
  return { issues, ...(cause && 'cause' in cause && { cause: cause.cause }) }
}

function fromJson(text: string, check: (value: unknown) => Checked): Checked {
  const parsed = parse(text)
  if (parsed) return check(parsed.value)
  return { issues: [{ message: `expected JSON, and the model said ${quote(text)}`, path: [] }] }
}

type Convert = (options: object) => object
type Described = { jsonSchema?: { input: Convert; output: Convert } }
const listOf = ({ input, output }: NonNullable<Described['jsonSchema']>) => ({
  input: (options: object) => ({ type: 'array', items: input(options), minItems: 1 }),
  output: (options: object) => ({ type: 'array', items: output(options), minItems: 1 }),
})

/** What the text may mean, the likeliest first; only what the schema refuses is read in another way. */
function* readingsOf(text: string, texts: readonly string[]): Generator<unknown> {
  yield text
  const tidy = trim(text)
  if (tidy !== text) yield tidy
  yield* texts.filter((known) => known !== text && trim(known).toLowerCase() === tidy.toLowerCase())
  if (tidy !== '' && Number.isFinite(Number(tidy))) yield Number(tidy)
  if (/^(true|false)$/i.test(tidy)) yield tidy.toLowerCase() === 'true'
  const parsed = parse(text)
  if (parsed) yield parsed.value
}

function firstFit(readings: Iterable<unknown>, text: string, check: (value: unknown) => Checked): Checked {
  let refused: (Checked & { issues: object }) | undefined
  for (const reading of readings) {
    const result = check(reading)
    if (!result.issues) return result
    // A number that is too large says more than a text that is no number.
    if (!refused || typeof reading === 'number') refused = result
  }
  const { issues = [], ...rest } = refused ?? {}
  return {
    ...rest,
    issues: issues.map((issue) => ({ ...issue, message: `${issue.message} (the model said ${quote(text)})` })),
  }
}

/** Without white space, quotes and a final full stop around it: models say "Good." */
const trim = (text: string): string => text.replaceAll(/^[\s"'`“”‘’]+|[\s"'`“”‘’.]+$/g, '')

/** The JSON of an answer; models like to put it in a code block. */
function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: parseJson(text.replaceAll(/^\s*```\w*\s*|\s*```\s*$/g, '')) }
  } catch {
    return undefined
  }
}

const quote = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)

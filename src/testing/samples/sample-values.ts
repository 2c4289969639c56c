import { failure } from '../../errors.ts'
import type { PipelineError, StandardSchema } from '../../types.ts'
import { above, type Part } from '../../analysis/definition.ts'
import type { Demand } from './constraints.ts'
import { valuesFor } from './boundary-values.ts'
import { spoken, UNKNOWN } from '../../analysis/schema/choice-value.ts'
import { checked, exampleOf, instanceOf, jsonSchemaOf } from '../../analysis/schema/values.ts'
import { whatever } from '../../analysis/schema/unknown-value.ts'

/** The values that take a pipeline every way that the demand tells apart; at least one. */
export function candidatesFor(demand: Demand, own?: StandardSchema): unknown[] {
  const schema = inOrder([...(own ? [own] : []), ...demand.schemas])
  const fits = (value: unknown) => !schema || 'value' in checked(schema, value)
  const base = baseOf(demand, own, schema)
  if (demand.choices.length > 0) {
    const values = [...demand.choices, UNKNOWN].flatMap((choice) => spoken(choice, base, own) ?? [])
    if (values.length > 0) return values
  }
  const told = demand.tests.flatMap((test) => valuesFor(test, [base], fits))
  return told.length > 0 ? [...new Set(told)] : [base]
}

function baseOf({ asks, schemas }: Demand, own: StandardSchema | undefined, schema: StandardSchema | undefined) {
  if (!schema) return asks.length > 0 ? Object.fromEntries(asks.map((name) => [name, 'text'])) : whatever()
  const examples = [...(own ? [own] : []), ...schemas].map((each) => exampleOf(jsonSchemaOf(each) ?? {}))
  const records = examples.filter((example) => typeof example === 'object' && example !== null)
  const guess = records.length === examples.length ? Object.assign({}, ...records) : examples[0]
  const found = instanceOf(schema, Array.isArray(examples[0]) ? examples[0] : guess)
  // Where no value satisfies all of them, the function's own schema counts.
  return (found ?? (own && instanceOf(own)) ?? { value: guess }).value
}

/** One schema after the other, as values run through them. */
function inOrder(schemas: readonly StandardSchema[]): StandardSchema | undefined {
  const [first, ...rest] = schemas
  if (!first || rest.length === 0) return first
  const validate = (value: unknown) => {
    for (const schema of schemas) {
      const result = checked(schema, value)
      if ('refused' in result) return { issues: [{ message: result.refused, path: result.at }] }
      value = result.value
    }
    return { value }
  }
  return { '~standard': { version: 1, vendor: 'tinyllm', validate } }
}

/** Errors that the retries around a leaf tell apart: those that are tried again, and those that are not. */
export function errorsFor(part: Part): Error[] {
  const whens = [part, ...above(part)].flatMap(({ node }) => node.policy.retry?.when ?? [])
  const place = { code: 'run', path: part.path, state: 'running' } as const
  const found = new Map<string, Error>()
  for (const error of errorsOf(whens)) {
    const answers = whens.map((when) => answerOf(when, failure(error, place)))
    if (!found.has(answers.join())) found.set(answers.join(), error)
  }
  return [...found.values()]
}

function answerOf(when: (error: PipelineError) => boolean, error: PipelineError): boolean {
  try {
    return Boolean(when(error))
  } catch {
    return false
  }
}

function* errorsOf(whens: readonly ((error: PipelineError) => boolean)[]): Generator<Error> {
  yield new Error('simulated failure')
  if (whens.length === 0) return
  const with_ = (message: string, details: object) => Object.assign(new Error(message), details)
  yield with_('503 Service Unavailable', { status: 503 })
  yield with_('429 Too Many Requests', { status: 429 })
  yield with_('fetch failed', { code: 'ECONNRESET', cause: { code: 'ECONNRESET' } })
  yield new SyntaxError('simulated failure')
  yield with_('simulated failure', { name: 'AbortError' })
  for (const [, text] of whens.join('\n').matchAll(/['"`]([^'"`\n]+)['"`]/g)) {
    yield with_(String(text), { name: text, code: text, type: text })
  }
  for (const [number] of whens.join('\n').matchAll(/\b\d{3}\b/g)) yield with_(number, { status: Number(number) })
}

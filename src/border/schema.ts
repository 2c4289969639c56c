import { describe, InvalidValue, issuesInWords, keyOf } from '../errors.ts'
import { validateZod, isZodAsyncError } from './schema/zod.ts'
import { attempt, isThenable } from './shape.ts'
import type { Issue, StandardSchema } from '../types.ts'
import { formatValue } from './format-value.ts'

/** What a schema says of a value; `cause` is what its code threw, which is an issue as well. */
export type Validation =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly Issue[]; readonly cause?: unknown }

/** The value as the schema gives it back; throws `InvalidValue` when it does not fit, a `TypeError` if it cannot say at once. */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const checked = safeValidate(schema, value)
  if (!checked.issues) return checked.value
  throw new InvalidValue(checked.issues, checked.cause === undefined ? undefined : { cause: checked.cause })
}

/** The same, without a throw for what does not fit. Whatever a library's schema does, it is one of these. */
export function safeValidate(schema: StandardSchema, value: unknown): Validation {
  const isZod = attempt(() => schema['~standard'].vendor) === 'zod'
  try {
    const given = isZod ? validateZod(schema, value) : (schema['~standard'].validate(value) as unknown)
    if (isThenable(given)) throw asyncSchemaError(given)
    return readResult(given, value)
  } catch (thrown) {
    if (thrown instanceof AsyncSchemaError) throw thrown
    if (isZod && isZodAsyncError(thrown)) throw new AsyncSchemaError()
    return { issues: [{ message: `the schema threw ${messageOf(thrown)}`, path: [] }], cause: thrown }
  }
}

/** By this code, the cause of an error is known as an asynchronous schema, after a restore as well. */
export const ASYNC_SCHEMA = 'asynchronous_schema'

/** It passes schemas that are made of others on its way. */
class AsyncSchemaError extends TypeError {
  readonly code = ASYNC_SCHEMA
  constructor() {
    super('the schema is asynchronous, and validation is synchronous; move the asynchronous check into run')
  }
}

/** The outcome is of no interest any more, and must not surface as an unhandled rejection. */
function asyncSchemaError(later: PromiseLike<unknown>): AsyncSchemaError {
  Promise.resolve(later).catch(() => {})
  return new AsyncSchemaError()
}

function readResult(given: unknown, asked: unknown): Validation {
  if (typeof given !== 'object' || given === null) return malformed(`returned ${formatValue(given)}`)
  const { issues, value, cause } = given as { issues?: unknown; value?: unknown; cause?: unknown }
  if (issues) return { issues: issuesIn(issues), ...(cause !== undefined && { cause }) }
  if (!('value' in given)) return malformed('returned an object with neither')
  // Libraries without asynchronous schemas hand on the promise of an asynchronous transform as if it were its value.
  if (isThenable(value) && value !== asked) throw asyncSchemaError(value)
  return { value }
}

const malformed = (what: string): Validation => ({
  issues: [{ message: `the schema must return { value } or { issues }, but it ${what}: fix the schema`, path: [] }],
})

function issuesIn(issues: unknown): Issue[] {
  const list = toArray(issues) ?? [issues]
  return list.length > 0 ? list.map(issueOf) : [{ message: NO_MESSAGE, path: [] }]
}

const NO_MESSAGE = 'the schema rejected it without a message'

function issueOf(issue: unknown): Issue {
  if (typeof issue === 'string') return { message: issue, path: [] }
  const message: unknown = attempt(() => Object(issue).message)
  const path: unknown = attempt(() => Object(issue).path)
  const more =
    message === 'Invalid input' ? attempt(() => unionIssues((issue as { errors?: unknown }).errors)) : undefined
  return {
    message: typeof message === 'string' && message !== '' ? withoutStack(message) + (more ?? '') : NO_MESSAGE,
    path: (toArray(path) ?? (isPropertyKey(path) ? [path] : [])).map(segmentOf),
  }
}

/** How many ways of a union, and issues of one, are told. */
const MAX_SHOWN = 5

/** zod says no more of a value that fits no way of a union: what the one has against it that came into it, or each. */
function unionIssues(errors: unknown): string | undefined {
  const ways = (toArray(errors) ?? []).map((way) => issuesIn((toArray(way) ?? []).slice(0, MAX_SHOWN)))
  const nearest = ways.find((way) => way.every(({ path }) => path.length > 0))
  if (nearest) return `: ${issuesInWords(nearest)}`
  const words = new Set(ways.slice(0, MAX_SHOWN).map(([first]) => first?.message.replace(/^Invalid input: /, '')))
  return words.size > 0 ? `: ${[...words].join(', or ')}` : undefined
}

const segmentOf = (part: unknown): string | number =>
  keyOf(typeof part === 'object' && part !== null ? attempt(() => (part as { key?: unknown }).key) : part)

const isPropertyKey = (path: unknown): boolean => ['string', 'number', 'symbol'].includes(typeof path)

/** The members of a list of any realm, or of another iterable; nothing for what is neither. */
const toArray = (value: unknown): unknown[] | undefined =>
  typeof value === 'object' && value !== null ? attempt(() => [...(value as Iterable<unknown>)]) : undefined

/** Some libraries put the whole stack of what was thrown into an issue. */
const withoutStack = (message: string): string =>
  message
    .split('\n')
    .filter((line, index) => index === 0 || !/^\s+at .*(?::\d+|<anonymous>|native)\)?$/.test(line))
    .join('\n')

/** Whatever was thrown, in words; a schema inside the schema may have said what does not fit. */
function messageOf(thrown: unknown): string {
  const { name, message } = attempt(() => describe(thrown)) ?? { name: 'something that cannot be read', message: '' }
  const inner: unknown = attempt(() => Object(thrown).issues)
  const words = Array.isArray(inner) && inner.length > 0 ? issuesInWords(issuesIn(inner)) : message
  return words === '' ? name : `${name}: ${withoutStack(words)}`
}

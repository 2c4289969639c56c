import { formatIssues, InvalidValue, issueSegment, toCause } from '../errors.ts'
import { isZodAsyncError, validateZod } from './schema/zod.ts'
import { attempt, isThenable } from './shape.ts'
import type { Issue, StandardSchema } from '../types.ts'
import { formatValue } from './format-value.ts'

/** The result of a validation; `cause` is what the schema's own code threw, which is an issue as well. */
export type Validation =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly Issue[]; readonly cause?: unknown }

/** The output of a schema; throws `InvalidValue` on issues, and a `TypeError` if the schema is asynchronous. */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const checked = safeValidate(schema, value)
  if (!checked.issues) return checked.value
  throw new InvalidValue(checked.issues, checked.cause === undefined ? undefined : { cause: checked.cause })
}

/** The same, with issues as a result; throws only if the schema is asynchronous. */
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

/** The `code` of a cause that is an asynchronous schema; it is kept in a snapshot. */
export const ASYNC_SCHEMA = 'asynchronous_schema'

/** Passes through schemas that are composed of others. */
class AsyncSchemaError extends TypeError {
  readonly code = ASYNC_SCHEMA
  constructor() {
    super('the schema is asynchronous, and validation is synchronous; move the asynchronous check into run')
  }
}

/** Marks the promise as handled: its result is not used, and must not surface as an unhandled rejection. */
function asyncSchemaError(later: PromiseLike<unknown>): AsyncSchemaError {
  Promise.resolve(later).catch(() => {})
  return new AsyncSchemaError()
}

function readResult(given: unknown, asked: unknown): Validation {
  if (typeof given !== 'object' || given === null) return malformed(`returned ${formatValue(given)}`)
  const { issues, value, cause } = given as { issues?: unknown; value?: unknown; cause?: unknown }
  if (issues) return { issues: issuesIn(issues), ...(cause !== undefined && { cause }) }
  if (!('value' in given)) return malformed('returned an object with neither')
  // Libraries without asynchronous schemas return the promise of an asynchronous transform as the value.
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

/** How many options of a union, and issues of one option, a message shows. */
const MAX_SHOWN = 5

/** For zod's bare "Invalid input" of a union: the issues of the option that matched furthest, or the first of each. */
function unionIssues(errors: unknown): string | undefined {
  const options = (toArray(errors) ?? []).map((option) => issuesIn((toArray(option) ?? []).slice(0, MAX_SHOWN)))
  const nearest = options.find((option) => option.every(({ path }) => path.length > 0))
  if (nearest) return `: ${formatIssues(nearest)}`
  const messages = new Set(options.slice(0, MAX_SHOWN).map(([first]) => first?.message.replace(/^Invalid input: /, '')))
  return messages.size > 0 ? `: ${[...messages].join(', or ')}` : undefined
}

const segmentOf = (part: unknown): string | number =>
  issueSegment(typeof part === 'object' && part !== null ? attempt(() => (part as { key?: unknown }).key) : part)

const isPropertyKey = (path: unknown): boolean => ['string', 'number', 'symbol'].includes(typeof path)

/** An iterable (also of another realm) as an array; undefined for anything else. */
const toArray = (value: unknown): unknown[] | undefined =>
  typeof value === 'object' && value !== null ? attempt(() => [...(value as Iterable<unknown>)]) : undefined

/** Some libraries put a whole stack trace into the message of an issue. */
const withoutStack = (message: string): string =>
  message
    .split('\n')
    .filter((line, index) => index === 0 || !/^\s+at .*(?::\d+|<anonymous>|native)\)?$/.test(line))
    .join('\n')

/** The message of what was thrown; it may have issues of a nested schema. */
function messageOf(thrown: unknown): string {
  const { name, message } = attempt(() => toCause(thrown)) ?? { name: 'something that cannot be read', message: '' }
  const inner: unknown = attempt(() => Object(thrown).issues)
  const words = Array.isArray(inner) && inner.length > 0 ? formatIssues(issuesIn(inner)) : message
  return words === '' ? name : `${name}: ${withoutStack(words)}`
}

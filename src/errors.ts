import { globalState } from './border/global-state.ts'
import { errorDetailsOf, type RequestFailure } from './border/error-details.ts'
import { attempt, isError, toSafeString } from './border/shape.ts'
import type { ChatMessage } from './types/messages.ts'

const CODES = [
  'input_validation',
  'run',
  'output_validation',
  'timeout',
  'aborted',
  'invalid_choice',
  'max_iterations',
  'rejected',
  'snapshot_mismatch',
] as const
type ErrorCode = (typeof CODES)[number]
export const isErrorCode = (code: unknown): boolean => (CODES as readonly unknown[]).includes(code)
type Issue = { readonly message: string; readonly path: readonly (string | number)[] }
type ErrorData = ReturnType<PipelineError['toJSON']> & { readonly messages?: readonly ChatMessage[] }
type Cause = {
  name: string
  message: string
  status?: number
  code?: string
  type?: string
  requestId?: string
  provider?: string
  model?: string
}
type Usage = { readonly inputTokens: number; readonly outputTokens: number; readonly cost: number }

/** The place of a failure: its code, the path of the function, and the lifecycle state. */
export type FailurePlace = { code: ErrorCode; path: string; state: string; attempts?: number }
type Details = FailurePlace & {
  message: string
  issues?: readonly Issue[]
  retryAfter?: number
  usage?: Usage
  messages?: readonly ChatMessage[]
  cause?: unknown
}

/**
 * The one error of a pipeline: what happened (`code`, `message`), where (`path`, `state`), after how many
 * `attempts`. `cause` is the original error in process, and `{ name, message }` after a restore, with the `status`,
 * `code`, `type` and `requestId` that a server sent. The error that a run ends with has the `usage` of the run, and that
 * of an agent has the `messages` of its conversation, which neither a log nor JSON shows. `instanceof` knows the errors of
 * other copies of this package as well.
 *
 * @example
 * const result = await pipeline.safeRun(input)
 * if (!result.success) console.error(result.error.code, result.error.path)
 */
export class PipelineError extends Error {
  readonly code: ErrorCode
  readonly path: string
  readonly state: string
  readonly attempts: number
  declare readonly issues?: readonly Issue[]
  declare readonly retryAfter?: number
  declare readonly usage?: Usage
  declare readonly messages?: readonly ChatMessage[]
  declare readonly cause?: unknown

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === PipelineError ? isPipelineError(value) : Function.prototype[Symbol.hasInstance].call(this, value)
  }

  constructor({ code, message, path, state, attempts = 1, issues, retryAfter, usage, messages, cause }: Details) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.path = path
    this.state = state
    this.attempts = attempts
    if (issues) this.issues = issues
    if (retryAfter !== undefined) this.retryAfter = retryAfter
    if (usage) this.usage = usage
    setMessages(this, messages)
  }

  override get name(): string {
    return 'PipelineError'
  }

  /** The error as JSON data, without a stack. */
  toJSON(): {
    name: 'PipelineError'
    code: ErrorCode
    message: string
    path: string
    state: string
    attempts: number
    issues?: readonly Issue[]
    retryAfter?: number
    usage?: Usage
    cause?: Cause
  } {
    const { code, message, path, state, attempts, issues, retryAfter, usage, cause } = this
    return {
      name: 'PipelineError',
      code,
      message,
      path,
      state,
      attempts,
      ...(issues && { issues }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(usage && { usage }),
      ...(cause !== undefined && { cause: toCause(cause) }),
    }
  }
}

/** Not enumerable: a conversation is long, may be private, and is in the snapshot already. */
function setMessages(error: object, messages: readonly ChatMessage[] | undefined): void {
  if (messages) Object.defineProperty(error, 'messages', { value: messages, configurable: true })
}

/** A `PipelineError` of this copy of the package, or of another one. */
export const isPipelineError = (value: unknown): value is PipelineError =>
  isError(value) &&
  attempt(() => {
    const { name, code, path, state, message } = value as PipelineError
    return name === 'PipelineError' && [code, path, state, message].every((part) => typeof part === 'string')
  }) === true

/** The properties of a cause that describe a failed request, with their types. */
export const CAUSE_FIELDS: Readonly<Record<keyof RequestFailure, 'number' | 'string'>> = {
  status: 'number',
  code: 'string',
  type: 'string',
  requestId: 'string',
  provider: 'string',
  model: 'string',
}

function causeFieldsOf(thrown: object): RequestFailure {
  const note = errorDetailsOf(thrown)
  const facts: Record<string, unknown> = {}
  for (const [key, kind] of Object.entries(CAUSE_FIELDS) as [keyof RequestFailure, string][]) {
    const fact = note?.[key] ?? attempt(() => (thrown as RequestFailure)[key])
    if (typeof fact === kind && fact !== '' && !Number.isNaN(fact))
      facts[key] = typeof fact === 'string' ? truncate(fact) : fact
  }
  return facts
}

/** Any thrown value as data: its name, message and the properties of a failed request. */
export function toCause(thrown: unknown): Cause {
  if (typeof thrown !== 'object' || thrown === null)
    return { name: typeof thrown, message: truncate(toSafeString(thrown)) }
  const { name = 'Error' } = attempt(() => ({ name: (thrown as Partial<Cause>).name })) ?? {}
  const read = attempt(() => ({ message: (thrown as Partial<Cause>).message }))
  if (!read) return { name: truncate(toSafeString(name)), message: 'what was thrown cannot be read' }
  return {
    name: truncate(toSafeString(name)),
    message: truncate(toSafeString(read.message ?? '')),
    ...causeFieldsOf(thrown),
  }
}

/** In characters: some servers respond with a whole page, and each level of a pipeline repeats the message. */
const MAX_LENGTH = 10_000
const truncate = (text: string): string =>
  text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… (${text.length} characters in all)` : text

/** The live error of error data, with its original cause, while the process runs. */
const liveErrors = globalState('live', () => new WeakMap<ErrorData, PipelineError>())

/** The error as data for the context, linked to the live error; use `toJSON()` for data that leaves the run. */
export function toErrorData(error: PipelineError): ErrorData {
  const data: ErrorData = PipelineError.prototype.toJSON.call(error)
  setMessages(data, error.messages)
  liveErrors.set(data, error)
  return data
}

/** The live error of error data, or a new one. */
export function toError(data: ErrorData | PipelineError): PipelineError {
  return isPipelineError(data) ? data : (liveErrors.get(data) ?? new PipelineError(data))
}

/** The error that a whole run ends with, with the `usage` of the run. */
export function withUsage(data: ErrorData, usage: Usage): ErrorData {
  const error = toError(data)
  // The error is not visible outside yet, so it may be changed; creating another one is expensive.
  if (!error.usage) attempt(() => Object.assign(error, { usage: { ...usage } }))
  return toErrorData(error)
}

/** A thrown value as the `PipelineError` of one place; an error of another pipeline becomes the cause. */
export function failure(thrown: unknown, place: FailurePlace & { usage?: Usage }): PipelineError {
  const note = errorDetailsOf(thrown)
  const retryAfter = note?.retryAfter ?? retryAfterOf(thrown)
  const late = tooLateText(retryAfter)
  const full = formatMessage(truncate(note?.message ?? toCause(thrown).message), place)
  // After several attempts, or with a delay that is too long, more attempts do not help.
  const isInVain = (place.attempts ?? 1) > 1 || late !== ''
  const text = isInVain ? full.replace(', or set retry: { attempts: 3 }', '') : full
  // The error of a nested pipeline may have this sentence already.
  const message = text.includes(late) ? text : text + late
  const issues = issuesOf(thrown)
  // What a schema threw is a better cause than the InvalidValue around it.
  const inner = issues && attempt(() => (thrown as Error).cause)
  return new PipelineError({ ...place, message, issues, retryAfter, cause: inner ?? thrown })
}

/**
 * The error of an actor as data that leaves the run: not linked to the live error, because thousands of stacks take much
 * memory. An error that is not a `PipelineError` comes from a custom action.
 */
export const failureData = (thrown: unknown, path: string): ErrorData =>
  (isPipelineError(thrown) ? thrown : failure(thrown, { code: 'run', path, state: 'running' })).toJSON()

/** Whether a path is that of a function, or of one of its children or items, however deep. */
export const isWithin = (path: string, around: string): boolean =>
  path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[`)

/** Replaces the prefix `from` of a path by `to`; a path outside `from` is returned as it is. */
export const movePath = (path: string, from: string, to: string): string =>
  isWithin(path, from) ? to + path.slice(from.length) : path

/** Moves a `PipelineError` at or below the path `from` to `to`; anything else is returned as it is. */
export function moveError(thrown: unknown, from: string, to: string): unknown {
  if (!isPipelineError(thrown)) return thrown
  const { path, message, stack } = thrown
  const at = movePath(path, from, to)
  if (at === path) return thrown
  const { code, state, attempts, issues, retryAfter, usage, messages, cause } = thrown
  const error = new PipelineError({
    code,
    path: at,
    message: moveText(message, from, to),
    state,
    attempts,
    issues,
    retryAfter,
    usage,
    messages,
    cause: attempt(() => moveCause(cause, from, to)) ?? cause,
  } as Details)
  return Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
}

/** A message may contain other paths at or below `from`. */
const moveText = (words: string, from: string, to: string): string =>
  words.split(from).reduce((all, part) => all + (/^[\w-]/.test(part) ? from : to) + part)

/** An AggregateError of the children of a fallback moves too; an error of the user's own code stays as it is. */
function moveCause(cause: unknown, from: string, to: string): unknown {
  const words = (text: string) => moveText(text, from, to)
  const { name, message = '', errors = [] } = Object(cause) as Partial<AggregateError>
  if (name !== 'AggregateError') return cause
  if (!isError(cause)) return { ...(cause as object), message: words(message) }
  const all = errors.map((error) => moveError(error, from, to))
  return all.some((error, n) => error !== errors[n]) ? new AggregateError(all, words(message)) : cause
}

/** The delay (ms) before another attempt that a thrown value asks for: its `retryAfter`, or that of its cause. */
function retryAfterOf(thrown: unknown): number | undefined {
  const wishOf = (of: unknown) => attempt(() => (Object(of) as { retryAfter?: unknown }).retryAfter)
  const cause = attempt(() => (Object(thrown) as { cause?: unknown }).cause)
  const wishes = [wishOf(thrown), wishOf(cause)]
  const wish = wishes.find((ms): ms is number => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0)
  // JSON has no -0.
  return wish === undefined ? undefined : wish + 0
}

/** The longest `retryAfter` (ms) that is waited for; an error with a longer one fails at once. */
export const MAX_RETRY_AFTER = 60_000

function tooLateText(ms: number | undefined): string {
  if (ms === undefined || ms <= MAX_RETRY_AFTER) return ''
  const [size, unit] = UNITS.find(([size, , least]) => ms >= size * least) as (typeof UNITS)[number]
  const count = Math.round((ms / size) * 10) / 10
  return ` The server asks to wait ${count} ${unit}${count === 1 ? '' : 's'}.`
}
const UNITS = [
  [86_400_000, 'day', 2],
  [3_600_000, 'hour', 1],
  [60_000, 'minute', 0],
] as const

function formatMessage(message: string, { code, path, state }: FailurePlace): string {
  const what = (message || 'no message').replace(/\.$/, '')
  if (code === 'input_validation')
    return `${path} rejected its input: ${what}. Give it an input that its schema accepts.`
  if (code === 'output_validation')
    return `${path} returned an output that its schema rejects: ${what}. Fix the output, or the schema.`
  return `${path} failed while ${state}: ${what}.`
}

/** The issues of a thrown `InvalidValue`, of this copy of the package or of another one. */
const issuesOf = (thrown: unknown): readonly Issue[] | undefined =>
  attempt(() => {
    const { name, issues } = Object(thrown) as Partial<InvalidValue>
    if (name !== 'InvalidValue' || !Array.isArray(issues)) return undefined
    return (issues as Issue[]).map(({ message, path }) => ({
      message: toSafeString(message),
      path: path.map(issueSegment),
    }))
  })

/** A segment of an issue's path as JSON data; -0 names the same property as 0. */
export const issueSegment = (part: unknown): string | number =>
  typeof part === 'number' && Number.isFinite(part) ? part + 0 : (attempt(() => String(part)) ?? '?')

/** `items.0.id: expected a text; …`. */
export const formatIssues = (issues: readonly Issue[]): string =>
  issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ')

/** Thrown when a value does not fit its schema. */
export class InvalidValue extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[], options?: ErrorOptions) {
    super(formatIssues(issues), options)
    this.name = 'InvalidValue'
    this.issues = issues
  }
}

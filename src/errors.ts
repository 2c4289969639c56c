import { globalState } from './border/global-state.ts'
import { type ServerError, errorDetailsOf } from './border/error-details.ts'
import { attempt, isError, toText } from './border/shape.ts'
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

/** Where something went wrong, and what it is called. */
export type Place = { code: ErrorCode; path: string; state: string; attempts?: number }
type Details = Place & {
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
    hold(this, messages)
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
      ...(cause !== undefined && { cause: describe(cause) }),
    }
  }
}

/** A conversation is long, may be private, and is in the snapshot already: nothing that copies or shows an error has it. */
function hold(error: object, messages: readonly ChatMessage[] | undefined): void {
  if (messages) Object.defineProperty(error, 'messages', { value: messages, configurable: true })
}

/** A `PipelineError` of this copy of the package, or of another one. */
export const isPipelineError = (value: unknown): value is PipelineError =>
  isError(value) &&
  attempt(() => {
    const { name, code, path, state, message } = value as PipelineError
    return name === 'PipelineError' && [code, path, state, message].every((part) => typeof part === 'string')
  }) === true

/** By which key a fact is known, and as what. */
export const FACTS: Readonly<Record<keyof ServerError, 'number' | 'string'>> = {
  status: 'number',
  code: 'string',
  type: 'string',
  requestId: 'string',
  provider: 'string',
  model: 'string',
}

function factsOf(thrown: object): ServerError {
  const note = errorDetailsOf(thrown)
  const facts: Record<string, unknown> = {}
  for (const [key, kind] of Object.entries(FACTS) as [keyof ServerError, string][]) {
    const fact = note?.[key] ?? attempt(() => (thrown as ServerError)[key])
    if (typeof fact === kind && fact !== '' && !Number.isNaN(fact))
      facts[key] = typeof fact === 'string' ? short(fact) : fact
  }
  return facts
}

/** Whatever was thrown, by name, message and what a server said; what cannot be read is said to be so. */
export function describe(thrown: unknown): Cause {
  if (typeof thrown !== 'object' || thrown === null) return { name: typeof thrown, message: short(toText(thrown)) }
  const { name = 'Error' } = attempt(() => ({ name: (thrown as Partial<Cause>).name })) ?? {}
  const read = attempt(() => ({ message: (thrown as Partial<Cause>).message }))
  if (!read) return { name: short(toText(name)), message: 'what was thrown cannot be read' }
  return { name: short(toText(name)), message: short(toText(read.message ?? '')), ...factsOf(thrown) }
}

/** In characters: some servers answer with a whole page, and each level of a pipeline repeats the message. */
const LONGEST = 10_000
const short = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters in all)` : text

/** While the process lives, an error that is held as data still leads to the live one, and so to its original cause. */
const live = globalState('live', () => new WeakMap<ErrorData, PipelineError>())

/** The error as the data that context holds. Whoever is given data for good gets a `toJSON()`, which holds nothing live. */
export function toData(error: PipelineError): ErrorData {
  const data: ErrorData = PipelineError.prototype.toJSON.call(error)
  hold(data, error.messages)
  live.set(data, error)
  return data
}

/** The error that the data stands for. */
export function toError(data: ErrorData | PipelineError): PipelineError {
  return isPipelineError(data) ? data : (live.get(data) ?? new PipelineError(data))
}

/** The error that a whole run ends with: it tells what the run used. */
export function endOf(data: ErrorData, usage: Usage): ErrorData {
  const error = toError(data)
  // Nobody outside has it yet; another error would cost as much as all else that happens when a run fails.
  if (!error.usage) attempt(() => Object.assign(error, { usage: { ...usage } }))
  return toData(error)
}

/** Whatever was thrown, as the failure of one place; the error of another pipeline becomes the cause. */
export function failure(thrown: unknown, place: Place & { usage?: Usage }): PipelineError {
  const note = errorDetailsOf(thrown)
  const retryAfter = note?.retryAfter ?? delayIn(thrown)
  const late = tooLate(retryAfter)
  const told = explain(short(note?.words ?? describe(thrown).message), place)
  // Whoever has tried several times, or cannot wait for so long, has no use for more tries.
  const isInVain = (place.attempts ?? 1) > 1 || late !== ''
  const said = isInVain ? told.replace(', or set retry: { attempts: 3 }', '') : told
  // The error of another pipeline may say it already.
  const message = said.includes(late) ? said : said + late
  const issues = issuesOf(thrown)
  // What a schema threw says more than that the value did not fit.
  const inner = issues && attempt(() => (thrown as Error).cause)
  return new PipelineError({ ...place, message, issues, retryAfter, cause: inner ?? thrown })
}

/**
 * What an actor failed with, as data that is handed out for good: it must not lead to the live error, because thousands
 * of those, with their stacks, take much room. An error that is none of ours is that of an action that was provided.
 */
export const failureData = (thrown: unknown, path: string): ErrorData =>
  (isPipelineError(thrown) ? thrown : failure(thrown, { code: 'run', path, state: 'running' })).toJSON()

/** Whether a path is that of a function, or of one of its children or items, however deep. */
export const isWithin = (path: string, around: string): boolean =>
  path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[`)

/** `path`, where it is `from` or below it, as if that were `to`. */
export const moved = (path: string, from: string, to: string): string =>
  isWithin(path, from) ? to + path.slice(from.length) : path

/** An error of ours that happened at `from` or below it, told of as at `to`; anything else as it is. */
export function movedError(thrown: unknown, from: string, to: string): unknown {
  if (!isPipelineError(thrown)) return thrown
  const { path, message, stack } = thrown
  const at = moved(path, from, to)
  if (at === path) return thrown
  const { code, state, attempts, issues, retryAfter, usage, messages, cause } = thrown
  const error = new PipelineError({
    code,
    path: at,
    message: movedWords(message, from, to),
    state,
    attempts,
    issues,
    retryAfter,
    usage,
    messages,
    cause: attempt(() => movedCause(cause, from, to)) ?? cause,
  } as Details)
  return Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
}

/** Words may name others that stand at `from` or below it as well. */
const movedWords = (words: string, from: string, to: string): string =>
  words.split(from).reduce((all, part) => all + (/^[\w-]/.test(part) ? from : to) + part)

/** The errors of all alternatives are a cause that happened there, too; what the user's own code threw stays as it is. */
function movedCause(cause: unknown, from: string, to: string): unknown {
  const words = (text: string) => movedWords(text, from, to)
  const { name, message = '', errors = [] } = Object(cause) as Partial<AggregateError>
  if (name !== 'AggregateError') return cause
  if (!isError(cause)) return { ...(cause as object), message: words(message) }
  const all = errors.map((error) => movedError(error, from, to))
  return all.some((error, n) => error !== errors[n]) ? new AggregateError(all, words(message)) : cause
}

/** The delay (ms) that whatever was thrown wishes for before another try: its `retryAfter`, or that of its cause. */
function delayIn(thrown: unknown): number | undefined {
  const wishOf = (of: unknown) => attempt(() => (Object(of) as { retryAfter?: unknown }).retryAfter)
  const cause = attempt(() => (Object(thrown) as { cause?: unknown }).cause)
  const wishes = [wishOf(thrown), wishOf(cause)]
  const wish = wishes.find((ms): ms is number => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0)
  // JSON has no -0.
  return wish === undefined ? undefined : wish + 0
}

/** The longest time (ms) that a server can name and is waited for; what asks for more fails at once. */
export const LONGEST_WISH = 60_000

function tooLate(ms: number | undefined): string {
  if (ms === undefined || ms <= LONGEST_WISH) return ''
  const [size, unit] = UNITS.find(([size, , least]) => ms >= size * least) as (typeof UNITS)[number]
  const count = Math.round((ms / size) * 10) / 10
  return ` The server asks to wait ${count} ${unit}${count === 1 ? '' : 's'}.`
}
const UNITS = [
  [86_400_000, 'day', 2],
  [3_600_000, 'hour', 1],
  [60_000, 'minute', 0],
] as const

function explain(message: string, { code, path, state }: Place): string {
  const what = (message || 'no message').replace(/\.$/, '')
  if (code === 'input_validation')
    return `${path} rejected its input: ${what}. Give it an input that its schema accepts.`
  if (code === 'output_validation')
    return `${path} returned an output that its schema rejects: ${what}. Fix the output, or the schema.`
  return `${path} failed while ${state}: ${what}.`
}

/** What a schema said, where that was thrown: of this copy of the package, or of another one. */
const issuesOf = (thrown: unknown): readonly Issue[] | undefined =>
  attempt(() => {
    const { name, issues } = Object(thrown) as Partial<InvalidValue>
    if (name !== 'InvalidValue' || !Array.isArray(issues)) return undefined
    return (issues as Issue[]).map(({ message, path }) => ({ message: toText(message), path: path.map(keyOf) }))
  })

/** One part of a path, as JSON keeps it: -0, which names the same property, is 0. */
export const keyOf = (part: unknown): string | number =>
  typeof part === 'number' && Number.isFinite(part) ? part + 0 : (attempt(() => String(part)) ?? '?')

/** `items.0.id: expected a text; …`. */
export const issuesInWords = (issues: readonly Issue[]): string =>
  issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ')

/** Thrown when a value does not fit its schema. */
export class InvalidValue extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[], options?: ErrorOptions) {
    super(issuesInWords(issues), options)
    this.name = 'InvalidValue'
    this.issues = issues
  }
}

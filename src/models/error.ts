import type { PipelineError } from '../errors.ts'
import { attempt, isError, textOf } from '../border/shape.ts'

/** Why a model gave no answer that could be used. */
export type ModelProblem =
  | 'refusal'
  | 'length'
  | 'content_filter'
  | 'tool_calls'
  | 'cut_off'
  | 'first_token_timeout'
  | 'idle_timeout'
  | 'no_answer'
  | 'no_connection'
  | 'no_api_key'

/**
 * The `cause` of a model call's failure when the request itself went well: `problem` says what was wrong with the
 * answer. What the server refuses over HTTP is the SDK's own error instead.
 *
 * @example
 * const result = await chat.safeRun('Good or bad?')
 * if (!result.success && result.error.cause instanceof ModelError) console.log(result.error.cause.problem)
 */
export class ModelError extends Error {
  readonly problem: ModelProblem

  constructor(problem: ModelProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ModelError'
    this.problem = problem
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ModelError ? isModelError(value) : Function.prototype[Symbol.hasInstance].call(this, value)
  }
}

/** A `ModelError` of this copy of the package, or of another one. */
const isModelError = (value: unknown): value is ModelError =>
  isError(value) &&
  attempt(() => value.name === 'ModelError' && typeof (value as Partial<ModelError>).problem === 'string') === true

export const cutOff = (cause?: unknown): ModelError =>
  new ModelError(
    'cut_off',
    'the connection ended before the answer did (no finish reason came). Run it again, or set retry: { attempts: 3 }',
    cause === undefined ? undefined : { cause },
  )

const PASSING: ReadonlySet<string> = new Set(['cut_off', 'no_connection', 'first_token_timeout', 'idle_timeout'])
/** Money, not time: these also come as 429. */
const USED_UP = /insufficient_quota|billing|credit_balance|access_terminated/

type Thrown = {
  name?: unknown
  status?: unknown
  statusCode?: unknown
  isRetryable?: unknown
  code?: unknown
  type?: unknown
  data?: unknown
  cause?: { code?: unknown }
}

/**
 * Whether another try may go better: the answer did not fit, time ran out, the connection broke, or the server said
 * 408, 409, 429 or 5xx. A quota that is used up also comes as 429, and is not.
 */
export function isTransient({ code, cause }: PipelineError): boolean {
  if (code === 'timeout' || code === 'output_validation') return true
  if (code !== 'run') return false
  return attempt(() => mayPass(cause)) ?? false
}

/** The same, where a part that cannot be read is undefined. */
const readable = <T extends object>(of: T): T =>
  new Proxy(of, { get: (target, key) => attempt(() => Reflect.get(target, key) as unknown) })

function mayPass(cause: unknown): boolean {
  if (isModelError(cause)) return PASSING.has(cause.problem)
  const thrown = readable(Object(cause) as Thrown)
  const { error } = readable(Object(thrown.data) as { error?: Thrown })
  const said = [thrown.code, thrown.type, error?.code, error?.type]
  if (said.some((word) => USED_UP.test(textOf(word)))) return false
  const status = thrown.status ?? thrown.statusCode
  if (typeof status === 'number') return [408, 409, 429].includes(status) || status >= 500
  if (typeof thrown.isRetryable === 'boolean') return thrown.isRetryable
  // What the server says in the midst of a stream has a status that is undefined; a broken body has a system code.
  return 'status' in thrown || thrown.name === 'SyntaxError' || typeof thrown.cause?.code === 'string'
}

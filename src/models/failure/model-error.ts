import { MODEL_BACKOFF } from '../../border/backoff.ts'
import { attempt, isError, toSafeString } from '../../border/shape.ts'
import { withErrorDetails, errorDetailsOf } from '../../border/error-details.ts'
import type { PipelineError } from '../../errors.ts'
import type { Policy } from '../../types.ts'

/** Why a model returned no usable answer. */
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
 * The `cause` of a failed model call whose HTTP request succeeded: `problem` names what is wrong with the answer. A
 * request that the server rejects fails with the SDK's own error instead.
 *
 * @example
 * const result = await chat.safeRun('Good or bad?')
 * if (!result.success && result.error.cause instanceof ModelError) console.log(result.error.cause.problem)
 */
export class ModelError extends Error {
  readonly problem: ModelProblem
  /** From an error that the server sent inside a stream, if there was one. */
  declare readonly status?: number
  declare readonly code?: string
  declare readonly type?: string
  declare readonly requestId?: string

  constructor(problem: ModelProblem, message: string, options?: ErrorOptions & { passes?: boolean }) {
    super(message, options)
    this.name = 'ModelError'
    this.problem = problem
    if (options?.passes !== undefined) withErrorDetails(this, { isTransient: options.passes })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ModelError ? isModelError(value) : Function.prototype[Symbol.hasInstance].call(this, value)
  }
}

/** A `ModelError` of this copy of the package, or of another one. */
export const isModelError = (value: unknown): value is ModelError =>
  isError(value) &&
  attempt(() => value.name === 'ModelError' && typeof (value as Partial<ModelError>).problem === 'string') === true

export const refusalError = (words: string): ModelError =>
  new ModelError('refusal', `the model refused to answer: ${JSON.stringify(words)}. Change the prompt`)

const TRANSIENT_PROBLEMS: ReadonlySet<string> = new Set([
  'cut_off',
  'no_connection',
  'first_token_timeout',
  'idle_timeout',
])

/** Whether a retry may succeed, by what the server sent; undefined if that is not known. */
function isTransientCause(cause: unknown): boolean | undefined {
  const known = errorDetailsOf(cause)
  if (known && 'isTransient' in known) return known.isTransient
  return attempt(() =>
    isModelError(cause) ? TRANSIENT_PROBLEMS.has(cause.problem) : isTransientStatus(Object(cause) as ErrorFields),
  )
}

type ErrorFields = { [key in 'status' | 'statusCode' | 'isRetryable' | 'code' | 'type']?: unknown } & {
  cause?: ErrorFields
}

/** For an error that was not annotated, such as one of a fake model: only its status and code count. */
function isTransientStatus({
  status,
  statusCode = status,
  isRetryable,
  code,
  type,
  cause,
}: ErrorFields): boolean | undefined {
  if (/quota|billing/.test(`${toSafeString(code)} ${toSafeString(type)}`)) return false
  if (typeof statusCode === 'number') return [408, 409, 425, 429].includes(statusCode) || statusCode >= 500
  return typeof isRetryable === 'boolean' ? isRetryable : typeof cause?.code === 'string' || undefined
}

/**
 * Whether a retry may succeed: invalid output, a timeout, a broken connection, or status 408, 409, 429 or 5xx, also as
 * an error in a stream. An exhausted quota, which also has status 429, is not transient.
 */
export function isTransient({ code, cause }: PipelineError): boolean {
  if (code === 'timeout' || code === 'output_validation') return true
  return code === 'run' && isTransientCause(cause) === true
}

/** The same for a user's model function, whose unknown errors are retried. */
const isRetryable = ({ cause }: PipelineError): boolean => isTransientCause(cause) !== false

/** The retry policy of a leaf that calls a model, with its defaults. */
export const modelRetry = (retry: Policy['retry'], own = false): Policy['retry'] =>
  retry && {
    ...retry,
    backoff: retry.backoff === undefined ? MODEL_BACKOFF : retry.backoff,
    when: retry.when ?? (own ? isRetryable : isTransient),
  }

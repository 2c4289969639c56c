const CODES = [
  'input_validation',
  'run',
  'output_validation',
  'timeout',
  'aborted',
  'invalid_choice',
  'max_iterations',
  'snapshot_mismatch',
] as const
type ErrorCode = (typeof CODES)[number]
type Issue = { readonly message: string; readonly path: readonly (string | number)[] }
type ErrorData = ReturnType<PipelineError['toJSON']>
type Cause = { name: string; message: string }
type Wish = { retryAfter?: unknown }

/** Where something went wrong, and what it is called. */
export type Place = { code: ErrorCode; path: string; state: string; attempts?: number }
type Details = Place & { message: string; issues?: readonly Issue[]; retryAfter?: number; cause?: unknown }

/**
 * The one error of a pipeline: what happened (`code`, `message`), where (`path`, `state`), after how many
 * `attempts`. `cause` is the original error in process, and `{ name, message }` after a restore.
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
  declare readonly cause?: unknown

  constructor({ code, message, path, state, attempts = 1, issues, retryAfter, cause }: Details) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.path = path
    this.state = state
    this.attempts = attempts
    if (issues) this.issues = issues
    if (retryAfter !== undefined) this.retryAfter = retryAfter
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
    cause?: Cause
  } {
    const { code, message, path, state, attempts, issues, retryAfter, cause } = this
    return {
      name: 'PipelineError',
      code,
      message,
      path,
      state,
      attempts,
      ...(issues && { issues }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(cause !== undefined && { cause: describe(cause) }),
    }
  }
}

/** Whatever was thrown, by name and message. */
export function describe(thrown: unknown): Cause {
  if (typeof thrown !== 'object' || thrown === null) return { name: typeof thrown, message: String(thrown) }
  const { name = 'Error', message = '' } = thrown as Partial<Cause>
  return { name: String(name), message: String(message) }
}

/** While the process lives, an error that is held as data still leads to the live one, and so to its original cause. */
const live = new WeakMap<ErrorData, PipelineError>()

/** The error as the data that context holds. */
export function toData(error: PipelineError): ErrorData {
  const data = error.toJSON()
  live.set(data, error)
  return data
}

/** The error that the data stands for. */
export function toError(data: ErrorData | PipelineError): PipelineError {
  return data instanceof PipelineError ? data : (live.get(data) ?? new PipelineError(data))
}

/** Whatever was thrown, as the failure of one place; the error of another pipeline becomes the cause. */
export function failure(thrown: unknown, place: Place): PipelineError {
  const issues = thrown instanceof InvalidValue ? thrown.issues : undefined
  const message = explain(describe(thrown).message, place)
  // What a schema threw says more than that the value did not fit.
  const cause = (issues && (thrown as Error).cause) ?? thrown
  return new PipelineError({ ...place, message, issues, retryAfter: delayIn(thrown), cause })
}

/** The delay (ms) that whatever was thrown wishes for before another try: its `retryAfter`, or that of its cause. */
function delayIn(thrown: unknown): number | undefined {
  const { retryAfter, cause } = Object(thrown) as Wish & { cause?: unknown }
  const wishes = [retryAfter, (Object(cause) as Wish).retryAfter]
  return wishes.find((ms): ms is number => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0)
}

function explain(message: string, { code, path, state }: Place): string {
  const what = (message || 'no message').replace(/\.$/, '')
  if (code === 'input_validation') return `${path} refused its input: ${what}. Give it what its input schema asks for.`
  if (code === 'output_validation')
    return `${path} gave what its output schema refuses: ${what}. Mend what it gives, or the schema.`
  return `${path} failed while ${state}: ${what}.`
}

/** Thrown when a value does not fit its schema. */
export class InvalidValue extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[], options?: ErrorOptions) {
    const each = issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    super(each.join('; '), options)
    this.name = 'InvalidValue'
    this.issues = issues
  }
}

import type { PipelineError } from '../../errors.ts'

/** Why a chat gave no answer that could be used. */
export type ChatProblem =
  | 'refusal'
  | 'length'
  | 'content_filter'
  | 'tool_calls'
  | 'cut_off'
  | 'no_answer'
  | 'no_connection'
  | 'no_api_key'

/**
 * The `cause` of a chat's failure when the request itself went well; an HTTP error is the SDK's own `APIError`.
 *
 * @example
 * const result = await chat.safeRun('Good or bad?')
 * if (!result.success && result.error.cause instanceof OpenAIChatError) console.log(result.error.cause.problem)
 */
export class OpenAIChatError extends Error {
  readonly problem: ChatProblem

  constructor(problem: ChatProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OpenAIChatError'
    this.problem = problem
  }
}

/** A connection that could not be made, in words: the SDK says no more than "Connection error". */
export function unreachable(thrown: unknown): unknown {
  if (!('status' in Object(thrown)) || (thrown as Thrown).status !== undefined) return thrown
  return new OpenAIChatError(
    'no_connection',
    `the model server could not be reached: ${rootOf(thrown)}. Check the network, and baseURL (or OPENAI_BASE_URL)`,
    { cause: thrown },
  )
}

function rootOf(thrown: unknown): string {
  const { cause, message, code } = Object(thrown) as { cause?: unknown; message?: unknown; code?: unknown }
  return cause === undefined ? String(message || code).replace(/\.$/, '') : rootOf(cause)
}

type Thrown = { status?: unknown; code?: unknown; type?: unknown; cause?: { code?: unknown } }

/**
 * Whether another try may go better: the answer did not fit, time ran out, the connection broke, or the server said
 * 408, 409, 429 or 5xx. A quota that is used up also comes as 429, and is not.
 */
export function isTransient({ code, cause }: PipelineError): boolean {
  if (code === 'timeout' || code === 'output_validation') return true
  if (code !== 'run') return false
  if (cause instanceof OpenAIChatError) return cause.problem === 'cut_off' || cause.problem === 'no_connection'
  const thrown = Object(cause) as Thrown
  if (thrown.code === 'insufficient_quota' || thrown.type === 'insufficient_quota') return false
  const { status } = thrown
  if (typeof status === 'number') return [408, 409, 429].includes(status) || status >= 500
  // What the server says in the midst of a stream has a status that is undefined; a broken body has a system code.
  return 'status' in thrown || cause instanceof SyntaxError || typeof thrown.cause?.code === 'string'
}

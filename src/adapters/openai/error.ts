import type { PipelineError } from '../../errors.ts'

/** Why a chat gave no answer that could be used. */
export type ChatProblem =
  | 'refusal'
  | 'length'
  | 'content_filter'
  | 'tool_calls'
  | 'cut_off'
  | 'no_answer'
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

type Thrown = { status?: unknown; code?: unknown; type?: unknown; cause?: { code?: unknown } }

/**
 * Whether another try may go better: the answer did not fit, time ran out, the connection broke, or the server said
 * 408, 409, 429 or 5xx. A quota that is used up also comes as 429, and is not.
 */
export function isTransient({ code, cause }: PipelineError): boolean {
  if (code === 'timeout' || code === 'output_validation') return true
  if (code !== 'run') return false
  if (cause instanceof OpenAIChatError) return cause.problem === 'cut_off'
  const thrown = Object(cause) as Thrown
  if (thrown.code === 'insufficient_quota' || thrown.type === 'insufficient_quota') return false
  const { status } = thrown
  if (typeof status === 'number') return [408, 409, 429].includes(status) || status >= 500
  // Connection errors of the SDK have a status that is undefined; those below it carry a system code.
  return 'status' in thrown || cause instanceof SyntaxError || typeof thrown.cause?.code === 'string'
}

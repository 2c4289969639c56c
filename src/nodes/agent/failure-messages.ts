import { toCause, formatIssues } from '../../errors.ts'
import { ASYNC_SCHEMA, type Validation } from '../../border/schema.ts'
import { attempt } from '../../border/shape.ts'
import { timeoutsOf } from '../../border/timeouts.ts'
import type { ErrorData, Issue, Policy } from '../../types.ts'

/**
 * The message for the model about a tool that failed: what happened, so that it can react. The path in the pipeline and
 * the advice for its developer are in the error itself.
 */
export function toolFailureText(
  { code, path, message, issues = [], cause }: ErrorData,
  { inputs, timeout }: ToolPlace,
): string {
  const inner = !inputs.includes(path)
  // A later version may have saved a code that this one does not know.
  switch (code as ErrorData['code'] | 'budget_exceeded') {
    case 'input_validation':
      if (!inner) return misfitMessage(issues, cause)
      return `a step of the tool rejected its input${inBrackets(issues)}`
    case 'output_validation':
      return `the tool ran, but its result does not have the required form${inBrackets(issues)}`
    case 'timeout': {
      const { attempt, idle } = timeoutsOf(path === inputs[0] ? timeout : undefined)
      if (idle) return 'the tool took too long, and was stopped'
      if (attempt) return `the tool took longer than its timeout of ${attempt} ms, and was stopped`
      return 'a part of the tool took too long, and was stopped'
    }
    case 'aborted':
      if (cause?.name === 'CancelCall') return `a person stopped this call${cause.message ? `: ${cause.message}` : ''}`
      return 'the tool was stopped before it ended'
    case 'invalid_choice':
      return 'the tool could not decide how to continue'
    case 'max_iterations':
      return 'the tool reached no result within its maximum number of rounds'
    case 'rejected': {
      const [, reason] = /Their reason: (.*)$/s.exec(message) ?? []
      return `a person ended what the tool was doing${reason ? `. Their reason: ${reason}` : ''}`
    }
    case 'budget_exceeded':
      return 'the tool has used up its budget, and was stopped'
    case 'snapshot_mismatch':
      return 'the tool could not go on from where it was stopped'
    case 'run':
      return causeMessage(cause, inputs[0] ?? '')
    default:
      return 'the tool failed'
  }
}

/** The place of a tool in a run: the paths that receive its arguments, its own first, and its own timeout. */
export type ToolPlace = { inputs: readonly string[]; timeout: Policy['timeout'] }

/** The issues of arguments as a message for the model; undefined if they are valid. */
export function argumentsProblem(check: (value: unknown) => Validation, input: unknown): string | undefined {
  try {
    const { issues } = check(input)
    return issues && misfitMessage(issues)
  } catch (thrown) {
    return misfitMessage(
      [],
      attempt(() => toCause(thrown)),
    )
  }
}

function misfitMessage(issues: readonly Issue[], cause?: ErrorData['cause']): string {
  const each = issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
  // Only the developer can fix that; the model can only stop calling the tool.
  if (each.length === 0 && cause?.code === ASYNC_SCHEMA) return 'the arguments of this tool cannot be checked'
  const what = each.length > 0 ? each.join('; ') : (cause?.message ?? '').replace(/\.$/, '')
  return `the arguments do not fit${what ? `: ${what}` : ''}. Fix them and call again.`
}

/** The tool's own message; of a pipeline inside it the message without path and state, of a model a general one. */
function causeMessage(cause: ErrorData['cause'], path: string): string {
  const { name, message = '', provider, model } = cause ?? {}
  // The error of a model's server is for the owner of its key.
  if (name === 'ModelError' || (provider !== undefined && model !== undefined))
    return 'the model that the tool calls returned no usable answer'
  if (name === 'AggregateError' && path && message.includes(path)) return 'every alternative of the tool failed'
  if (name !== 'PipelineError') return message || 'the tool failed, and did not say why'
  // The path and the state before it are for its developer.
  const [, state = '', ...others] = message.split(' failed while ')
  const [, said] = /^\w+: (.*)\.$/s.exec(state) ?? []
  return said && others.length === 0 ? said : 'a part of the tool failed'
}

/**
 * Whether a tool failed by a mistake of its developer, to which no model can react: a schema is asynchronous, or the
 * output of a function does not fit the function's own schema. The output of a model (an `llmCall`, an agent, a server's
 * tool) does not count. `hasCodeAt` returns whether the function at a path runs code of the
 * user.
 */
export const isMistake = ({ code, path, cause }: ErrorData, hasCodeAt: (path: string) => boolean): boolean =>
  (code === 'output_validation' && hasCodeAt(path)) ||
  ((code === 'input_validation' || code === 'output_validation') && cause?.code === ASYNC_SCHEMA)

const inBrackets = (issues: readonly Issue[]): string => (issues.length > 0 ? ` (${formatIssues(issues)})` : '')

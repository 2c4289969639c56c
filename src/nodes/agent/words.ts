import { describe, issuesInWords } from '../../errors.ts'
import type { Checked } from '../../border/schema.ts'
import { attempt } from '../../border/shape.ts'
import { timesOf } from '../../border/times.ts'
import type { ErrorData, Issue, Policy } from '../../types.ts'

/**
 * What a model is told of a tool that failed: what happened, so that it can do something about it. Where in the pipeline
 * it was, and what its developer could do, is in the error itself.
 */
export function failureWords({ code, path, issues = [], cause }: ErrorData, { inputs, timeout }: ToolPlace): string {
  const inner = !inputs.includes(path)
  switch (code) {
    case 'input_validation':
      if (!inner) return misfitWords(issues, cause?.message)
      return `a step of the tool rejected its input${inBrackets(issues)}`
    case 'output_validation':
      return `the tool ran, but its result does not have the required form${inBrackets(issues)}`
    case 'timeout': {
      const { attempt, idle } = timesOf(path === inputs[0] ? timeout : undefined)
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
    case 'run':
      return causeWords(cause, inputs[0] ?? '')
    default:
      return 'the tool failed'
  }
}

/** Where a tool stands: the paths that its arguments come to, its own first, and its own timeout. */
export type ToolPlace = { inputs: readonly string[]; timeout: Policy['timeout'] }

/** What a schema has against arguments, in words for a model; nothing if they fit. */
export function misfitOf(check: (value: unknown) => Checked, input: unknown): string | undefined {
  try {
    const { issues } = check(input)
    return issues && misfitWords(issues)
  } catch (thrown) {
    return misfitWords(
      [],
      attempt(() => describe(thrown).message),
    )
  }
}

function misfitWords(issues: readonly Issue[], message = ''): string {
  const each = issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
  const what = each.length > 0 ? each.join('; ') : message.replace(/\.$/, '')
  // That is for its developer; the model can only leave the tool alone.
  if (each.length === 0 && what.startsWith('the schema is asynchronous'))
    return 'the arguments of this tool cannot be checked'
  return `the arguments do not fit${what ? `: ${what}` : ''}. Fix them and call again.`
}

/** What the tool itself said; of a pipeline inside it the words alone, of a model what can be said to another one. */
function causeWords(cause: ErrorData['cause'], path: string): string {
  const { name, message = '' } = cause ?? {}
  if (name === 'ModelError') return 'the model that the tool calls returned no usable answer'
  if (name === 'AggregateError' && path && message.includes(path)) return 'every alternative of the tool failed'
  if (name !== 'PipelineError') return message || 'the tool failed, and did not say why'
  // The path and the state before it are for its developer.
  const [, state = '', ...others] = message.split(' failed while ')
  const [, said] = /^\w+: (.*)\.$/s.exec(state) ?? []
  return said && others.length === 0 ? said : 'a part of the tool failed'
}

const inBrackets = (issues: readonly Issue[]): string => (issues.length > 0 ? ` (${issuesInWords(issues)})` : '')

import { failure, isPipelineError, PipelineError } from '../../errors.ts'
import { callPath, type Ending, type OneCall } from '../../compile/lifecycle.ts'
import { callKey } from '../../compile/scope.ts'
import { findNonJson } from '../../border/json-data.ts'
import { assertSync } from '../../border/shape.ts'
import { RunNotSerializable } from '../../border/not-serializable.ts'
import { toolError } from '../../models/assistant-message.ts'
import type { ErrorData, ToolResult } from '../../types.ts'
import type { Rejection } from './call.ts'
import { failureOf, outcomeOf } from './tool-results.ts'
import type { AgentTool } from './tools.ts'
import { isMistake } from './failure-messages.ts'

/** The outcome of a call: for the chart and for predicates, and as the model reads it (`told`). */
export type CallOutcome = {
  readonly status: 'complete' | 'rejected' | 'failed'
  readonly output?: unknown
  readonly error?: ErrorData
  /** The decision of a person. */
  readonly word?: 'approved' | 'rejected'
  readonly told: ResultForModel
}
export type ResultForModel = {
  readonly success: boolean
  readonly content: string
  readonly result?: ToolResult
  /** The length of its text before it was truncated, in characters. */
  readonly cut?: number
}

export type ToolErrorPolicy = 'tell' | 'fail' | ((error: PipelineError, call: object) => unknown)
export type OutcomeOptions = {
  /** The path of the agent, and of the calls. */
  readonly owner: string
  readonly path: string
  readonly toolErrors: ToolErrorPolicy
  readonly maxLength: number
  /** Whether the output of this tool may be that of the agent. */
  isFinal(name: string): boolean
  hasCodeAt(path: string): boolean
}

/** The outcome of a call that was not made. */
export const notExecuted = ({ problem = 'Error: this call was not made.' }: OneCall): CallOutcome => ({
  status: 'failed',
  told: { success: false, ...toolError(problem) },
})

/** The outcome of a call that has ended; throws the error with which its agent fails. */
export function callOutcome(
  call: OneCall,
  tool: AgentTool | undefined,
  ending: Ending,
  how: OutcomeOptions,
): CallOutcome {
  const { gate } = ending.frame ?? {}
  const word = gate?.approved ? ({ word: 'approved' } as const) : {}
  if (ending.error !== undefined) return { status: 'failed', ...word, ...failed(call, tool, ending.error, how) }
  if (ending.state === 'rejected') return rejected(call, (ending.output ?? {}) as Rejection, how)
  const { success, ...told } = outcomeOf(ending.output, tool, { maxLength: how.maxLength })
  const changed = gate?.changed ? withChange(told, ending.frame?.given ?? ending.frame?.input) : told
  return { status: 'complete', ...word, output: ending.output, told: { success, ...changed } }
}

/** The outcome of the call that fails the agent: for the conversation in the error. */
export function fatalOutcome(
  call: OneCall,
  tool: AgentTool | undefined,
  { error, output }: Ending,
  how: OutcomeOptions,
): CallOutcome {
  if (error !== undefined && isPipelineError(error)) {
    return { status: 'failed', told: failureOf(error.toJSON(), tool, callPath(how.path, call)) }
  }
  return { status: 'rejected', told: rejectionResult(Object(output) as Rejection) }
}

/** Notes for the model that the tool ran with other arguments than those that it wrote. */
function withChange(told: Omit<ResultForModel, 'success'>, input: unknown): Omit<ResultForModel, 'success'> {
  const content = `A person changed the arguments of this call to ${JSON.stringify(input)}. ${told.content}`
  const { result, ...rest } = told
  if (result?.type !== 'content') return { ...rest, content, result: { type: 'text', value: content } }
  const note = { type: 'text', text: content.slice(0, content.length - told.content.length).trim() }
  return { ...rest, content, result: { ...result, value: [note, ...(result.value as never[])] } }
}

function rejected({ id, name }: OneCall, rejection: Rejection, { owner }: OutcomeOptions): CallOutcome {
  if (rejection.end) {
    const message = `${owner} was ended by a person, who rejected the call ${id} of ${name}.${why(rejection)}`
    throw new PipelineError({ code: 'rejected', path: owner, state: 'running', message })
  }
  return { status: 'rejected', word: 'rejected', told: rejectionResult(rejection) }
}

function rejectionResult(rejection: Rejection): ResultForModel {
  const { late } = rejection
  const content =
    late === undefined
      ? `A person rejected this call.${why(rejection)}`
      : `This call was not made: no person approved it within ${late} ms.`
  return { success: false, ...toolError(content) }
}

const why = ({ reason }: Rejection): string => (reason ? ` Their reason: ${reason}` : '')

function failed(
  call: OneCall,
  tool: AgentTool | undefined,
  thrown: unknown,
  how: OutcomeOptions,
): Pick<CallOutcome, 'error' | 'told'> {
  const path = callPath(how.path, call)
  const error = isPipelineError(thrown) ? thrown : failure(thrown, { code: 'run', path, state: 'running' })
  const data = error.toJSON()
  const told = failureOf(data, tool, path)
  const { toolErrors } = how
  if (typeof toolErrors !== 'function') {
    const isWrong = isMistake(data, (at) => how.hasCodeAt(at.replace(`${how.path}[${callKey(call.id)}]`, how.path)))
    if (toolErrors === 'fail' || isWrong) throw error
    return { error: data, told }
  }
  const { id, name, input } = call
  const answer: unknown = assertSync(toolErrors(error, { id, name, input }), 'toolErrors')
  if (answer === 'fail') throw error
  if (answer === 'tell') return { error: data, told }
  if (typeof answer !== 'string') {
    throw new TypeError(`toolErrors returned ${typeof answer}. Return 'tell', 'fail', or a text for the model.`)
  }
  return { error: data, told: { success: false, ...toolError(answer) } }
}

/** The output is saved where it is data; it must be data where it may become the agent's output. */
export function outcomeToSave(outcome: CallOutcome, call: OneCall, how: OutcomeOptions): CallOutcome {
  const { output, ...rest } = outcome
  const found = output === undefined ? undefined : findNonJson(output, 'output')
  if (found && how.isFinal(call.name)) throw new RunNotSerializable(callPath(how.path, call), found)
  return output === undefined || found ? rest : outcome
}

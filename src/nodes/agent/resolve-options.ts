import { formatValue } from '../../border/format-value.ts'
import { checkNumber, POSITIVE_INTEGER, NON_NEGATIVE, TIMEOUT_RANGE } from '../../border/ranges.ts'
import type { Policy, StandardSchema, ToolChoice } from '../../types.ts'
import { type ApprovalPolicy, approvalPolicy, type ApproveOption, checkNames, mayAskAny } from './approval-policy.ts'
import { choiceProblem, type KnownTools } from './tool-choice.ts'
import type { Ends } from './end-conditions.ts'
import type { ToolErrorPolicy } from './call-outcome.ts'
import { type ResolvedTools, resolveTools } from './toolset.ts'

/** The names of an agent's own options. */
export const OPTIONS = [
  'model',
  'tools',
  'maxTurns',
  'onMaxTurns',
  'instructions',
  'input',
  'output',
  'outputRetries',
  'transcript',
  'endWith',
  'stopWhen',
  'beforeTurn',
  'approve',
  'approvalTimeout',
  'toolErrors',
  'concurrency',
  'maxResultLength',
  'toolChoice',
]

type Config = Policy & { readonly name: string; readonly [option: string]: unknown }

/** The options of an agent, checked and with their defaults. */
export type ResolvedOptions = {
  readonly name: string
  readonly owner: string
  readonly policy: Policy
  readonly model: unknown
  readonly tools: ResolvedTools
  /** The tools by name, where they are known before any run. */
  readonly known: KnownTools
  readonly instructions: string | undefined | (() => unknown)
  readonly input: StandardSchema | undefined
  readonly output: StandardSchema | undefined
  readonly outputRetries: number
  readonly transcript: boolean
  readonly beforeTurn: unknown
  readonly asking: ApprovalPolicy
  readonly mayAsk: boolean
  readonly approvalTimeout: number | undefined
  readonly toolErrors: ToolErrorPolicy
  readonly concurrency: number
  readonly maxResultLength: number
  readonly toolChoice: ToolChoice | undefined
  readonly ends: Ends
}

/** Checks the options; throws a `TypeError` with the wrong option, its value and what is expected. */
export function resolveOptions(config: object): ResolvedOptions {
  const {
    name,
    model,
    tools: list,
    maxTurns = 10,
    onMaxTurns = 'fail',
    instructions,
    input,
    output,
    outputRetries = 2,
    transcript = false,
    endWith,
    stopWhen,
    beforeTurn,
    approve,
    approvalTimeout,
    toolErrors = 'tell',
    concurrency = 8,
    maxResultLength = 100_000,
    toolChoice,
    ...policy
  } = config as Config
  const owner = `agent ${String(name)}`
  const must = (field: string, value: unknown, isRight: boolean, words: string) => {
    if (!isRight) throw new TypeError(`${owner}: ${field} is ${formatValue(value)}. Give ${words}.`)
  }
  const isFunction = (value: unknown) => typeof value === 'function'
  checkNumber(owner, 'maxTurns', maxTurns, POSITIVE_INTEGER)
  checkNumber(owner, 'outputRetries', outputRetries, NON_NEGATIVE)
  checkNumber(owner, 'approvalTimeout', approvalTimeout, TIMEOUT_RANGE)
  if (concurrency !== Infinity) checkNumber(owner, 'concurrency', concurrency, POSITIVE_INTEGER)
  if (maxResultLength !== Infinity) checkNumber(owner, 'maxResultLength', maxResultLength, POSITIVE_INTEGER)
  must('stopWhen', stopWhen, stopWhen === undefined || isFunction(stopWhen), '(round) => boolean')
  must(
    'onMaxTurns',
    onMaxTurns,
    onMaxTurns === 'fail' || onMaxTurns === 'answer' || isFunction(onMaxTurns),
    "'fail', 'answer' or (round) => output",
  )
  must(
    'instructions',
    instructions,
    instructions === undefined || typeof instructions === 'string' || isFunction(instructions),
    'a string or (round) => string',
  )
  must('transcript', transcript, typeof transcript === 'boolean', 'true to get { output, messages }, or leave it out')
  must(
    'toolErrors',
    toolErrors,
    toolErrors === 'tell' || toolErrors === 'fail' || isFunction(toolErrors),
    "'tell', 'fail' or (error, call) => 'tell', 'fail' or a text",
  )
  const tools = resolveTools(owner, list)
  const known = tools.isAsked ? undefined : tools.fixed
  const problem = choiceProblem(toolChoice, known)
  if (problem !== undefined) throw new TypeError(`${owner}: toolChoice: ${problem}.`)
  const ends = typeof endWith === 'string' ? [endWith] : (endWith ?? [])
  must(
    'endWith',
    endWith,
    Array.isArray(ends) && ends.every((one) => typeof one === 'string'),
    'the name of a tool, or an array of names',
  )
  checkNames(owner, 'endWith', ends as string[], known)
  return {
    name,
    owner,
    policy: policy as Policy,
    model,
    tools,
    known,
    instructions: instructions as ResolvedOptions['instructions'],
    input: input as StandardSchema | undefined,
    output: output as StandardSchema | undefined,
    outputRetries: outputRetries as number,
    transcript: transcript as boolean,
    beforeTurn,
    asking: approvalPolicy(owner, approve as ApproveOption, known),
    mayAsk: tools.isAsked || mayAskAny(approve as ApproveOption, tools.fixed.values()),
    approvalTimeout: approvalTimeout as number | undefined,
    toolErrors: toolErrors as ToolErrorPolicy,
    concurrency: concurrency as number,
    maxResultLength: maxResultLength as number,
    toolChoice: toolChoice as ToolChoice | undefined,
    ends: {
      maxTurns: maxTurns as number,
      onMaxTurns: onMaxTurns as Ends['onMaxTurns'],
      endWith: new Set(ends as string[]),
      stopWhen: stopWhen as Ends['stopWhen'],
    },
  }
}

import { type HasNode, NODE } from '../../compile/scope.ts'
import { define } from '../../define.ts'
import { safeValidate, type Validation } from '../../border/schema.ts'
import { pipeSchemas } from '../../border/schema/wrap.ts'
import { checkOptions } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import { promptSchema } from '../../models/prompt.ts'
import type { AnyFn, ChatMessage, RunContext, StandardSchema, ToolChoice } from '../../types.ts'
import { leaf } from '../function.ts'
import { choiceProblem, type KnownTools, namesProblem } from './tool-choice.ts'
import { openCallsMessage, orphanIn, unansweredIn } from './conversation.ts'
import type { RoundData } from './round.ts'
import { checkModel } from './think.ts'

/** The result of `beforeTurn`, as data. */
export type BeforeTurnResult = {
  readonly messages?: readonly ChatMessage[]
  readonly tools?: readonly string[]
  readonly toolChoice?: ToolChoice
  readonly instructions?: string
  readonly stop?: { readonly output: unknown }
  /** It has a model, which is not serializable: `modelOf` returns it in the same process. */
  readonly isOther?: boolean
}

/** The model of a `beforeTurn` result. */
const models = new WeakMap<object, unknown>()
export const modelOf = (change: object | undefined): unknown => change && models.get(change)

/** The part that applies to this turn alone: `messages` replace the conversation permanently. */
export function forTurn(change: BeforeTurnResult): BeforeTurnResult {
  const { messages: _, stop: __, ...rest } = change
  const model = models.get(change)
  if (model !== undefined) models.set(rest, model)
  return rest
}

/**
 * The state before each turn, around the user's option: a plain function, or a tinyllm function with its own retry and
 * timeout. Its result is validated and becomes data.
 */
export function beforeTurn(owner: string, given: unknown, known: KnownTools): HasNode {
  const output = changeSchema(owner, known)
  if (typeof given === 'function') {
    const run = asking(given as Hook)
    const node = leaf('function', { name: 'beforeTurn', output, run: run as never })
    return define({ ...node, facts: { ...node.facts, code: given as Hook } })
  }
  const { [NODE]: node } = Object(given) as Partial<HasNode>
  if (!node) {
    throw new TypeError(
      `${owner}: beforeTurn is ${formatValue(given)}. Give (round, ctx) => ({ messages, tools, … }), or fn({ … }) with a retry or a timeout.`,
    )
  }
  const { output: own } = node
  return define({ ...node, name: 'beforeTurn', output: own ? pipeSchemas(own, output) : output })
}

const schemaOf = (validate: (value: unknown) => Validation): StandardSchema => ({
  '~standard': { version: 1, vendor: 'tinyllm', validate: validate as never },
})

const KEYS = ['messages', 'tools', 'toolChoice', 'model', 'instructions', 'stop']

const changeSchema = (owner: string, known: KnownTools): StandardSchema =>
  schemaOf((value) => {
    if (value === undefined || value === null) return { value: {} }
    const wrong = (path: string, message: string): Validation => ({ issues: [{ message, path: path ? [path] : [] }] })
    if (!isPlainObject(value)) return wrong('', 'expected an object, or nothing')
    const problem = attemptWords(() => checkOptions('beforeTurn', value, KEYS))
    if (problem !== undefined) return wrong('', problem)
    const { messages, tools, toolChoice, model, instructions, stop } = value as Record<string, unknown>
    const read = messages === undefined ? undefined : safeValidate(promptSchema, messages)
    if (read?.issues) return { issues: read.issues }
    const kept = (read?.value as { messages: ChatMessage[] } | undefined)?.messages
    const open = kept ? unansweredIn(kept) : []
    if (open.length > 0) return wrong('messages', openCallsMessage(open))
    const orphan = kept && orphanIn(kept)
    if (orphan !== undefined)
      return wrong('messages', `a result of the call ${orphan}, and not the call. Keep both, or leave both out`)
    const misnamed = tools === undefined ? undefined : namesProblem(tools, known)
    if (misnamed !== undefined) return wrong('tools', misnamed)
    const mischosen = choiceProblem(toolChoice, known)
    if (mischosen !== undefined) return wrong('toolChoice', mischosen)
    if (instructions !== undefined && typeof instructions !== 'string')
      return wrong('instructions', 'expected a string')
    if (stop !== undefined && !(isPlainObject(stop) && 'output' in stop)) return wrong('stop', 'expected { output }')
    const misfit = model === undefined ? undefined : attemptWords(() => checkModel(owner, model))
    if (misfit !== undefined) return wrong('model', misfit)
    const change: BeforeTurnResult = {
      ...(kept && { messages: kept }),
      ...(tools !== undefined && { tools: [...(tools as string[])] }),
      ...(toolChoice !== undefined && { toolChoice: toolChoice as ToolChoice }),
      ...(instructions !== undefined && { instructions: instructions as string }),
      ...(stop !== undefined && { stop: stop as { output: unknown } }),
      ...(model !== undefined && { isOther: true }),
    }
    if (model !== undefined) models.set(change, model)
    return { value: change }
  })

function attemptWords(check: () => void): string | undefined {
  try {
    check()
    return undefined
  } catch (thrown) {
    return attempt(() => (thrown as Error).message) ?? 'it cannot be read'
  }
}

/** Calls `beforeTurn` again for a turn that was saved: a model is not serializable. */
export function rerunForModel(given: unknown): ((round: RoundData, ctx: RunContext) => Promise<unknown>) | undefined {
  if (given === undefined) return undefined
  const { [NODE]: node } = Object(given) as Partial<HasNode>
  if (node) return (round, ctx) => ctx.run(given as AnyFn, round)
  return async (round, ctx) => asking(given as Hook)(round, ctx)
}

type Hook = (round: object, ctx: RunContext) => unknown
/** Calls a plain function; `round.get` reads what the run provides, as `ctx.get` does. */
const asking =
  (hook: Hook) =>
  (round: RoundData, ctx: RunContext): unknown =>
    hook({ ...round, get: (key: never) => ctx.get(key) }, ctx)

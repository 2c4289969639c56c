import { formatValue } from '../../border/format-value.ts'
import { attempt, isUnexpectedPromise, isPlainObject } from '../../border/shape.ts'
import { type ObserverGuard, guardObserver } from '../../border/guard-observer.ts'
import { NODE } from '../../compile/scope.ts'
import type { AgentTool } from './tools.ts'

/** A call as predicates receive it: its input is the output of the tool's schema. */
export type ApprovalCall = { readonly id: string; readonly name: string; readonly input: unknown }
type ByTool = Readonly<Record<string, boolean | ((input: unknown, call: ApprovalCall) => unknown) | undefined>>
/** The option `approve`: which calls wait for a person's decision. */
export type ApproveOption = true | readonly string[] | ByTool | ((call: ApprovalCall) => unknown) | undefined

/** Which calls of the model need approval. */
export type ApprovalPolicy = {
  /** Whether any call of this tool can need approval. */
  mayAsk(tool: AgentTool): boolean
  mustAsk(tool: AgentTool, call: ApprovalCall): boolean
  /** For analysis: `true` if every call of this tool needs approval, or the predicates of its input. */
  predicates(tool: AgentTool): true | readonly ((input: unknown) => unknown)[]
}

/**
 * Combines the option `approve` of an agent with those of its tools (`asTool`). Throws a `TypeError` for a name that is
 * not a tool; where tools are a function of the turn, any name is accepted.
 */
export function approvalPolicy(
  owner: string,
  asks: ApproveOption,
  tools: ReadonlyMap<string, AgentTool> | undefined,
): ApprovalPolicy {
  const watch = guardObserver(`approve of ${owner}`, 'The call waits for a person')
  const own = ruleOf(owner, asks, tools)
  /** The agent's rule for a tool, and the tool's own. */
  const rules = (tool: AgentTool): readonly Rule[] => [own(tool.name), dressOf(tool)]
  return {
    mayAsk: (tool) => rules(tool).some((rule) => rule !== false),
    mustAsk: (tool, call) =>
      rules(tool).some((rule) => rule === true || (typeof rule === 'function' && holds(() => rule(call), watch))),
    predicates: (tool) => {
      const all = rules(tool).map((rule) => (typeof rule === 'function' ? (blindAnswer(rule, tool) ?? rule) : rule))
      if (all.includes(true)) return true
      return all.flatMap((rule) => {
        if (typeof rule !== 'function') return []
        const ask = (input: unknown) => rule({ id: 'call', name: tool.name, input })
        return [Object.assign(ask, { origin: rule.origin })]
      })
    },
  }
}

/** `origin`: the user's predicate; its first parameter is the input where `isOfInput`, else the call. */
type Rule = boolean | Predicate
type Predicate = ((call: ApprovalCall) => unknown) & {
  readonly origin: ApprovalPredicate
  readonly isOfInput?: boolean
}
type ApprovalPredicate = (first: never, call: ApprovalCall) => unknown

/** The answer of a predicate that does not read the input, so that it holds for all calls of a tool; else undefined. */
function blindAnswer({ origin, isOfInput = false }: Predicate, { name }: AgentTool): boolean | undefined {
  let looks = isOfInput && origin.length > 0
  const call = Object.defineProperty({ id: 'call', name } as ApprovalCall, 'input', {
    get: () => {
      looks = true
      return {}
    },
  })
  // A predicate that throws or is asynchronous requires approval.
  const answer = looks ? undefined : attempt(() => ({ asks: origin(call as never, call) }))
  return looks ? undefined : !answer || isUnexpectedPromise(answer.asks) || Boolean(answer.asks)
}

/** Whether any call of an agent can need approval. */
export const mayAskAny = (asks: ApproveOption, tools: Iterable<AgentTool>): boolean =>
  asks !== undefined || [...tools].some((tool) => dressOf(tool) !== false)

/** A copy for a predicate, which may change it. */
const copied = (input: unknown): unknown => attempt(() => structuredClone(input)) ?? input

function dressOf({ fn }: AgentTool): Rule {
  const { approve } = fn[NODE].facts?.tool ?? {}
  if (typeof approve !== 'function') return approve === true
  const judge = approve as (input: unknown, call: ApprovalCall) => unknown
  return Object.assign((call: ApprovalCall) => judge(copied(call.input), call), {
    origin: judge as ApprovalPredicate,
    isOfInput: true,
  })
}

function ruleOf(
  owner: string,
  asks: ApproveOption,
  tools: ReadonlyMap<string, AgentTool> | undefined,
): (name: string) => Rule {
  if (asks === undefined) return () => false
  if (asks === true) return () => true
  if (typeof asks === 'function') {
    const predicate = asks as (call: ApprovalCall) => unknown
    const rule = (call: ApprovalCall) => predicate({ ...call, input: copied(call.input) })
    return () => Object.assign(rule, { origin: predicate as ApprovalPredicate })
  }
  if (Array.isArray(asks) && asks.every((name) => typeof name === 'string')) {
    checkNames(owner, 'approve', asks as string[], tools)
    const names = new Set(asks as string[])
    return (name) => names.has(name)
  }
  if (!isPlainObject(asks) || !Object.values(asks).every(isRule)) {
    throw new TypeError(
      `${owner}: approve is ${formatValue(asks)}. Give true (for every tool), an array of tool names, { [tool]: true or (input, call) => boolean }, or (call) => boolean.`,
    )
  }
  const byTool = { ...(asks as ByTool) }
  checkNames(owner, 'approve', Object.keys(byTool), tools)
  return (name) => {
    const rule = Object.hasOwn(byTool, name) ? byTool[name] : undefined
    if (typeof rule !== 'function') return rule === true
    return Object.assign((call: ApprovalCall) => rule(copied(call.input), call), {
      origin: rule as ApprovalPredicate,
      isOfInput: true,
    })
  }
}

const isRule = (rule: unknown): boolean => typeof rule === 'boolean' || rule === undefined || typeof rule === 'function'

/** Throws a `TypeError` for a name that is not a tool; `tools` is undefined where any name may be one. */
export function checkNames(
  owner: string,
  option: string,
  names: readonly string[],
  tools: ReadonlyMap<string, unknown> | undefined,
): void {
  const unknown = tools && names.find((name) => !tools.has(name))
  if (!tools || unknown === undefined) return
  const known = [...tools.keys()].join(', ') || 'none'
  throw new TypeError(`${owner}: ${option} names ${unknown}, which is not a tool. The tools are ${known}.`)
}

/** A predicate that throws or is asynchronous requires approval, and is logged once. */
function holds(predicate: () => unknown, watch: ObserverGuard): boolean {
  let answer: unknown = true
  watch(() => {
    answer = predicate()
    if (!isUnexpectedPromise(answer)) return
    answer = true
    throw new TypeError('it returned a promise, and must be synchronous')
  })
  return Boolean(answer)
}

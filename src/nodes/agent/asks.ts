import { formatValue } from '../../border/format-value.ts'
import { attempt, isUnexpectedPromise, isPlainObject } from '../../border/shape.ts'
import { type ObserverGuard, guardObserver } from '../../border/guard-observer.ts'
import { NODE } from '../../compile/scope.ts'
import type { Tool } from './tools.ts'

/** A call as a predicate judges it: with what its tool's schema made of the arguments. */
export type Judged = { readonly id: string; readonly name: string; readonly input: unknown }
type ByTool = Readonly<Record<string, boolean | ((input: unknown, call: Judged) => unknown) | undefined>>
/** Which calls wait for a person's word. */
export type Asks = true | readonly string[] | ByTool | ((call: Judged) => unknown) | undefined

/** Which calls of the model ask. */
export type Asking = {
  /** Whether calls of this tool may ask at all. */
  mayAsk(tool: Tool): boolean
  mustAsk(tool: Tool, call: Judged): boolean
  /** For those who look at the definition: every call of this tool asks, or these predicates of its input decide. */
  predicates(tool: Tool): true | readonly ((input: unknown) => unknown)[]
}

/**
 * What of an agent asks: what it says itself, and what its tools are dressed with. Says which names are no tools; where
 * tools are asked for in each turn, any may be one.
 */
export function asking(owner: string, asks: Asks, tools: ReadonlyMap<string, Tool> | undefined): Asking {
  const watch = guardObserver(`approve of ${owner}`, 'The call waits for a person')
  const own = ruleOf(owner, asks, tools)
  /** By name: the first that says something of a tool. */
  const rules = (tool: Tool): readonly Rule[] => [own(tool.name), dressOf(tool)]
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

/** `origin`: the predicate as it was written; it takes the input first where `isOfInput`. */
type Rule = boolean | Predicate
type Predicate = ((call: Judged) => unknown) & { readonly origin: Judge; readonly isOfInput?: boolean }
type Judge = (first: never, call: Judged) => unknown

/** What a predicate says of all calls of a tool, because it does not look at their input; undefined where it does. */
function blindAnswer({ origin, isOfInput = false }: Predicate, { name }: Tool): boolean | undefined {
  let looks = isOfInput && origin.length > 0
  const call = Object.defineProperty({ id: 'call', name } as Judged, 'input', {
    get: () => {
      looks = true
      return {}
    },
  })
  // What throws, or is asynchronous, asks.
  const answer = looks ? undefined : attempt(() => ({ asks: origin(call as never, call) }))
  return looks ? undefined : !answer || isUnexpectedPromise(answer.asks) || Boolean(answer.asks)
}

/** Whether an agent's own option asks about anything. */
export const mayAskAny = (asks: Asks, tools: Iterable<Tool>): boolean =>
  asks !== undefined || [...tools].some((tool) => dressOf(tool) !== false)

/** Its own copy: a predicate may change what it is given. */
const copied = (input: unknown): unknown => attempt(() => structuredClone(input)) ?? input

function dressOf({ fn }: Tool): Rule {
  const { approve } = fn[NODE].facts?.tool ?? {}
  if (typeof approve !== 'function') return approve === true
  const judge = approve as (input: unknown, call: Judged) => unknown
  return Object.assign((call: Judged) => judge(copied(call.input), call), { origin: judge as Judge, isOfInput: true })
}

function ruleOf(owner: string, asks: Asks, tools: ReadonlyMap<string, Tool> | undefined): (name: string) => Rule {
  if (asks === undefined) return () => false
  if (asks === true) return () => true
  if (typeof asks === 'function') {
    const predicate = asks as (call: Judged) => unknown
    const rule = (call: Judged) => predicate({ ...call, input: copied(call.input) })
    return () => Object.assign(rule, { origin: predicate as Judge })
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
    return Object.assign((call: Judged) => rule(copied(call.input), call), { origin: rule as Judge, isOfInput: true })
  }
}

const isRule = (rule: unknown): boolean => typeof rule === 'boolean' || rule === undefined || typeof rule === 'function'

/** Says which names are no tools; `tools` is undefined where any may be one. */
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

/** What is no plain answer (it throws, or is asynchronous) asks, and is told of once. */
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

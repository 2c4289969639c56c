import type { AnyFn, Frame } from '../../types.ts'
import { formatValue } from '../../border/format-value.ts'
import { assertSync } from '../../border/shape.ts'
import { type AgentTool, toolsOf } from './tools.ts'
import type { AgentRound } from './types.ts'

export type Toolset = ReadonlyMap<string, AgentTool>
/** The tools of an agent: fixed, or a function of the turn. */
export type ResolvedTools = {
  /** The tools that are known before any run; empty if they are a function of the turn. */
  readonly fixed: Toolset
  readonly isAsked: boolean
  /** The tools of the current turn; the function is called once a turn. */
  of(frame: Frame, turn: number, round: () => AgentRound): Toolset
}

export function resolveTools(owner: string, given: unknown): ResolvedTools {
  if (typeof given !== 'function') {
    if (given !== undefined && !Array.isArray(given)) {
      throw new TypeError(`${owner}: tools are ${formatValue(given)}. Give an array, or (round) => array.`)
    }
    const fixed = toolsOf(owner, given as readonly AnyFn[] | undefined)
    return { fixed, isAsked: false, of: () => fixed }
  }
  /** By the input of the agent, which is a different object in each run. */
  const asked = new WeakMap<object, { readonly turn: number; readonly tools: Toolset }>()
  return {
    fixed: new Map(),
    isAsked: true,
    of: ({ input }, turn, round) => {
      // The calls of a turn use the tools of its request.
      const known = asked.get(input as object)
      if (known?.turn === turn) return known.tools
      const list: unknown = assertSync((given as (round: AgentRound) => unknown)(round()), 'tools')
      if (!Array.isArray(list))
        throw new TypeError(`${owner}: tools returned ${formatValue(list)}. Return an array of tools.`)
      const tools = toolsOf(owner, list as AnyFn[])
      asked.set(input as object, { turn, tools })
      return tools
    },
  }
}

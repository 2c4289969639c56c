import type { AnyStateMachine } from 'xstate'
import { CALLS, type CallsPool } from '../../../compile/tool-calls.ts'
import type { HasNode } from '../../../compile/scope.ts'
import { define } from '../../../define.ts'
import type { AnyFn, StandardSchema } from '../../../types.ts'
import { type Part, withReplacements } from '../../../analysis/definition.ts'

/** A tool of an agent, whose calls are actors with a chart of its own: that of the tool, behind what stands before it. */
export type ToolChart = {
  readonly part: Part
  readonly machine: AnyStateMachine
  readonly pool: CallsPool
  /** Where the calls are in the agent: `assistant.act`. */
  readonly act: string
  /** Whether each call waits for a person, by no one's leave, or by what a predicate says. */
  readonly asks: 'always' | 'never' | 'perhaps'
  /** What decides that, of the input of a call. */
  readonly predicates: readonly ((input: never) => unknown)[]
  readonly queues: boolean
}

/** Takes any conversation: what an agent takes besides, and how long it may take, is no matter of its tools. */
const open: StandardSchema = { '~standard': { version: 1, vendor: 'tinyllm', validate: (value) => ({ value }) } }

/** An agent alone, in which one call of a tool can be looked at. */
export function agentAlone(agent: Part): AnyFn {
  return define({
    ...withReplacements(agent),
    policy: {},
    input: open,
    output: undefined,
  }) as HasNode as unknown as AnyFn
}

/** The pool of the calls at a path, where one is there. */
export function poolAt(machine: AnyStateMachine, path: string): CallsPool | undefined {
  const { actors } = machine.implementations as unknown as {
    actors: Record<string, { [CALLS]?: CallsPool } | undefined>
  }
  return actors[path]?.[CALLS]
}

/** The chart of the tool at this part of a definition, which is that of an agent alone. */
export function toolChartOf(agent: AnyFn, part: Part): ToolChart | undefined {
  const act = part.parent
  const pool = act && poolAt((agent as unknown as { machine: AnyStateMachine }).machine, act.path)
  const call = { id: CALL, name: part.key, input: undefined, text: '' }
  const machine = pool?.options.toolOf(call, { turn: 0, calls: [call] })?.machine as AnyStateMachine | undefined
  if (!act || !pool || !machine) return undefined
  const asks = act.node.facts?.calling?.asks(part.key) ?? []
  return {
    part,
    machine,
    pool,
    act: act.path,
    asks: asks === true ? 'always' : asks.length > 0 ? 'perhaps' : 'never',
    predicates: asks === true ? [] : asks,
    queues: 'queued' in (machine.config.states ?? {}),
  }
}

/** The call that is looked at; the one beside it is of the same tool, and nothing happens to it. */
export const CALL = 'call'
export const BESIDE = 'beside'

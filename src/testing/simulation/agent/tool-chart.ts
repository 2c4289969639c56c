import type { AnyStateMachine } from 'xstate'
import { CALLS, type CallsPool } from '../../../compile/tool-calls.ts'
import type { HasNode } from '../../../compile/scope.ts'
import { define } from '../../../define.ts'
import type { AnyFn, StandardSchema } from '../../../types.ts'
import { type Definition, withOverrides } from '../../../analysis/definition.ts'

/** A tool of an agent. Its calls are actors, whose chart is that of the tool behind its approval and its queue. */
export type ToolChart = {
  readonly definition: Definition
  readonly machine: AnyStateMachine
  readonly pool: CallsPool
  /** The path of the calls in the agent: `assistant.act`. */
  readonly act: string
  /** Whether calls wait for an approval; `conditional`: where a predicate says so. */
  readonly approval: 'always' | 'never' | 'conditional'
  /** The predicates of `approve`, of the input of a call. */
  readonly predicates: readonly ((input: never) => unknown)[]
  readonly queues: boolean
}

/** Accepts any conversation: the input schema and the policy of the agent do not matter for its tools. */
const anyInput: StandardSchema = { '~standard': { version: 1, vendor: 'tinyllm', validate: (value) => ({ value }) } }

/** An agent as a pipeline of its own, in which a tool call can be tested. */
export function isolatedAgent(agent: Definition): AnyFn {
  return define({
    ...withOverrides(agent),
    policy: {},
    input: anyInput,
    output: undefined,
  }) as HasNode as unknown as AnyFn
}

/** The pool of tool calls at a path, if there is one. */
export function poolAt(machine: AnyStateMachine, path: string): CallsPool | undefined {
  const { actors } = machine.implementations as unknown as {
    actors: Record<string, { [CALLS]?: CallsPool } | undefined>
  }
  return actors[path]?.[CALLS]
}

/** The chart of a tool in an isolated agent. */
export function toolChartOf(agent: AnyFn, definition: Definition): ToolChart | undefined {
  const act = definition.parent
  const pool = act && poolAt((agent as unknown as { machine: AnyStateMachine }).machine, act.path)
  const call = { id: TESTED_CALL, name: definition.key, input: undefined, text: '' }
  const machine = pool?.options.toolOf(call, { turn: 0, calls: [call] })?.machine as AnyStateMachine | undefined
  if (!act || !pool || !machine) return undefined
  const asks = act.node.facts?.calling?.asks(definition.key) ?? []
  return {
    definition,
    machine,
    pool,
    act: act.path,
    approval: asks === true ? 'always' : asks.length > 0 ? 'conditional' : 'never',
    predicates: asks === true ? [] : asks,
    queues: 'queued' in (machine.config.states ?? {}),
  }
}

/** The ids of the tested call, and of another call of the same tool that gets no event. */
export const TESTED_CALL = 'call'
export const SIBLING_CALL = 'sibling'

import type { AnyMachineSnapshot } from 'xstate'
import { type Definition, isToolCalls, isAgent } from '../../../analysis/definition.ts'
import { tryValidate } from '../../../analysis/schema/validate.ts'
import { outsideOf } from '../../../border/external-events/machines.ts'
import type { TurnCalls } from '../../../compile/tool-calls.ts'
import type { Frame } from '../../../types.ts'
import { beforeTurnOutputs, isMiddleTurn, modelOutputs, toolNamesIn } from '../../samples/agent/model-outputs.ts'
import type { SampleOptions } from '../../samples/sample-options.ts'
import type { SimulatedEvent } from '../../simulation/simulated-event.ts'
import { frameAt } from '../../simulation/simulation-state.ts'
import type { TestModel } from '../../simulation/test-model.ts'
import { toolCallOutcomes } from './tool-call-outcomes.ts'

/** What distinguishes the turns of a model: their outputs differ. */
export function stateOfTurn({ key, path, parent: agent }: Definition, snapshot: AnyMachineSnapshot): string {
  const frame = key === 'think' && isAgent(agent) ? frameAt(snapshot, agent.path) : undefined
  return frame ? ` ${frame.isLast} ${frame.wasEmpty} ${lastRole(snapshot, path)}` : ''
}

/** The outputs of the model of an agent, and of its `beforeTurn`; undefined for all other functions. */
export function agentOutputs(definition: Definition, snapshot: AnyMachineSnapshot): unknown[] | undefined {
  const { path, key, parent: agent, node } = definition
  if (!isAgent(agent)) return undefined
  if (key === 'beforeTurn') return beforeTurnOutputs(agent, definition)
  const outputs = modelOutputs(agent, frameAt(snapshot, agent.path) as Frame, lastRole(snapshot, path) === 'tool')
  // A function in the place of the model may return what is not a message.
  return node.output && 'issue' in tryValidate(node.output, 42) ? outputs : [...outputs, 42]
}

/** In a middle turn of many, only the event that leads to the next turn. */
export function withoutMiddleTurns(
  { key, parent: agent }: Definition,
  snapshot: AnyMachineSnapshot,
  events: readonly SimulatedEvent[],
): readonly SimulatedEvent[] {
  if (!isAgent(agent)) return events
  const act = agent.children.find((child) => child.key === 'act')
  if (!isMiddleTurn(frameAt(snapshot, agent.path) as Frame, act)) return events
  const next = key === 'think' ? events.find((each) => each.type === 'done' && toolNamesIn(each.value)) : events[0]
  return next ? [next] : events
}

/** The role of the last message before a turn of the model. */
function lastRole(snapshot: AnyMachineSnapshot, think: string): unknown {
  const { messages = [] } = Object(frameAt(snapshot, think)?.input) as { messages?: readonly { role?: unknown }[] }
  return messages.at(-1)?.role
}

/** The events that end the tool calls of a turn; undefined for all other functions. */
export function toolCallEvents(
  definition: Definition,
  snapshot: AnyMachineSnapshot,
  samples: SampleOptions,
  model: TestModel,
): SimulatedEvent[] | undefined {
  const pool = isToolCalls(definition) ? model.poolAt(definition.path) : undefined
  const calls = frameAt(snapshot, definition.path)?.input as TurnCalls | undefined
  return pool && calls && toolCallOutcomes(definition, pool, { snapshot, calls, samples, rounds: model.rounds })
}

/** The events that a user sends to an agent in its first turn; in later turns they lead to the same transitions. */
export function messagesToAgent(frame: Frame, snapshot: AnyMachineSnapshot, { machine }: TestModel): SimulatedEvent[] {
  const { path, hears, heard, iteration = 0, attempt } = frame
  if (!hears || heard || iteration > 0 || attempt > 1 || !(`${path}.think` in snapshot.children)) return []
  // Approvals go to a tool call; the agent rejects those with an unknown id.
  const { takers } = outsideOf(machine) ?? {}
  const approvals = ['APPROVE', 'REJECT'].filter((type) => takers?.get(type)?.has(path))
  const send = (event: object, options: { rejected?: true; label?: string } = {}): SimulatedEvent => ({
    type: 'send',
    path,
    event: { ...event, path } as unknown as { type: string },
    ...options,
  })
  return [
    send({ type: 'MESSAGE', content: 'text' }),
    send({ type: 'MESSAGE', content: 'text', mode: 'now' }, { label: 'receives MESSAGE with mode now' }),
    send({ type: 'MESSAGE', content: 'text', mode: 'never' }, { rejected: true }),
    send({ type: 'CANCEL_CALL', id: 'none' }, { rejected: true }),
    ...approvals.map((type) => send({ type, id: 'none' }, { rejected: true })),
  ]
}

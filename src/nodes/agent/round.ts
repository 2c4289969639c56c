import type { AnyActorRef } from 'xstate'
import { getProvided } from '../../compile/scope.ts'
import type { ChatMessage, Frame, RunContext, Usage } from '../../types.ts'
import { copiesOf } from './copy-messages.ts'
import { conversation } from './conversation-state.ts'
import type { AgentRound, RoundCall } from './types.ts'

/** The serializable part of a round. Its messages are copies, so that a hook may change them. */
export type RoundData = Omit<AgentRound, 'get'>

/** The current round of an agent; `messages` if they differ from those of its frame. */
export const roundData = (
  frame: Frame,
  calls: readonly RoundCall[] = [],
  messages: readonly ChatMessage[] = conversation(frame),
): RoundData => ({
  turn: frame.iteration ?? 0,
  messages: copiesOf(messages),
  calls,
  usage: frame.usage ?? NOTHING,
  input: inputOf(frame),
})

/** Adds `get`, which reads what the run provides; `self` is any actor of the run. */
export function withGet(round: RoundData, self: AnyActorRef, { path, attempt }: Frame): AgentRound {
  const get = ((key: unknown) => getProvided({ self }, { path, attempt }, key)) as RunContext['get']
  return { ...round, get }
}

const NOTHING: Usage = /* @__PURE__ */ Object.freeze({ inputTokens: 0, outputTokens: 0, cost: 0 })

/** The agent's input, as parsed by its schema. */
function inputOf({ input }: Frame): unknown {
  const { parsed } = Object(input) as { parsed?: { value: unknown } }
  return parsed ? parsed.value : input
}

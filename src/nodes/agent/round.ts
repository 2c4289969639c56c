import type { AnyActorRef } from 'xstate'
import { getProvided } from '../../compile/scope.ts'
import type { ChatMessage, Frame, RunContext, Usage } from '../../types.ts'
import { copiesOf } from './copy-messages.ts'
import { conversation } from './conversation-state.ts'
import type { AgentRound, RoundCall } from './types.ts'

/** As much of a round as is data. Its messages are copies: what a hook does to them is its own affair. */
export type RoundData = Omit<AgentRound, 'get'>

/** Where an agent stands. `messages` where they are others than those of its frame. */
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

/** With what the run provides; `self` is any actor in it. */
export function withGet(round: RoundData, self: AnyActorRef, { path, attempt }: Frame): AgentRound {
  const get = ((key: unknown) => getProvided({ self }, { path, attempt }, key)) as RunContext['get']
  return { ...round, get }
}

const NOTHING: Usage = /* @__PURE__ */ Object.freeze({ inputTokens: 0, outputTokens: 0, cost: 0 })

/** What the agent was given, as its input schema made it. */
function inputOf({ input }: Frame): unknown {
  const { parsed } = Object(input) as { parsed?: { value: unknown } }
  return parsed ? parsed.value : input
}

import type { ChatMessage } from '../../types.ts'

/** Copies for a model or a hook, so that changing them does not change the agent's conversation. */
export const copiesOf = (messages: readonly ChatMessage[]): ChatMessage[] => messages.map(copyOf)

/** Copies calls and parts as well. */
function copyOf(message: ChatMessage): ChatMessage {
  const copy = { ...message }
  if (Array.isArray(copy.content)) copy.content = copy.content.map((part) => ({ ...part })) as never
  if (copy.role === 'assistant' && copy.tool_calls) {
    copy.tool_calls = copy.tool_calls.map((call) => ({ ...call, function: { ...call.function } }))
  }
  return copy
}

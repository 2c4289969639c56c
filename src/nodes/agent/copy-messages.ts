import type { ChatMessage } from '../../types.ts'

/** The conversation is the agent's, whatever a model or a hook does to the messages that it is given. */
export const copiesOf = (messages: readonly ChatMessage[]): ChatMessage[] => messages.map(copyOf)

/** With calls and parts of its own, which may be changed as well. */
function copyOf(message: ChatMessage): ChatMessage {
  const copy = { ...message }
  if (Array.isArray(copy.content)) copy.content = copy.content.map((part) => ({ ...part })) as never
  if (copy.role === 'assistant' && copy.tool_calls) {
    copy.tool_calls = copy.tool_calls.map((call) => ({ ...call, function: { ...call.function } }))
  }
  return copy
}

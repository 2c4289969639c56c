import type { AssistantMessage, ChatMessage, Json, ProviderParts } from '../types.ts'

/** The ids of all tool calls and tool results in a conversation. */
export function toolCallIds(messages: readonly ChatMessage[]): string[] {
  const ids = messages.flatMap((message) => {
    if (message.role === 'tool') return [message.tool_call_id]
    return message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : []
  })
  return [...new Set(ids.filter((id) => typeof id === 'string'))]
}

/**
 * The message with a unique id for each tool call, because some servers send no ids, or the same ones in each answer. A
 * call keeps its id unless it is in `used` or already taken. The result is deterministic, so a resumed run makes the
 * same ids.
 */
export function withUniqueToolCallIds(message: AssistantMessage, used: Iterable<string>): AssistantMessage {
  const calls = message.tool_calls ?? []
  const taken = new Set(used)
  let next = taken.size
  // First collect the ids that stay, so that no generated id equals one of them.
  const kept = calls.map(({ id }) => {
    if (typeof id !== 'string' || id === '' || taken.has(id)) return undefined
    taken.add(id)
    return id
  })
  if (!kept.includes(undefined)) return message
  const made = (): string => {
    while (taken.has(`call_${next}`)) next++
    taken.add(`call_${next}`)
    return `call_${next}`
  }
  const ids = kept.map((id) => id ?? made())
  return {
    ...message,
    tool_calls: calls.map((call, place) => ({ ...call, id: ids[place] as string })),
    ...(message.parts && { parts: withToolCallIds(message.parts, ids) }),
  }
}

/** Sets the ids of the same calls in the provider's content, in the same order; provider-executed calls keep theirs. */
function withToolCallIds(parts: ProviderParts, ids: readonly string[]): ProviderParts {
  let next = 0
  const content = parts.content.map((part): Json =>
    isClientToolCall(part) ? { ...part, toolCallId: ids[next++]! } : part,
  )
  return { ...parts, content }
}

/** Whether a part of an AI SDK model's answer is a tool call that the client must execute. */
export function isClientToolCall(part: Json): part is { readonly [key: string]: Json } {
  const { type, providerExecuted } = Object(part) as Record<string, Json>
  return type === 'tool-call' && !providerExecuted
}

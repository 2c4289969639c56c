import type { AssistantMessage, ChatMessage, Json, ProviderParts } from '../types.ts'

/** Every id of a call that stands in a conversation. */
export function toolCallIds(messages: readonly ChatMessage[]): string[] {
  const ids = messages.flatMap((message) => {
    if (message.role === 'tool') return [message.tool_call_id]
    return message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : []
  })
  return [...new Set(ids.filter((id) => typeof id === 'string'))]
}

/**
 * A message in which each call has an id of its own, and none of those that were used before: some servers give none, or
 * the same in each answer. A call keeps the id that the model gave it, unless that is taken. Made of nothing but what is
 * given, so that a run that is resumed makes the same.
 */
export function withUniqueToolCallIds(message: AssistantMessage, used: Iterable<string>): AssistantMessage {
  const calls = message.tool_calls ?? []
  const taken = new Set(used)
  let next = taken.size
  // All that stay as they are come first, so that no id that is made up can be one of them.
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

/** The same calls stand in what the provider said, in the same order; those that it made itself keep their ids. */
function withToolCallIds(parts: ProviderParts, ids: readonly string[]): ProviderParts {
  let next = 0
  const content = parts.content.map((part): Json =>
    isClientToolCall(part) ? { ...part, toolCallId: ids[next++]! } : part,
  )
  return { ...parts, content }
}

/** A call for whoever asked, among the parts of an AI SDK model's answer. */
export function isClientToolCall(part: Json): part is { readonly [key: string]: Json } {
  const { type, providerExecuted } = Object(part) as Record<string, Json>
  return type === 'tool-call' && !providerExecuted
}

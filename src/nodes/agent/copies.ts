import type { ChatMessage, ToolCall } from '../../types.ts'

/** Copies that were handed out, each beside the message that it is of, with the number of its keys. */
type Handed = {
  readonly of: ChatMessage[]
  readonly copies: ChatMessage[]
  readonly keys: number[]
  /** Where the next look at older ones begins. */
  next: number
}

/** So many of the last messages are looked at in each turn, and as many of those before, in turn. */
const LOOKED_AT = 256

/** By a message that stays in a conversation as long as that grows. */
const handed = new WeakMap<ChatMessage, Handed>()

/**
 * A copy of each message, for a model that may do with them as it likes. Of a long conversation only those are made anew
 * that were changed since the last turn: to copy all of them in each would cost most of what a turn costs. For the same
 * reason a change of an old message of a very long conversation may be seen some turns later; the agent's own are safe.
 */
export function copiesOf(messages: readonly ChatMessage[]): ChatMessage[] {
  // The first one may be the instructions, which are another message in each turn.
  const anchor = messages[Math.min(1, messages.length - 1)]
  if (!anchor) return []
  let known = handed.get(anchor)
  if (!known) handed.set(anchor, (known = { of: [], copies: [], keys: [], next: 0 }))
  const { of, copies, keys } = known
  const recent = messages.length - LOOKED_AT
  const from = known.next < recent ? known.next : 0
  known.next = from + LOOKED_AT
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at] as ChatMessage
    const copy = copies[at]
    const isLookedAt = at >= recent || (at >= from && at < known.next)
    if (of[at] === message && copy && (!isLookedAt || isUntouched(copy as never, message as never, keys[at]))) continue
    of[at] = message
    copies[at] = copyOf(message)
    keys[at] = keysOf(message)
  }
  return copies.slice(0, messages.length)
}

/** With calls and parts of its own, which a model may change as well. */
function copyOf(message: ChatMessage): ChatMessage {
  const { content } = message
  const calls = message.role === 'assistant' ? message.tool_calls : undefined
  return {
    ...message,
    ...(Array.isArray(content) && { content: content.map((part) => ({ ...part })) }),
    ...(calls && { tool_calls: calls.map((call) => ({ ...call, function: { ...call.function } })) }),
  } as ChatMessage
}

type Calls = readonly ToolCall[] | undefined
function isSameCalls(copy: Calls, calls: Calls): boolean {
  if (!calls) return copy === undefined
  if (copy?.length !== calls.length) return false
  for (let at = 0; at < calls.length; at++) {
    const [one, other] = [copy[at], calls[at]]
    if (one?.id !== other?.id || one?.function?.name !== other?.function.name) return false
    if (one?.function?.arguments !== other?.function.arguments) return false
  }
  return true
}

type Fields = Readonly<Record<string, unknown>>

// By name, since a loop over the keys of thousands of objects is slow.
const isUntouched = (copy: Fields, message: Fields, keys: number | undefined): boolean =>
  copy.role === message.role &&
  copy.content === message.content &&
  (message.content === null || typeof message.content !== 'object') &&
  isSameCalls(copy.tool_calls as Calls, message.tool_calls as Calls) &&
  copy.tool_call_id === message.tool_call_id &&
  copy.result === message.result &&
  copy.parts === message.parts &&
  copy.providerOptions === message.providerOptions &&
  keysOf(copy) === keys &&
  isSameBeside(copy, message, keys)

/** Without a list of them, which would be garbage for each message. */
function keysOf(message: object): number {
  let count = 0
  for (const _ in message) count++
  return count
}

/** The keys that are not named above. */
function isSameBeside(copy: Fields, message: Fields, keys: number): boolean {
  const known = 2 + Number('tool_calls' in message) + Number('tool_call_id' in message) + Number('result' in message)
  if (known === keys) return true
  return Object.keys(message).every((key) => key === 'tool_calls' || copy[key] === message[key])
}

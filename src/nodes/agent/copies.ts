import type { ChatMessage } from '../../types.ts'

/** Copies that were handed out, each beside the message that it is of, with the number of its keys. */
type Handed = { readonly of: ChatMessage[]; readonly copies: ChatMessage[]; readonly keys: number[] }

/** By a message that stays in a conversation as long as that grows. */
const handed = new WeakMap<ChatMessage, Handed>()

/**
 * A copy of each message, for a model that may do with them as it likes. Of a long conversation only those are made anew
 * that were changed since the last turn: to copy all of them in each would cost most of what a turn costs.
 */
export function copiesOf(messages: readonly ChatMessage[]): ChatMessage[] {
  // The first one may be the instructions, which are another message in each turn.
  const anchor = messages[Math.min(1, messages.length - 1)]
  if (!anchor) return []
  let known = handed.get(anchor)
  if (!known) handed.set(anchor, (known = { of: [], copies: [], keys: [] }))
  const { of, copies, keys } = known
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at] as ChatMessage
    const copy = copies[at]
    if (of[at] === message && copy && isUntouched(copy as never, message as never, keys[at])) continue
    of[at] = message
    copies[at] = { ...message }
    keys[at] = keysOf(message)
  }
  return copies.slice(0, messages.length)
}

type Fields = Readonly<Record<string, unknown>>

// By name, since a loop over the keys of thousands of objects is slow.
const isUntouched = (copy: Fields, message: Fields, keys: number | undefined): boolean =>
  copy.role === message.role &&
  copy.content === message.content &&
  copy.tool_calls === message.tool_calls &&
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
  return Object.keys(message).every((key) => copy[key] === message[key])
}

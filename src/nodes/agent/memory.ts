import { memoryAt, type Scope, type Slots } from '../../compile/scope.ts'
import { toolCallIds, withUniqueToolCallIds } from '../../models/tool-call-ids.ts'
import type { AssistantMessage, ChatMessage, Frame } from '../../types.ts'
import { inputMessages } from './conversation-state.ts'

/**
 * A call that an agent has had, in whatever turn, attempt or round: its id names it alone. `said` is what a person said
 * to it; the call itself stands in the conversation only.
 */
export type CallRecord = { readonly id: string; readonly said?: 'approved' | 'rejected' }

/** An agent's memory as it is kept; what is no list of calls is none. */
export const callRecordsIn = (slots: Slots, path: string): readonly CallRecord[] => {
  const memory = memoryAt(slots, path)
  return Array.isArray(memory) ? (memory as CallRecord[]) : NONE
}
const NONE: readonly CallRecord[] = []

export const findCallRecord = (called: readonly CallRecord[], id: string): CallRecord | undefined =>
  called.find((call) => call.id === id)

/** The ids of a memory: one set for all that grow from one another, which is of the longest. */
const sets = new WeakMap<readonly CallRecord[], Set<string>>()

function idsOf(called: readonly CallRecord[]): Set<string> {
  const known = sets.get(called)
  if (known?.size === called.length) return known
  const made = new Set(called.map(({ id }) => id))
  if (called !== NONE) sets.set(called, made)
  return made
}

/** The ids of what an agent was given. */
const given = new WeakMap<readonly ChatMessage[], ReadonlySet<string>>()
function inputCallIds(frame: Frame): ReadonlySet<string> {
  const messages = inputMessages(frame)
  const known = given.get(messages) ?? new Set(toolCallIds(messages))
  given.set(messages, known)
  return known
}

/** The message with an id of its own for each call: a server may send none, or one that was used before. */
export function withNewIds(message: AssistantMessage, frame: Frame, slots: Slots, path: string): AssistantMessage {
  const { tool_calls: calls } = message
  if (!calls?.length) return message
  const used = idsOf(callRecordsIn(slots, path))
  const before = inputCallIds(frame)
  const own = new Set<unknown>()
  const isNew = calls.every(({ id }) => {
    const isFree = typeof id === 'string' && id !== '' && !used.has(id) && !before.has(id) && !own.has(id)
    own.add(id)
    return isFree
  })
  return isNew ? message : withUniqueToolCallIds(message, [...before, ...used])
}

/** Remembers the calls of a message that has just been said. */
export const recordCalls = (scope: Scope, message: (frame: Frame) => ChatMessage | undefined): string =>
  scope.remember('keepCalls', (_, frame, slots) => {
    const called = callRecordsIn(slots, scope.path)
    const ids = idsOf(called)
    const said = message(frame)
    const others = said ? toolCallIds([said]).filter((id) => !ids.has(id)) : []
    if (others.length === 0) return called
    const grown = [...called, ...others.map((id) => ({ id }))]
    for (const id of others) ids.add(id)
    if (called !== NONE) sets.set(grown, ids)
    return grown
  })

/** Remembers what was said to calls that have ended. */
export const recordDecisions = (
  scope: Scope,
  words: (slots: Slots) => readonly { readonly id: string; readonly said: 'approved' | 'rejected' }[],
): string =>
  scope.remember('keepWords', (memory, _, slots) => {
    const said = new Map(words(slots).map((word) => [word.id, word]))
    if (said.size === 0) return memory
    return callRecordsIn(slots, scope.path).map((call) => said.get(call.id) ?? call)
  })

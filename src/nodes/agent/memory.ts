import { memoryAt, type Scope, type Slots } from '../../compile/scope.ts'
import { toolCallIds, withUniqueToolCallIds } from '../../models/tool-call-ids.ts'
import type { AssistantMessage, ChatMessage, Frame } from '../../types.ts'
import { inputMessages } from './conversation-state.ts'

/**
 * The record of a call of an agent, of any turn or attempt: its id is unique. `said` is a person's decision; name and
 * arguments are stored in the conversation only.
 */
export type CallRecord = { readonly id: string; readonly said?: 'approved' | 'rejected' }

/** The call records of an agent; empty if what is stored is not a list. */
export const callRecordsIn = (slots: Slots, path: string): readonly CallRecord[] => {
  const memory = memoryAt(slots, path)
  return Array.isArray(memory) ? (memory as CallRecord[]) : NONE
}
const NONE: readonly CallRecord[] = []

export const findCallRecord = (called: readonly CallRecord[], id: string): CallRecord | undefined =>
  called.find((call) => call.id === id)

/** The ids of a list of records. Lists that extend one another share one set, which belongs to the longest. */
const sets = new WeakMap<readonly CallRecord[], Set<string>>()

function idsOf(called: readonly CallRecord[]): Set<string> {
  const known = sets.get(called)
  if (known?.size === called.length) return known
  const made = new Set(called.map(({ id }) => id))
  if (called !== NONE) sets.set(called, made)
  return made
}

/** The call ids in the input messages. */
const given = new WeakMap<readonly ChatMessage[], ReadonlySet<string>>()
function inputCallIds(frame: Frame): ReadonlySet<string> {
  const messages = inputMessages(frame)
  const known = given.get(messages) ?? new Set(toolCallIds(messages))
  given.set(messages, known)
  return known
}

/** The message with a unique id for each call: a server may omit ids or repeat them. */
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

/** The name of the action that records the calls of the last message. */
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

/** The name of the action that records the decisions on calls that have ended. */
export const recordDecisions = (
  scope: Scope,
  words: (slots: Slots) => readonly { readonly id: string; readonly said: 'approved' | 'rejected' }[],
): string =>
  scope.remember('keepWords', (memory, _, slots) => {
    const said = new Map(words(slots).map((word) => [word.id, word]))
    if (said.size === 0) return memory
    return callRecordsIn(slots, scope.path).map((call) => said.get(call.id) ?? call)
  })

import { hashOf } from '../../border/hash.ts'
import type { ChatMessage, ToolCall } from '../../types.ts'
import { idsIn } from '../../models/call-ids.ts'

/**
 * A call that an agent has had, in whatever turn, attempt or round: its id names it alone. `said` is what a person said
 * to it; the call itself stands in the conversation only.
 */
export type Called = {
  readonly id: string
  readonly said?: 'approved' | 'rejected'
  readonly reason?: string
  /** What was approved: a word holds for the call as it stood then, and for no other. */
  readonly of?: string
  /** What it runs with instead of what the model wrote. */
  readonly arguments?: unknown
  /** The agent ends with it. */
  readonly end?: boolean
}

/** An agent's memory as it is kept; what is no list of calls is none. */
export const calledIn = (memory: unknown): readonly Called[] => (Array.isArray(memory) ? (memory as Called[]) : [])

export const callOf = (called: readonly Called[], id: string): Called | undefined =>
  called.find((call) => call.id === id)

/** What a person says yes to: the tool, and the arguments as the model wrote them. */
export const substanceOf = ({ function: { name, arguments: text } }: ToolCall): string => hashOf(`${name} ${text}`)

/** Every id that a new call may not have. */
export const usedIds = (called: readonly Called[], messages: readonly ChatMessage[]): string[] => [
  ...new Set([...called.map(({ id }) => id), ...idsIn(messages)]),
]

/** With all calls of a conversation. */
export function withCallsOf(called: readonly Called[], messages: readonly ChatMessage[]): readonly Called[] {
  const known = new Set(called.map(({ id }) => id))
  const others = idsIn(messages).filter((id) => !known.has(id))
  return others.length === 0 ? called : [...called, ...others.map((id) => ({ id }))]
}

/** With a person's word on a call; the first one stands. */
export function withWord(called: readonly Called[], id: string, word: Omit<Called, 'id'>): readonly Called[] {
  const known = callOf(called, id)
  if (!known) return [...called, { id, ...word }]
  return known.said ? called : called.map((call) => (call === known ? { ...known, ...word } : call))
}

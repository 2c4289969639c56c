import { safeValidate, type Validation } from '../../border/schema.ts'
import { isRecord } from '../../border/restore.ts'
import { withValidate } from '../../border/schema/wrap.ts'
import { attempt } from '../../border/shape.ts'
import { toolCallIds } from '../../models/tool-call-ids.ts'
import { promptSchema } from '../../models/prompt.ts'
import { NotSerializable, stringify } from '../../models/stringify.ts'
import type { ChatMessage, StandardSchema, ToolCall } from '../../types.ts'

/** What an agent with `transcript: true` returns: its output, and the conversation that led to it. */
export type Transcript<O = string> = {
  readonly output: O
  /** The input messages, each turn with its calls and their results, and the answer: the next input begins with it. */
  readonly messages: ChatMessage[]
}

export const isTranscript = (value: unknown): value is Transcript<unknown> =>
  isRecord(value) && 'output' in value && Array.isArray(value.messages)

/**
 * The schema of an answer with its conversation. An answer alone, as analysis produces it, gets the shortest
 * conversation.
 */
export const transcriptSchema = (answer: StandardSchema): StandardSchema =>
  withValidate(answer, (value) => {
    const whole = isTranscript(value) ? value : { output: value, messages: [assistantMessageOf(value)] }
    const checked = safeValidate(answer, whole.output)
    return checked.issues ? checked : { value: { ...whole, output: checked.value } }
  })

const assistantMessageOf = (value: unknown): ChatMessage => ({
  role: 'assistant',
  content: attempt(() => stringify(value)) ?? '',
})

/**
 * The input schema of an agent around the user's own. The output of that schema is the conversation: a text, a message,
 * messages, or `{ messages }`; JSON of anything else becomes the user's message.
 */
export const conversationInput = (input: StandardSchema): StandardSchema =>
  withValidate(input, (value) => {
    const checked = safeValidate(input, value)
    if (checked.issues) return checked
    const read = conversationOf(checked.value)
    if (read.issues) return read
    const open = unansweredIn((read.value as { messages: readonly ChatMessage[] }).messages)
    return open.length > 0
      ? { issues: [{ message: openCallsMessage(open), path: [] }] }
      : { value: { ...(read.value as object), parsed: { value: checked.value } } }
  })

function conversationOf(value: unknown): Validation {
  const prompt = safeValidate(promptSchema, value)
  if (!prompt.issues || looksLikeConversation(value)) return prompt
  try {
    return safeValidate(promptSchema, stringify(value))
  } catch (thrown) {
    const what = thrown instanceof NotSerializable ? `: it holds ${thrown.message}` : ''
    return { issues: [{ message: `cannot be written as text for the model${what}`, path: [] }] }
  }
}

/**
 * The default input of an agent: a text or messages. Calls without a result are made by the agent with `resume: true`,
 * and are rejected without it.
 */
export const conversationSchema: StandardSchema = /* @__PURE__ */ withValidate(
  promptSchema as StandardSchema,
  (value) => {
    const read = safeValidate(promptSchema, value)
    if (read.issues) return read
    const { resume } = Object(value) as { resume?: unknown }
    if (resume !== undefined && typeof resume !== 'boolean') {
      return { issues: [{ message: 'expected true or false', path: ['resume'] }] }
    }
    const { messages } = read.value as { messages: readonly ChatMessage[] }
    const open = unansweredIn(messages)
    if (open.length === 0) return read
    const isLast = pendingIn(messages).length === open.length
    if (resume && isLast) return { value: { messages, resume } }
    const other = isLast ? 'or give { messages, resume: true } to make these calls' : 'before the message that follows'
    return { issues: [{ message: `${openCallsMessage(open)}, ${other}`, path: ['messages'] }] }
  },
)

export const openCallsMessage = (ids: readonly string[]): string =>
  `calls of tools without a result: ${ids.join(', ')}. Add a tool message for each`

/** The ids of all calls without a tool message. */
export function unansweredIn(messages: readonly ChatMessage[]): string[] {
  const answered = new Set(messages.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : [])))
  return messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []).flatMap(({ id }) => (answered.has(id) ? [] : [id])) : [],
  )
}

/** The id of the first result without a call before it; with `among`, only results of these calls are considered. */
export function orphanIn(messages: readonly ChatMessage[], among?: ReadonlySet<string>): string | undefined {
  const asked = new Set<string>()
  for (const message of messages) {
    const ids = toolCallIds([message])
    if (message.role !== 'tool') for (const id of ids) asked.add(id)
    else if (ids[0] !== undefined && !asked.has(ids[0]) && (among?.has(ids[0]) ?? true)) return ids[0]
  }
  return undefined
}

/** The calls of the last assistant message that have no result yet. */
export function pendingIn(messages: readonly ChatMessage[]): readonly ToolCall[] {
  const at = messages.findLastIndex(({ role }) => role !== 'tool')
  const last = messages[at]
  if (last?.role !== 'assistant') return []
  const answered = new Set(messages.slice(at + 1).map((message) => (message as { tool_call_id?: string }).tool_call_id))
  return (last.tool_calls ?? []).filter(({ id }) => !answered.has(id))
}

/** Whether a value has the shape of a conversation, so that its issues are reported instead of its JSON being sent. */
function looksLikeConversation(value: unknown): boolean {
  const messages: unknown = isRecord(value) ? value.messages : value
  const isOne = (message: unknown) => isRecord(message) && typeof message.role === 'string' && 'content' in message
  if (!Array.isArray(messages)) return false
  return messages.every(isOne) && (messages.length > 0 || messages !== value)
}

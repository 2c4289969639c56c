import { findForeign } from '../border/saving.ts'
import { attempt } from '../border/shape.ts'
import type {
  AssistantMessage,
  ChatMessage,
  ProviderOptions,
  ProviderParts,
  SchemaResult,
  ToolCall,
  ToolResult,
} from '../types.ts'
import { toolCallIds, withUniqueToolCallIds } from './tool-call-ids.ts'
import { refusalError } from './failure/model-error.ts'
import { stringify } from './stringify.ts'

/**
 * What came from a model, or from whatever stands in for one, as a message: a text is an answer, too. Each part is read
 * once and is a copy: what a model does to its object later changes nothing. Keys that are not known are kept, where
 * they hold data.
 */
export function parseAssistantMessage(value: unknown): SchemaResult<AssistantMessage> {
  if (typeof value === 'string') return { value: { role: 'assistant', content: value } }
  const { role: _, content: given = null, tool_calls: calls, ...others } = Object(value) as Record<string, unknown>
  const content = contentText(given)
  if (content === undefined) {
    return { issues: [{ message: 'expected a string, or null next to tool_calls', path: ['content'] }] }
  }
  const wanted = calls ?? []
  const read = Array.isArray(wanted) ? wanted.map(toToolCall) : [undefined]
  if (read.includes(undefined)) {
    const message = 'expected { type, function: { name, arguments } }, with the arguments as JSON text'
    return { issues: [{ message, path: ['tool_calls'] }] }
  }
  const rest = Object.fromEntries(Object.entries(others).flatMap(extraEntries))
  if (read.length > 0) return { value: { ...rest, role: 'assistant', content, tool_calls: read as ToolCall[] } }
  if (content === null) return { issues: [{ message: 'expected a message with text or tool_calls' }] }
  return { value: { ...rest, role: 'assistant', content } }
}

/** The answer of a model of the user's to a conversation, in which each call has an id of its own. */
export function toAssistantMessage(answer: unknown, conversation: readonly ChatMessage[]): AssistantMessage {
  const { refusal } = Object(answer) as { refusal?: unknown }
  if (typeof refusal === 'string' && refusal !== '') throw refusalError(refusal)
  const read = parseAssistantMessage(answer)
  if (read.issues) {
    throw new TypeError('the model returned no message. Return a string, or { content, tool_calls } to ask for tools')
  }
  return withUniqueToolCallIds(read.value, toolCallIds(conversation))
}

/** What a model is told of a call that failed: who knows no more than the text reads in it that it is an error. */
export const toolError = (content: string): { content: string; result: ToolResult } => ({
  content,
  result: { type: 'error-text', value: content.replace(/^Error: /, '') },
})

/** The text of a content, which may come in parts. */
function contentText(content: unknown): string | null | undefined {
  if (content === null || typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((part: unknown) => {
    const { text, type } = Object(part) as { text?: unknown; type?: unknown }
    return typeof part === 'string' ? part : typeof text === 'string' && type !== 'reasoning' ? text : ''
  })
  return texts.join('')
}

/** An id may be missing, or be none: the agent gives each call its own. */
function toToolCall(call: unknown): ToolCall | undefined {
  const { id, function: called, providerOptions } = Object(call) as Record<string, unknown>
  const { name, arguments: given } = Object(called) as { name?: unknown; arguments?: unknown }
  const text = typeof given === 'string' ? given : isNonNullObject(given) ? attempt(() => stringify(given)) : undefined
  if (typeof name !== 'string' || text === undefined) return undefined
  const options = serializableCopy(providerOptions)
  return {
    id: id as string,
    type: 'function',
    function: { name, arguments: text },
    ...(options !== undefined && { providerOptions: options as ProviderOptions }),
  }
}

/** An entry of a message that is none of OpenAI's own: what says nothing, and what is no data, is left out. */
function extraEntries([key, value]: [string, unknown]): [string, unknown][] {
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  if (isEmpty || key === '__proto__') return []
  const data = serializableCopy(value)
  if (data === undefined || (key === 'parts' && !isProviderParts(data))) return []
  return [[key, data]]
}

/** A copy, of what can be saved. */
const serializableCopy = (value: unknown): unknown =>
  value === undefined || findForeign(value, 'message')
    ? undefined
    : attempt(() => JSON.parse(JSON.stringify(value)) as unknown)

const isProviderParts = (value: unknown): value is ProviderParts => {
  const { provider, content } = Object(value) as Partial<ProviderParts>
  return typeof provider === 'string' && Array.isArray(content)
}

const isNonNullObject = (value: unknown): boolean => typeof value === 'object' && value !== null

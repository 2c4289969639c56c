import { formatValue } from '../border/format-value.ts'
import { findNonJson } from '../border/json-data.ts'
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
 * The return value of a model function as an assistant message; a string is one too. The result is a copy, so that
 * later changes to the returned object have no effect. Unknown keys are kept if their values are serializable.
 */
export function parseAssistantMessage(value: unknown): SchemaResult<AssistantMessage> {
  if (typeof value === 'string') return { value: { role: 'assistant', content: value } }
  const { role: _, content: given = null, tool_calls: calls, ...others } = Object(value) as Record<string, unknown>
  const content = contentText(given)
  if (content === undefined) {
    return { issues: [{ message: 'expected a string, or null next to tool_calls', path: ['content'] }] }
  }
  const entries = calls ?? []
  const read = Array.isArray(entries) ? entries.map(toToolCall) : [undefined]
  if (read.includes(undefined)) {
    const message = 'expected { type, function: { name, arguments } }, with the arguments as JSON text'
    return { issues: [{ message, path: ['tool_calls'] }] }
  }
  const rest = Object.fromEntries(Object.entries(others).flatMap(extraEntries))
  if (read.length > 0) return { value: { ...rest, role: 'assistant', content, tool_calls: read as ToolCall[] } }
  if (content === null) return { issues: [{ message: 'expected a message with text or tool_calls' }] }
  return { value: { ...rest, role: 'assistant', content } }
}

/**
 * The return value of a user's model function as a message with unique tool call ids. Throws a `TypeError` if it is not
 * one.
 */
export function toAssistantMessage(answer: unknown, conversation: readonly ChatMessage[]): AssistantMessage {
  const { refusal } = Object(answer) as { refusal?: unknown }
  if (typeof refusal === 'string' && refusal !== '') throw refusalError(refusal)
  const read = parseAssistantMessage(answer)
  if (read.issues) {
    throw new TypeError(
      `the model returned ${formatValue(answer)}, which is not a message (${read.issues.map(({ message }) => message).join('; ')}). Return a string, or { content, tool_calls } to call tools`,
    )
  }
  return withUniqueToolCallIds(read.value, toolCallIds(conversation))
}

/**
 * The content and result of a tool message for a failed call. Its text begins with `Error:` for models that see only
 * text.
 */
export const toolError = (content: string): { content: string; result: ToolResult } => ({
  content,
  result: { type: 'error-text', value: content.replace(/^Error: /, '') },
})

/** The text of a message content, which may be an array of parts. */
function contentText(content: unknown): string | null | undefined {
  if (content === null || typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((part: unknown) => {
    const { text, type } = Object(part) as { text?: unknown; type?: unknown }
    return typeof part === 'string' ? part : typeof text === 'string' && type !== 'reasoning' ? text : ''
  })
  return texts.join('')
}

/** The id may be missing or not a string: the caller replaces it by a unique one. */
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

/** An entry of a message beside OpenAI's own keys; empty and non-serializable values are left out. */
function extraEntries([key, value]: [string, unknown]): [string, unknown][] {
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  if (isEmpty || key === '__proto__') return []
  const data = serializableCopy(value)
  if (data === undefined || (key === 'parts' && !isProviderParts(data))) return []
  return [[key, data]]
}

/** A copy; undefined if the value is not serializable. */
const serializableCopy = (value: unknown): unknown =>
  value === undefined || findNonJson(value, 'message')
    ? undefined
    : attempt(() => JSON.parse(JSON.stringify(value)) as unknown)

const isProviderParts = (value: unknown): value is ProviderParts => {
  const { provider, content } = Object(value) as Partial<ProviderParts>
  return typeof provider === 'string' && Array.isArray(content)
}

const isNonNullObject = (value: unknown): boolean => typeof value === 'object' && value !== null

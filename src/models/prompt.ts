import { formatValue } from '../border/format-value.ts'
import type { ChatMessage, PromptMessage, StandardSchema } from '../types.ts'
import { messageIssues } from './message-issues.ts'

/**
 * The input of a function that calls a model: messages, one message, or a string (one user message). `resume` is for an
 * agent: it executes the tool calls at the end of the messages that have no result yet.
 */
export type Prompt =
  | string
  | PromptMessage
  | readonly PromptMessage[]
  | { readonly messages: readonly PromptMessage[]; readonly resume?: boolean | undefined }

/** Validates a prompt and returns its messages; a string becomes one user message. */
export const promptSchema: StandardSchema<Prompt, { messages: ChatMessage[] }> = {
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      if (typeof value === 'string') return { value: { messages: [{ role: 'user', content: value }] } }
      const messages = promptMessages(value)
      if (!Array.isArray(messages))
        return { issues: [{ message: `expected a string, a message, or { messages }, not ${formatValue(value)}` }] }
      if (messages.length === 0) return { issues: [{ message: 'expected at least one message', path: ['messages'] }] }
      const issues = messages.flatMap((message: unknown, index) => messageIssues(message, ['messages', index]))
      return issues.length > 0 ? { issues } : { value: { messages: messages.map(plainMessage) } }
    },
  },
}

function promptMessages(value: unknown): unknown {
  if (Array.isArray(value)) return value
  const { messages, role } = Object(value) as { messages?: unknown; role?: unknown }
  return messages === undefined && role !== undefined ? [value] : messages
}

/** The message as plain data: it may be a message function, or an answer with parsed tool calls. */
function plainMessage(message: ChatMessage): ChatMessage {
  if ('run' in message) return { role: message.role, content: message.content } as ChatMessage
  if (message.role !== 'assistant' || !('tool_calls' in message)) return message
  const { tool_calls, ...rest } = message
  if (!tool_calls?.length) return rest
  const calls = tool_calls.map(({ id, type, function: { name, arguments: text }, providerOptions }) => ({
    id,
    type,
    function: { name, arguments: text },
    ...(providerOptions && { providerOptions }),
  }))
  return { ...rest, content: rest.content ?? null, tool_calls: calls } satisfies ChatMessage
}

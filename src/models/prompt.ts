import type { ChatMessage, PromptMessage, StandardSchema } from '../types.ts'
import { messageIssues } from './message-issues.ts'

/**
 * What a model function takes: messages, or one of them, or a string for one user message. `resume` is for an agent: it
 * makes the calls that come last in the messages, and that nobody answered.
 */
export type Prompt =
  | string
  | PromptMessage
  | readonly PromptMessage[]
  | { readonly messages: readonly PromptMessage[]; readonly resume?: boolean | undefined }

/** Checks a prompt and gives its messages; a text becomes one user message. */
export const promptSchema: StandardSchema<Prompt, { messages: ChatMessage[] }> = {
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      if (typeof value === 'string') return { value: { messages: [{ role: 'user', content: value }] } }
      const messages = promptMessages(value)
      if (!Array.isArray(messages)) return { issues: [{ message: 'expected a string, a message, or { messages }' }] }
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

/** As a server takes it: a message may be a function of ours, which is no data, or an answer with its calls parsed. */
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

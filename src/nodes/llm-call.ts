import { NODE } from '../compile/scope.ts'
import { define } from '../define.ts'
import type {
  CancelEvent,
  ChatMessage,
  Fn,
  Model,
  Policy,
  RunContext,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { leaf } from './function.ts'

/** What a model function takes: messages, or one of them, or a text for one user message. */
export type Prompt = string | ChatMessage | readonly ChatMessage[] | { readonly messages: readonly ChatMessage[] }

/** Checks a prompt and gives its messages; a text becomes one user message. */
export const promptSchema: StandardSchema<Prompt, { messages: readonly ChatMessage[] }> = {
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      if (typeof value === 'string') return { value: { messages: [{ role: 'user', content: value }] } }
      const messages = messagesOf(value)
      if (!Array.isArray(messages)) return { issues: [{ message: 'expected a text, a message, or { messages }' }] }
      if (messages.length === 0) return { issues: [{ message: 'expected at least one message', path: ['messages'] }] }
      const issues = messages.flatMap((message: unknown, index) =>
        isMessage(message) ? [] : [{ message: 'expected { role, content }', path: ['messages', index] }],
      )
      return issues.length > 0 ? { issues } : { value: { messages: messages.map(plain) } }
    },
  },
}

function messagesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value
  const { messages, role } = Object(value) as { messages?: unknown; role?: unknown }
  return messages === undefined && role !== undefined ? [value] : messages
}

const isMessage = (message: unknown): boolean => {
  const { role, content } = Object(message) as { role?: unknown; content?: unknown }
  return typeof role === 'string' && content !== undefined && typeof content !== 'function'
}

/** A message may be a function of ours at the same time, which is no data. */
const plain = (message: ChatMessage): ChatMessage =>
  NODE in message ? ({ role: message.role, content: message.content } as ChatMessage) : message

/**
 * A call of your own model: `async (messages, ctx) => …`. It gives what the model gives, checked by `output` if set.
 * Tell tokens with `ctx.emit({ type: 'token', delta })` and usage with `ctx.emit({ type: 'usage', inputTokens, outputTokens })`.
 *
 * @example
 * const answer = llmCall({ name: 'answer', model: async (messages, { signal }) => ask(messages, signal) })
 */
export function llmCall<const N extends string, O, SO extends StandardSchema = never>(
  config: Policy & {
    name: N
    model: Model<O>
    output?: SO & ([SO] extends [never] ? unknown : StandardSchema<O & SchemaInput<SO>>)
  },
): Fn<Prompt, [SO] extends [never] ? O : SchemaOutput<SO>, N, CancelEvent> {
  const { model, ...rest } = config as unknown as Policy & {
    name: string
    model: Model<unknown>
    output?: StandardSchema
  }
  if (typeof model !== 'function') {
    throw new TypeError(`llmCall ${String(rest.name)} has no model. Give it model: async (messages, ctx) => text.`)
  }
  const run = ({ messages }: { messages: readonly ChatMessage[] }, ctx: RunContext) => model(messages, ctx)
  return define(leaf('llmCall', { ...rest, input: promptSchema as StandardSchema, run })) as never
}

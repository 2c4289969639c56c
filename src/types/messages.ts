import type { Json } from './json.ts'

/** What is meant for one provider of the AI SDK alone, under its name: `{ anthropic: { cacheControl: { type: 'ephemeral' } } }`. */
export type ProviderOptions = Readonly<Record<string, Readonly<Record<string, Json>>>>
type WithOptions = { providerOptions?: ProviderOptions }

/** A call of a tool, as a model asks for it: `arguments` is the JSON text that it wrote. */
export type ToolCall = WithOptions & { id: string; type: 'function'; function: { name: string; arguments: string } }
/**
 * An answer as its provider sent it, reasoning and signatures included, in its own order: the `content` of an AI SDK
 * model, or what a Chat message has beside OpenAI's own keys.
 */
export type ProviderParts = { readonly provider: string; readonly content: readonly Json[] }
/** `parts` take the place of `content` and `tool_calls` when the message goes back to the same provider. */
export type AssistantMessage = WithOptions & {
  role: 'assistant'
  content: string | null
  tool_calls?: readonly ToolCall[]
  parts?: ProviderParts
}
export type TextPart = WithOptions & { type: 'text'; text: string }
/** A picture for a model that sees: the address of one, or its bytes as a `data:` URL. */
export type ImagePart = WithOptions & {
  type: 'image_url'
  image_url: { url: string; detail?: 'auto' | 'low' | 'high' }
}
/** What a tool returned, for providers that tell data from text and errors from results; `content` of its message is the text. */
export type ToolResult = { type: 'json' | 'text' | 'error-json' | 'error-text' | 'content'; value: Json }
export type ToolMessage = WithOptions & { role: 'tool'; tool_call_id: string; content: string; result?: ToolResult }
/**
 * One message, in the shape of OpenAI's Chat Completions. `parts`, `result` and `providerOptions` are kept beside it, and
 * never go over OpenAI's own wire.
 */
export type ChatMessage =
  | (WithOptions & { role: 'system' | 'developer'; content: string })
  | (WithOptions & { role: 'user'; content: string | readonly (TextPart | ImagePart)[] })
  | AssistantMessage
  | ToolMessage

/** Messages as they are written in place: the literals of these are kept. */
export type Messages = ChatMessage | readonly ChatMessage[] | HoldsMessages
interface HoldsMessages {
  // oxlint-disable-next-line typescript/no-empty-object-type -- all that is neither null nor undefined
  readonly [key: string]: Messages | {} | null | undefined
}

/**
 * What a plain function may return: anything. The bound names messages, so that the literals of those written in place
 * stay as they are, however deep: `() => ({ prompt: [{ role: 'user', content }] })` gives a `role: 'user'`, not a string.
 */
export type Returned =
  | Messages
  // oxlint-disable-next-line typescript/no-empty-object-type -- all that is neither null nor undefined
  | {}
  | null
  | undefined
  | void

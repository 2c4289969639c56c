import type { Json } from './json.ts'

/** Options for one provider of the AI SDK, under its name: `{ anthropic: { cacheControl: { type: 'ephemeral' } } }`. */
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
type Answer = WithOptions & {
  role: 'assistant'
  refusal?: string | null
  tool_calls?: ToolCall[]
  parts?: ProviderParts
}
/** What a model answered. */
export type AssistantMessage = Answer & { content: string | null }
export type TextPart = WithOptions & { type: 'text'; text: string }
/** An image: its URL, or its bytes as a `data:` URL. */
export type ImagePart = WithOptions & {
  type: 'image_url'
  image_url: { url: string; detail?: 'auto' | 'low' | 'high' }
}
/** Audio: its bytes as base64. */
export type AudioPart = WithOptions & { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
/** A file, as a `data:` URL or by the id that OpenAI's server has for it. */
export type FilePart = WithOptions & {
  type: 'file'
  file: { file_data?: string; file_id?: string; filename?: string }
}
export type RefusalPart = WithOptions & { type: 'refusal'; refusal: string }
/** What a user's message may hold. */
export type UserPart = TextPart | ImagePart | AudioPart | FilePart
/** What a tool returned, for providers that distinguish data, text and errors; `content` of its message is the text. */
export type ToolResult = { type: 'json' | 'text' | 'error-json' | 'error-text' | 'content'; value: Json }
export type ToolMessage = WithOptions & {
  role: 'tool'
  tool_call_id: string
  content: string | TextPart[]
  result?: ToolResult
}
/**
 * One message, in the shape of OpenAI's Chat Completions: a list of them is one of its SDK's
 * `ChatCompletionMessageParam`. `parts`, `result` and `providerOptions` are kept beside it, and never go over OpenAI's own
 * wire.
 */
export type ChatMessage =
  | (WithOptions & { role: 'system' | 'developer'; content: string | TextPart[]; name?: string })
  | (WithOptions & { role: 'user'; content: string | UserPart[]; name?: string })
  | (Answer & { content: string | (TextPart | RefusalPart)[] | null; name?: string })
  | ToolMessage

/** Messages as they are written in place: the literals of these are kept. */
export type Messages = ChatMessage | readonly ChatMessage[] | HoldsMessages
interface HoldsMessages {
  // oxlint-disable-next-line typescript/no-empty-object-type -- all that is neither null nor undefined
  readonly [key: string]: Messages | {} | null | undefined
}

/**
 * A message as one may be given: a `ChatMessage`, one `as const`, or a `ChatCompletionMessageParam` of OpenAI's SDK. What
 * that has and no function takes (`role: 'function'`, custom tools) is rejected when it comes.
 */
export type PromptMessage =
  | { role: 'function'; name: string; content: string | null }
  | (WithOptions & {
      role: 'tool'
      tool_call_id: string
      content: string | readonly TextPart[]
      result?: ToolResult
      name?: string
    })
  | (WithOptions & {
      role: 'assistant'
      content?: string | readonly (TextPart | RefusalPart)[] | null
      refusal?: string | null
      audio?: { id: string } | null
      tool_calls?: readonly (ToolCall | CustomCall)[] | null
      parts?: ProviderParts
      name?: string
    })
  | (WithOptions & { role: 'system' | 'developer'; content: string | readonly TextPart[]; name?: string })
  // The last, since compilers name the last one where a message is none of them.
  | (WithOptions & { role: 'user'; content: string | readonly (UserPart | LoosePart)[]; name?: string })
/** What some servers understand, and some versions of OpenAI's SDK have. */
type LoosePart = WithOptions &
  (
    | { type: 'video_url'; video_url: { url: string } }
    | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' | 'original' } }
  )
type CustomCall = { id: string; type: 'custom'; custom: { name: string; input: string } }

/**
 * What a model of your own may return for a turn: the text, or a message, which may ask for tools. Ids are added where
 * they are missing, and arguments may be JSON text or the object itself.
 */
export type ModelAnswer =
  | string
  | {
      role?: 'assistant'
      content?: string | readonly (TextPart | RefusalPart)[] | null
      refusal?: string | null
      tool_calls?: readonly (AnsweredCall | CustomCall)[] | null
      parts?: ProviderParts
      providerOptions?: ProviderOptions
    }
type AnsweredCall = WithOptions & {
  id?: string
  type?: 'function'
  function: { name: string; arguments: string | object }
}

/**
 * What a plain function may return: anything. The bound names messages, so that the literals of those written in place
 * stay as they are, however deep: `() => ({ prompt: [{ role: 'user', content }] })` returns a `role: 'user'`, not a string.
 */
export type Returned =
  | Messages
  | PromptMessage
  | readonly PromptMessage[]
  | { readonly messages: readonly PromptMessage[] }
  // oxlint-disable-next-line typescript/no-empty-object-type -- all that is neither null nor undefined
  | {}
  | null
  | undefined
  | void

import type { ChatMessage, Json, ProviderOptions, ToolMessage } from '../../types.ts'
import { argumentsObject } from '../parsing/tool-arguments.ts'
import { isClientToolCall } from '../tool-call-ids.ts'
import { withToolImagesAsUserMessages } from '../tool-images.ts'
import type { LanguageModel } from './language-model.ts'
import type { ContentPart } from '../provider-parts.ts'
import { CHAT_COMPLETIONS_PROVIDER, toResultContent } from './result-parts.ts'
import { type LanguagePart, contentAsText, userParts } from './user-parts.ts'

type LanguageMessage = {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string | LanguagePart[]
  providerOptions?: ProviderOptions
}
/** A prompt of the AI SDK; consecutive tool results are one message. */
export type LanguagePrompt = LanguageMessage[]

type AssistantChatMessage = Extract<ChatMessage, { role: 'assistant' }>

/** The tool calls so far, by id: tool name and provider metadata. */
type ToolCallIndex = Map<string, { name: string; metadata?: unknown }>

/**
 * Converts messages to a prompt of the AI SDK. Content of the same provider goes back unchanged, including reasoning
 * and signatures; that of another provider goes as text and tool calls.
 */
export function toLanguagePrompt(
  messages: readonly ChatMessage[],
  { specificationVersion: version, provider }: Pick<LanguageModel, 'specificationVersion' | 'provider'>,
): LanguagePrompt {
  const calls: ToolCallIndex = new Map()
  const prompt: LanguagePrompt = []
  const target = { version, provider }
  // The index in the given messages: an added message of tool images has that of the result before it.
  let index = -1
  for (const message of CHAT_COMPLETIONS_PROVIDER.test(provider) ? withToolImagesAsUserMessages(messages) : messages) {
    if (message.role !== 'user' || message === messages[index + 1]) index++
    const options = message.providerOptions && { providerOptions: message.providerOptions }
    switch (message.role) {
      case 'user':
        prompt.push({
          role: 'user',
          content: userParts(message.content, target, `messages[${index}]`),
          ...options,
        })
        break
      case 'assistant':
        prompt.push({ role: 'assistant', content: assistantParts(message, provider, calls), ...options })
        break
      case 'tool': {
        const last = prompt.at(-1)
        const part = toolResultPart(
          message,
          calls,
          toResultContent(message.result, target, `messages[${index}].result`),
        )
        if (last?.role === 'tool') (last.content as LanguagePart[]).push(part)
        else prompt.push({ role: 'tool', content: [part] })
        break
      }
      default:
        prompt.push({ role: 'system', content: contentAsText(message.content), ...options })
    }
  }
  return prompt
}

function assistantParts(message: AssistantChatMessage, provider: string, calls: ToolCallIndex): LanguagePart[] {
  const { content, tool_calls = [], parts } = message
  const own = new Map(tool_calls.map((call) => [call.id, call.providerOptions]))
  for (const { id, function: called } of tool_calls) calls.set(id, { name: called.name })
  if (parts?.provider === provider) return parts.content.flatMap((part) => toPromptPart(part, calls, own))
  const toolCallParts = tool_calls.map(({ id, function: { name, arguments: text }, providerOptions }) => ({
    type: 'tool-call',
    toolCallId: id,
    toolName: name,
    input: argumentsObject(text),
    ...(providerOptions && { providerOptions }),
  }))
  const text = contentAsText(content)
  return [...(text ? [{ type: 'text', text }] : []), ...toolCallParts]
}

/** A content part of an answer as a part of a prompt: `providerMetadata` becomes `providerOptions`. */
function toPromptPart(
  part: Json,
  calls: ToolCallIndex,
  own: ReadonlyMap<string, ProviderOptions | undefined>,
): LanguagePart[] {
  const { providerMetadata, ...fields } = Object(part) as ContentPart
  const { type, toolCallId = '', toolName = '', providerExecuted } = fields
  const more = isClientToolCall(part) ? own.get(toolCallId) : undefined
  const merged = more ? { ...Object(providerMetadata), ...more } : providerMetadata
  const options = merged !== undefined && { providerOptions: merged }
  const executed = providerExecuted !== undefined && { providerExecuted }
  switch (type) {
    case 'text':
      // An empty text without options is left out.
      return fields.text === '' && !options ? [] : [{ type, text: fields.text, ...options }]
    case 'reasoning':
      return [{ type, text: fields.text, ...options }]
    case 'tool-call':
      if (isClientToolCall(part)) calls.set(toolCallId, { name: toolName, metadata: providerMetadata })
      return [{ type, toolCallId, toolName, input: argumentsObject(fields.input), ...executed, ...options }]
    case 'tool-result':
      // A preliminary result is not the final one.
      if (fields.preliminary === true) return []
      return [{ type, toolCallId, toolName, output: toolResultOutput(fields), ...options }]
    case 'file':
    case 'reasoning-file':
      return [{ type, mediaType: fields.mediaType, data: fields.data, ...options }]
    case 'custom':
      return [{ type, kind: fields.kind, ...options }]
    default:
      return []
  }
}

function toolResultOutput({ result, isError }: ContentPart): { type: string; value: unknown } {
  if (isError) return { type: 'error-json', value: result ?? null }
  return typeof result === 'string' ? { type: 'text', value: result } : { type: 'json', value: result ?? null }
}

function toolResultPart(
  { tool_call_id: id, content, result, providerOptions }: ToolMessage,
  calls: ToolCallIndex,
  parts: LanguagePart | undefined,
): LanguagePart {
  const { name = 'unknown', metadata } = calls.get(id) ?? {}
  const options = providerOptions ?? metadata
  return {
    type: 'tool-result',
    toolCallId: id,
    toolName: name,
    output: parts ?? result ?? { type: 'text', value: contentAsText(content) },
    ...(options !== undefined && { providerOptions: options }),
  }
}

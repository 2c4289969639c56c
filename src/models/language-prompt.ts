import type { AssistantMessage, ChatMessage, ImagePart, TextPart, ToolCall } from '../types.ts'
import type { LanguageModel } from './language-model.ts'
import { filePart } from './pictures/file-part.ts'

type Version = LanguageModel['specificationVersion']
type Part = { readonly type: string; readonly [field: string]: unknown }
/** A prompt in the words of the AI SDK; the tool results in a row are one message. */
export type LanguagePrompt = { role: ChatMessage['role']; content: string | Part[] }[]

/** The messages as a model of the AI SDK takes them. */
export function promptOf(messages: readonly ChatMessage[], version: Version): LanguagePrompt {
  const names = new Map<string, string>()
  const prompt: LanguagePrompt = []
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') {
      prompt.push({ role: 'system', content: message.content })
    } else if (message.role === 'user') {
      prompt.push({ role: 'user', content: partsOf(message.content, version, `messages[${index}]`) })
    } else if (message.role === 'assistant') {
      for (const {
        id,
        function: { name },
      } of message.tool_calls ?? [])
        names.set(id, name)
      prompt.push({ role: 'assistant', content: saidBy(message) })
    } else {
      const { tool_call_id: id, content } = message
      const output = { type: 'text', value: content }
      const part = { type: 'tool-result', toolCallId: id, toolName: names.get(id) ?? 'unknown', output }
      const last = prompt.at(-1)
      if (last?.role === 'tool') (last.content as Part[]).push(part)
      else prompt.push({ role: 'tool', content: [part] })
    }
  }
  return prompt
}

function partsOf(content: string | readonly (TextPart | ImagePart)[], version: Version, place: string): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part, index) =>
    part.type === 'image_url' ? filePart(part.image_url?.url, version, `${place}.content[${index}]`) : part,
  )
}

function saidBy({ content, tool_calls = [] }: AssistantMessage): Part[] {
  const calls = tool_calls.map(({ id, function: { name, arguments: text } }: ToolCall) => ({
    type: 'tool-call',
    toolCallId: id,
    toolName: name,
    input: parse(text),
  }))
  return [...(content ? [{ type: 'text', text: content }] : []), ...calls]
}

/** What a model wrote as arguments may be no JSON; the next turn is told of it as it is. */
function parse(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    return text
  }
}

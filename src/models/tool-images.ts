import type { ChatMessage, ImagePart, TextPart, ToolMessage, UserPart } from '../types.ts'

/**
 * Messages for an API whose tool results are text only: the images that tools returned follow in a user message, after
 * all results of that turn. Does not change its argument.
 */
export function withToolImagesAsUserMessages(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some(hasResultParts)) return messages
  const names = new Map<unknown, string>()
  const all: ChatMessage[] = []
  let images: UserPart[] = []
  const pushImages = () => {
    if (images.length > 0) all.push({ role: 'user', content: images })
    images = []
  }
  for (const message of messages) {
    if (message.role !== 'tool') pushImages()
    if (message.role === 'assistant' && Array.isArray(message.tool_calls))
      for (const { id, function: called } of message.tool_calls) names.set(id, called?.name)
    if (!hasResultParts(message)) {
      all.push(message)
      continue
    }
    const { result, ...rest } = message as ToolMessage
    all.push(rest)
    const tool = names.get(message.tool_call_id)
    const text = `The image that ${tool ? `the tool ${tool}` : 'a tool'} returned:`
    images.push(
      ...toolResultParts(result).flatMap((part) => (isImagePart(part) ? [{ type: 'text', text } as const, part] : [])),
    )
  }
  pushImages()
  return all
}

/** The text and image parts of a tool result; empty if the result is anything else. */
export function toolResultParts(result: unknown): readonly (TextPart | ImagePart)[] {
  const { type, value } = Object(result) as { type?: unknown; value?: unknown }
  return type === 'content' && Array.isArray(value) && value.every((part) => isTextPart(part) || isImagePart(part))
    ? value
    : []
}

const hasResultParts = (message: ChatMessage): message is ToolMessage =>
  Object(message).role === 'tool' && toolResultParts((message as ToolMessage).result).length > 0

const isTextPart = (part: unknown): part is TextPart => {
  const { type, text } = Object(part) as Partial<TextPart>
  return type === 'text' && typeof text === 'string'
}
const isImagePart = (part: unknown): part is ImagePart => {
  const { type, image_url: image } = Object(part) as Partial<ImagePart>
  return type === 'image_url' && typeof Object(image).url === 'string'
}

import type { ChatMessage, ImagePart, TextPart, ToolMessage, UserPart } from '../types.ts'

/**
 * Messages for a wire on which a tool can return text only: the pictures that tools returned follow in a message of the
 * user, after all results of that turn. Nothing that is given is changed.
 */
export function withToolImagesAsUserMessages(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some(hasResultParts)) return messages
  const names = new Map<unknown, string>()
  const all: ChatMessage[] = []
  let pictures: UserPart[] = []
  const tellPictures = () => {
    if (pictures.length > 0) all.push({ role: 'user', content: pictures })
    pictures = []
  }
  for (const message of messages) {
    if (message.role !== 'tool') tellPictures()
    if (message.role === 'assistant' && Array.isArray(message.tool_calls))
      for (const { id, function: called } of message.tool_calls) names.set(id, called?.name)
    if (!hasResultParts(message)) {
      all.push(message)
      continue
    }
    const { result, ...rest } = message as ToolMessage
    all.push(rest)
    const tool = names.get(message.tool_call_id)
    const text = `The picture that ${tool ? `the tool ${tool}` : 'a tool'} returned:`
    pictures.push(
      ...toolResultParts(result).flatMap((part) => (isImagePart(part) ? [{ type: 'text', text } as const, part] : [])),
    )
  }
  tellPictures()
  return all
}

/** What a tool returned, where it is texts and pictures as a message of ours has them. */
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

import { attempt, isPlainObject } from '../../../border/shape.ts'
import { stringify } from '../../../models/stringify.ts'

type MessageFields = Readonly<Record<string, unknown>>
/** What a message or a piece of one says, and what its provider keeps beside. */
export type ReadContent = { text: string | null; reasoning: string; refusal: string; extras: Record<string, unknown> }

/** What has a place of its own in an answer. */
const MESSAGE_KEYS: ReadonlySet<string> = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call'])
/** Under these, what a model thinks is a text; the first that says something counts, for some servers say it twice. */
const REASONING_KEYS = ['reasoning_content', 'reasoning', 'reasoning_text', 'thinking', 'reasoning_details'] as const

/** Reads a message, whatever its content is: a text, parts, a number, an object that a server has parsed already. */
export function readMessageContent(message: MessageFields): ReadContent {
  const { content, refusal } = message
  const said: ReadContent = { text: null, reasoning: '', refusal: textOfValue(refusal), extras: {} }
  const parts = contentParts(content)
  if (parts) for (const part of parts) addContentPart(said, part)
  else if (content !== undefined && content !== null) {
    said.text = typeof content === 'string' ? content : (attempt(() => stringify(content)) ?? '')
  }
  for (const key of REASONING_KEYS) said.reasoning ||= textOfValue(message[key])
  said.extras = Object.fromEntries(Object.entries(message).filter(([key]) => !MESSAGE_KEYS.has(key)))
  // What is no text goes back to the provider in its place among the others.
  if (parts?.some((part) => !isTextOrRefusal(part))) said.extras.content = parts
  return said
}

/** The parts of a content; an object without a type is the value that was asked for. */
function contentParts(content: unknown): readonly unknown[] | undefined {
  if (Array.isArray(content)) return content.every(isContentPart) ? content : undefined
  return isPlainObject(content) && typeof content.type === 'string' && isContentPart(content) ? [content] : undefined
}

const isContentPart = (part: unknown): boolean =>
  typeof part === 'string' || (isPlainObject(part) && (typeof part.type === 'string' || typeof part.text === 'string'))
const partType = (part: unknown): string => String((Object(part) as MessageFields).type ?? 'text')
const isTextContent = (part: unknown): boolean => /^(?:output_)?text$/.test(partType(part))
const isTextOrRefusal = (part: unknown): boolean => isTextContent(part) || partType(part) === 'refusal'

function addContentPart(said: ReadContent, part: unknown): void {
  if (isTextContent(part)) said.text = (said.text ?? '') + textOfValue(part)
  else if (partType(part) === 'refusal') said.refusal += textOfValue(part)
  else if (/think|reason/.test(partType(part))) said.reasoning += textOfValue(part)
}

/** The text in a value, under whatever name a server gives it. */
function textOfValue(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || depth > 5) return ''
  if (Array.isArray(value)) return value.map((one) => textOfValue(one, depth + 1)).join('')
  const { text, thinking, reasoning, summary, refusal, content, value: inner } = value as MessageFields
  for (const one of [text, thinking, reasoning, summary, refusal, content, inner]) {
    const words = textOfValue(one, depth + 1)
    if (words) return words
  }
  return ''
}

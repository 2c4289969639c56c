import { attempt, isPlainObject } from '../../../border/shape.ts'
import { stringify } from '../../../models/stringify.ts'

type MessageFields = Readonly<Record<string, unknown>>
/** The text, reasoning and refusal of a message or a delta, and other keys of its provider. */
export type ReadContent = { text: string | null; reasoning: string; refusal: string; extras: Record<string, unknown> }

/** The keys of OpenAI's messages. */
const MESSAGE_KEYS: ReadonlySet<string> = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call'])
/** The keys of reasoning text; the first that is not empty counts, because some servers send it twice. */
const REASONING_KEYS = ['reasoning_content', 'reasoning', 'reasoning_text', 'thinking', 'reasoning_details'] as const

/** Reads a message with any content: a string, parts, a number, or an object that a server has parsed already. */
export function readMessageContent(message: MessageFields): ReadContent {
  const { content, refusal } = message
  const result: ReadContent = { text: null, reasoning: '', refusal: textOfValue(refusal), extras: {} }
  const parts = contentParts(content)
  if (parts) for (const part of parts) addContentPart(result, part)
  else if (content !== undefined && content !== null) {
    result.text = typeof content === 'string' ? content : (attempt(() => stringify(content)) ?? '')
  }
  for (const key of REASONING_KEYS) result.reasoning ||= textOfValue(message[key])
  result.extras = Object.fromEntries(Object.entries(message).filter(([key]) => !MESSAGE_KEYS.has(key)))
  // Parts other than text go back to the provider in the same order.
  if (parts?.some((part) => !isTextOrRefusal(part))) result.extras.content = parts
  return result
}

/** The parts of a content; an object without a type is a parsed value, not a part. */
function contentParts(content: unknown): readonly unknown[] | undefined {
  if (Array.isArray(content)) return content.every(isContentPart) ? content : undefined
  return isPlainObject(content) && typeof content.type === 'string' && isContentPart(content) ? [content] : undefined
}

const isContentPart = (part: unknown): boolean =>
  typeof part === 'string' || (isPlainObject(part) && (typeof part.type === 'string' || typeof part.text === 'string'))
const partType = (part: unknown): string => String((Object(part) as MessageFields).type ?? 'text')
const isTextContent = (part: unknown): boolean => /^(?:output_)?text$/.test(partType(part))
const isTextOrRefusal = (part: unknown): boolean => isTextContent(part) || partType(part) === 'refusal'

function addContentPart(result: ReadContent, part: unknown): void {
  if (isTextContent(part)) result.text = (result.text ?? '') + textOfValue(part)
  else if (partType(part) === 'refusal') result.refusal += textOfValue(part)
  else if (/think|reason/.test(partType(part))) result.reasoning += textOfValue(part)
}

/** The text in a value, under any of the keys that servers use. */
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

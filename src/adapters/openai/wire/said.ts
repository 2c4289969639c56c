import { attempt, isPlainObject } from '../../../border/shape.ts'
import { write } from '../../../models/writing.ts'

type Part = Readonly<Record<string, unknown>>
/** What a message or a piece of one says, and what its provider keeps beside. */
export type Said = { text: string | null; reasoning: string; refusal: string; extras: Record<string, unknown> }

/** What has a place of its own in an answer. */
const OWN: ReadonlySet<string> = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call'])
/** Under these, what a model thinks is a text; the first that says something counts, for some servers say it twice. */
const THOUGHTS = ['reasoning_content', 'reasoning', 'reasoning_text', 'thinking', 'reasoning_details'] as const

/** Reads a message, whatever its content is: a text, parts, a number, an object that a server has parsed already. */
export function saidIn(message: Part): Said {
  const { content, refusal } = message
  const said: Said = { text: null, reasoning: '', refusal: wordsOf(refusal), extras: {} }
  const parts = partsOf(content)
  if (parts) for (const part of parts) addPart(said, part)
  else if (content !== undefined && content !== null) {
    said.text = typeof content === 'string' ? content : (attempt(() => write(content)) ?? '')
  }
  for (const key of THOUGHTS) said.reasoning ||= wordsOf(message[key])
  said.extras = Object.fromEntries(Object.entries(message).filter(([key]) => !OWN.has(key)))
  // What is no text goes back to the provider in its place among the others.
  if (parts?.some((part) => !isPlain(part))) said.extras.content = parts
  return said
}

/** The parts of a content; an object without a type is the value that was asked for. */
function partsOf(content: unknown): readonly unknown[] | undefined {
  if (Array.isArray(content)) return content.every(isPart) ? content : undefined
  return isPlainObject(content) && typeof content.type === 'string' && isPart(content) ? [content] : undefined
}

const isPart = (part: unknown): boolean =>
  typeof part === 'string' || (isPlainObject(part) && (typeof part.type === 'string' || typeof part.text === 'string'))
const typeOf = (part: unknown): string => String((Object(part) as Part).type ?? 'text')
const isText = (part: unknown): boolean => /^(?:output_)?text$/.test(typeOf(part))
const isPlain = (part: unknown): boolean => isText(part) || typeOf(part) === 'refusal'

function addPart(said: Said, part: unknown): void {
  if (isText(part)) said.text = (said.text ?? '') + wordsOf(part)
  else if (typeOf(part) === 'refusal') said.refusal += wordsOf(part)
  else if (/think|reason/.test(typeOf(part))) said.reasoning += wordsOf(part)
}

/** The text in a value, under whatever name a server gives it. */
function wordsOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || depth > 5) return ''
  if (Array.isArray(value)) return value.map((one) => wordsOf(one, depth + 1)).join('')
  const { text, thinking, reasoning, summary, refusal, content, value: inner } = value as Part
  for (const one of [text, thinking, reasoning, summary, refusal, content, inner]) {
    const words = wordsOf(one, depth + 1)
    if (words) return words
  }
  return ''
}

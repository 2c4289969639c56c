import type { UserPart } from '../../types.ts'
import { fill, namesIn } from './placeholders.ts'

/** What a user message may hold beside text. */
export type Parts = readonly UserPart[]
export type AnyContent = string | Parts | ((input: never) => string | Promise<string>)

/** The texts of a content in which placeholders are read. */
export type TextIn<C> = C extends string
  ? C
  : C extends readonly (infer P)[]
    ? P extends { text: infer T extends string }
      ? T
      : P extends { image_url: { url: infer U extends string } }
        ? U
        : never
    : never

/** The content of a message for an input. */
export async function contentOf(content: AnyContent, input: unknown, owner: string): Promise<string | Parts> {
  if (typeof content === 'string') return fill(content, input, owner)
  if (typeof content !== 'function') return content.map((part) => filled(part, input, owner))
  const text: unknown = await content(input as never)
  if (typeof text === 'string') return text
  throw new TypeError(
    `${owner} returned ${text === null ? 'null' : typeof text} for its input, not a string. Return a string`,
  )
}

function filled(part: Parts[number], input: unknown, owner: string): Parts[number] {
  if (part.type === 'text') return { ...part, text: fill(part.text, input, owner) }
  if (part.type !== 'image_url') return part
  return { ...part, image_url: { ...part.image_url, url: fill(part.image_url.url, input, owner) } }
}

/** The fields that the texts of contents ask for; what a function asks for, nobody knows. */
export const asksOf = (contents: readonly unknown[]): string[] => [
  ...new Set(contents.flatMap((content) => textsIn(content).flatMap(namesIn))),
]

function textsIn(content: unknown): string[] {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return (content as Parts).flatMap((part) => {
    if (part.type === 'text') return [part.text]
    return part.type === 'image_url' ? [part.image_url.url] : []
  })
}

export function checkContent(owner: string, content: unknown): asserts content is AnyContent {
  if (typeof content === 'string' || typeof content === 'function') return
  if (Array.isArray(content) && content.length > 0 && content.every(isPart)) return
  throw new TypeError(
    `${owner} has no content. Give it a string, such as 'Hello {name}', an array of { type: 'text' | 'image_url', … }, or (input) => text.`,
  )
}

function isPart(part: unknown): boolean {
  const { type, text, image_url } = Object(part) as { type?: unknown; text?: unknown; image_url?: { url?: unknown } }
  if (type === 'image_url') return typeof image_url?.url === 'string'
  return typeof type === 'string' && (type !== 'text' || typeof text === 'string')
}

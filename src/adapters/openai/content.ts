import type { UserPart } from '../../types.ts'
import { formatValue } from '../../border/format-value.ts'
import { fillPlaceholders, placeholderNames } from './placeholders.ts'

/** The content of a user message as parts. */
export type UserParts = readonly UserPart[]
export type TemplateContent = string | UserParts | ((input: never) => string | Promise<string>)

/** The texts of a content that may contain placeholders. */
export type ContentText<C> = C extends string
  ? C
  : C extends readonly (infer P)[]
    ? P extends { text: infer T extends string }
      ? T
      : P extends { image_url: { url: infer U extends string } }
        ? U
        : never
    : never

/** Renders the content of a message for an input. */
export async function renderContent(
  content: TemplateContent,
  input: unknown,
  owner: string,
): Promise<string | UserParts> {
  if (typeof content === 'string') return fillPlaceholders(content, input, owner)
  if (typeof content !== 'function') return content.map((part) => fillPart(part, input, owner))
  const text: unknown = await content(input as never)
  if (typeof text === 'string') return text
  throw new TypeError(`the content function of ${owner} returned ${formatValue(text)}, not a string. Return a string`)
}

function fillPart(part: UserParts[number], input: unknown, owner: string): UserParts[number] {
  if (part.type === 'text') return { ...part, text: fillPlaceholders(part.text, input, owner) }
  if (part.type !== 'image_url') return part
  return { ...part, image_url: { ...part.image_url, url: fillPlaceholders(part.image_url.url, input, owner) } }
}

/** The placeholders in the texts of contents; those of a function are not known. */
export const placeholdersOf = (contents: readonly unknown[]): string[] => [
  ...new Set(contents.flatMap((content) => templateTexts(content).flatMap(placeholderNames))),
]

function templateTexts(content: unknown): string[] {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return (content as UserParts).flatMap((part) => {
    if (part.type === 'text') return [part.text]
    return part.type === 'image_url' ? [part.image_url.url] : []
  })
}

export function checkContent(owner: string, content: unknown): asserts content is TemplateContent {
  if (typeof content === 'string' || typeof content === 'function') return
  if (Array.isArray(content) && content.length > 0 && content.every(isUserPart)) return
  throw new TypeError(
    `${owner}: content is ${formatValue(content)}, which is not message content. Give a string, such as 'Hello {name}', an array of { type: 'text' | 'image_url', … }, or (input) => text.`,
  )
}

function isUserPart(part: unknown): boolean {
  const { type, text, image_url } = Object(part) as { type?: unknown; text?: unknown; image_url?: { url?: unknown } }
  if (type === 'image_url') return typeof image_url?.url === 'string'
  return typeof type === 'string' && (type !== 'text' || typeof text === 'string')
}

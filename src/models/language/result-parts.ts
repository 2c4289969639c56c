import { toolResultParts } from '../tool-images.ts'
import type { LanguageModel } from './language-model.ts'
import { type LanguagePart, type PromptTarget, userParts } from './user-parts.ts'

type MessageWithParts = { readonly role: string; readonly content: string | readonly LanguagePart[] }
type SpecificationVersion = LanguageModel['specificationVersion']

/**
 * Providers with OpenAI's Chat Completions API, whose tool results are text only: an image would be sent as its base64
 * text. A provider of Google has such a name as well, and accepts images.
 */
export const CHAT_COMPLETIONS_PROVIDER = /^(?!google)[^]*\.chat$/

/** A tool result of text and files, in the form of a user message until `convertResultFiles`. */
export function toResultContent(result: unknown, target: PromptTarget, place: string): LanguagePart | undefined {
  const parts = userParts(toolResultParts(result), target, place)
  return parts.length === 0 ? undefined : { type: 'content', value: parts }
}

/** The parts of a tool result with content. */
export function resultContent({ type, output }: LanguagePart): readonly LanguagePart[] | undefined {
  const { type: kind, value } = Object(output) as { type?: unknown; value?: unknown }
  return type === 'tool-result' && kind === 'content' && Array.isArray(value) ? (value as LanguagePart[]) : undefined
}

/** Converts the files in tool results to the form of each specification; in 4 it is the same as in user messages. */
export const convertResultFiles = <M extends MessageWithParts>(
  prompt: readonly M[],
  version: SpecificationVersion,
): M[] =>
  prompt.map((message) => {
    if (message.role !== 'tool' || typeof message.content === 'string' || version === 'v4') return message
    return { ...message, content: message.content.map((part) => convertResultPart(part, version)) }
  })

function convertResultPart(part: LanguagePart, version: SpecificationVersion): LanguagePart {
  const parts = resultContent(part)
  if (!parts?.some(({ type }) => type === 'file')) return part
  const value = parts.map((each) => (each.type === 'file' ? convertResultFile(each, version) : each))
  return { ...part, output: { ...Object(part.output), value } }
}

function convertResultFile(
  { data, mediaType, providerOptions }: LanguagePart,
  version: SpecificationVersion,
): LanguagePart {
  if (version === 'v2') return { type: 'media', data, mediaType }
  const options = providerOptions === undefined ? {} : { providerOptions }
  if (data instanceof URL) return { type: 'image-url', url: data.href, ...options }
  const isImage = String(mediaType).startsWith('image/')
  return { type: isImage ? 'image-data' : 'file-data', data, mediaType, ...options }
}

import { partsIn } from '../tool-pictures.ts'
import type { LanguageModel } from './model.ts'
import { type Part, type Target, userParts } from './user-parts.ts'

type Message = { readonly role: string; readonly content: string | readonly Part[] }
type Version = LanguageModel['specificationVersion']

/**
 * Packages that speak OpenAI's Chat, where the result of a tool can be text only: a picture would be sent as the text of
 * its bytes. One of Google's has such a name as well, and takes pictures.
 */
export const ON_CHAT_WIRE = /^(?!google)[^]*\.chat$/

/** What a tool returned as texts and files, each as a user's message would have it until `withResults`. */
export function resultParts(result: unknown, target: Target, place: string): Part | undefined {
  const parts = userParts(partsIn(result), target, place)
  return parts.length === 0 ? undefined : { type: 'content', value: parts }
}

/** The parts in the result of a tool. */
export function resultsIn({ type, output }: Part): readonly Part[] | undefined {
  const { type: kind, value } = Object(output) as { type?: unknown; value?: unknown }
  return type === 'tool-result' && kind === 'content' && Array.isArray(value) ? (value as Part[]) : undefined
}

/** The prompt with the files that tools returned in the words of each version: 4 has the same as for all other files. */
export const withResults = <M extends Message>(prompt: readonly M[], version: Version): M[] =>
  prompt.map((message) => {
    if (message.role !== 'tool' || typeof message.content === 'string' || version === 'v4') return message
    return { ...message, content: message.content.map((part) => written(part, version)) }
  })

function written(part: Part, version: Version): Part {
  const parts = resultsIn(part)
  if (!parts?.some(({ type }) => type === 'file')) return part
  const value = parts.map((each) => (each.type === 'file' ? fileOf(each, version) : each))
  return { ...part, output: { ...Object(part.output), value } }
}

function fileOf({ data, mediaType, providerOptions }: Part, version: Version): Part {
  if (version === 'v2') return { type: 'media', data, mediaType }
  const options = providerOptions === undefined ? {} : { providerOptions }
  if (data instanceof URL) return { type: 'image-url', url: data.href, ...options }
  const isImage = String(mediaType).startsWith('image/')
  return { type: isImage ? 'image-data' : 'file-data', data, mediaType, ...options }
}

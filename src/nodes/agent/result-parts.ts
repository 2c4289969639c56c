import { attempt, isPlainObject } from '../../border/shape.ts'
import { parseDataUrl } from '../../models/images/data-url.ts'
import { stringify } from '../../models/stringify.ts'
import type { ImagePart, TextPart } from '../../types.ts'

/** A part of a result for a model: a text or an image, as in a user message. */
export type ResultPart = TextPart | ImagePart

/** The placeholder for an image in a text. */
export const PICTURE = '[image]'

/**
 * Reads a result as a list of parts: `text` and `image_url` as in a message, or the content of a server of the Model
 * Context Protocol, including `image`. Undefined if it is not such a list, or has no image, unless it is `meant` as one.
 * Other content of such a server becomes text.
 */
export function resultPartsOf(value: unknown, meant: boolean): ResultPart[] | undefined {
  return attempt(() => {
    if (!Array.isArray(value) || value.length === 0 || !value.every(isPlainObject)) return undefined
    const parts = (value as UnknownRecord[]).map(partOf)
    const isWhole = parts.every((part) => part !== undefined)
    return isWhole && (meant || parts.some(({ type }) => type === 'image_url')) ? parts : undefined
  })
}

/** The texts of parts, with a placeholder for each image. */
export const textOfParts = (parts: readonly ResultPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : PICTURE)).join('\n')

type UnknownRecord = Readonly<Record<string, unknown>>

function partOf(given: UnknownRecord): ResultPart | undefined {
  switch (given.type) {
    case 'text':
      return typeof given.text === 'string' ? { type: 'text', text: given.text } : undefined
    case 'image_url':
      return pictureOf(Object(given.image_url) as UnknownRecord)
    case 'image':
      return imageOf(given)
    case 'audio':
      return { type: 'text', text: '[audio]' }
    case 'resource':
      return { type: 'text', text: resourceOf(Object(given.resource) as UnknownRecord) }
    case 'resource_link':
      return { type: 'text', text: stringify(given) }
    default:
      return undefined
  }
}

/** Undefined for a URL that no provider accepts: it would fail each later turn. */
function pictureOf({ url, detail }: UnknownRecord): ImagePart | undefined {
  if (typeof url !== 'string' || !(parseDataUrl(url) || isAddress(url))) return undefined
  const known = (['auto', 'low', 'high'] as const).find((each) => each === detail)
  return { type: 'image_url', image_url: { url, ...(known && { detail: known }) } }
}

const isAddress = (url: string): boolean => /^https?:/i.test(url) && URL.canParse(url)

function imageOf({ data, mimeType }: UnknownRecord): ImagePart | undefined {
  if (typeof data !== 'string' || typeof mimeType !== 'string' || !/^image\/[\w.+-]+$/i.test(mimeType)) return undefined
  return pictureOf({ url: `data:${mimeType};base64,${data}` })
}

const resourceOf = ({ text, uri }: UnknownRecord): string =>
  typeof text === 'string' ? text : `[file${typeof uri === 'string' ? ` ${uri}` : ''}]`

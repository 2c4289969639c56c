import { formatValue } from '../../border/format-value.ts'
import { parseDataUrl } from './data-url.ts'
import { ImageError } from './image-error.ts'

/** A file part of a user message of the AI SDK. */
export type LanguageFilePart = { readonly type: 'file'; readonly mediaType: string; readonly data: unknown }

/**
 * Converts an image URL to a file part. Specification 4 has a tagged `data`; versions 2 and 3 distinguish a URL from
 * base64 by its type. `place` is the path in the messages, for the message of the `ImageError` that it throws.
 */
export function toFilePart(url: unknown, version: 'v2' | 'v3' | 'v4', place: string): LanguageFilePart {
  const held = typeof url === 'string' ? parseDataUrl(url) : undefined
  if (held) {
    const { mediaType, base64 } = held
    return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data: base64 } : base64 }
  }
  if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).protocol === 'data:') {
    throw new ImageError(
      `${place}: ${formatValue(url)} is not the URL of an image. Give https://… or data:image/png;base64,…`,
    )
  }
  const address = new URL(url)
  return { type: 'file', mediaType: 'image/*', data: version === 'v4' ? { type: 'url', url: address } : address }
}

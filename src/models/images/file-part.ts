import { said } from '../../border/said.ts'
import { parseDataUrl } from './data-url.ts'
import { ImageError } from './image-error.ts'

/** A file of a user's message, in the words of the AI SDK. */
export type LanguageFilePart = { readonly type: 'file'; readonly mediaType: string; readonly data: unknown }

/**
 * A picture of a message as a file part. Version 4 says of each file how it is given; before, the type of `data` told.
 * `place` is where it stands, for the message of the `ImageError` that it fails with.
 */
export function toFilePart(url: unknown, version: 'v2' | 'v3' | 'v4', place: string): LanguageFilePart {
  const held = typeof url === 'string' ? parseDataUrl(url) : undefined
  if (held) {
    const { mediaType, base64 } = held
    return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data: base64 } : base64 }
  }
  if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).protocol === 'data:') {
    throw new ImageError(`${place}: ${said(url)} is not the URL of an image. Give https://… or data:image/png;base64,…`)
  }
  const address = new URL(url)
  return { type: 'file', mediaType: 'image/*', data: version === 'v4' ? { type: 'url', url: address } : address }
}

import { formatValue } from '../../border/format-value.ts'
import { dataUrl } from './data-url.ts'
import { PictureError } from './picture-error.ts'

/** A file of a user's message, in the words of the AI SDK. */
export type FilePart = { readonly type: 'file'; readonly mediaType: string; readonly data: unknown }

/**
 * A picture of a message as a file part. Version 4 says of each file how it is given; before, the type of `data` told.
 * `place` is where it stands, for the message of the `PictureError` that it fails with.
 */
export function filePart(url: unknown, version: 'v2' | 'v3' | 'v4', place: string): FilePart {
  const held = typeof url === 'string' ? dataUrl(url) : undefined
  if (held) {
    const { mediaType, base64 } = held
    return { type: 'file', mediaType, data: version === 'v4' ? { type: 'data', data: base64 } : base64 }
  }
  if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).protocol === 'data:') {
    throw new PictureError(
      `${place}: ${formatValue(url)} is not the URL of an image. Give https://… or data:image/png;base64,…`,
    )
  }
  const address = new URL(url)
  return { type: 'file', mediaType: 'image/*', data: version === 'v4' ? { type: 'url', url: address } : address }
}

type ImageErrorOptions = {
  /** The HTTP status, if there was a response. */
  status?: number
  /** Whether a retry may succeed. */
  isRetryable?: boolean
  retryAfter?: string | undefined
  cause?: unknown
}

/** Why an image cannot be sent. `status` is that of the image's server, not of the model's. */
export class ImageError extends Error {
  readonly isRetryable: boolean
  declare readonly status?: number
  declare readonly responseHeaders?: Readonly<Record<string, string>>

  constructor(message: string, { status, isRetryable = false, retryAfter, cause }: ImageErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ImageError'
    this.isRetryable = isRetryable
    if (status !== undefined) this.status = status
    if (retryAfter !== undefined) this.responseHeaders = { 'retry-after': retryAfter }
  }
}

const MAX_URL_LENGTH = 200

/** A URL without user, password, query and fragment, which may be secrets. */
export function redactUrl({ protocol, host, pathname }: URL): string {
  const address = `${protocol}//${host}${pathname}`
  return address.length > MAX_URL_LENGTH ? `${address.slice(0, MAX_URL_LENGTH)}…` : address
}

export const imageFetchError = (url: URL, why: string, details?: ImageErrorOptions): ImageError =>
  new ImageError(`the image ${redactUrl(url)} was not fetched: ${why}`, details)

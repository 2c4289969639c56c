type ImageErrorOptions = {
  /** The server's answer, where there was one. */
  status?: number
  /** Whether another try may go better. */
  isRetryable?: boolean
  retryAfter?: string | undefined
  cause?: unknown
}

/** Why a picture could not be had. With a `status` it is the picture's server that gave it, and not the model's. */
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

/** An address as a message may show it: what stands behind the path, or before the host, may be a secret. */
export function redactUrl({ protocol, host, pathname }: URL): string {
  const address = `${protocol}//${host}${pathname}`
  return address.length > MAX_URL_LENGTH ? `${address.slice(0, MAX_URL_LENGTH)}…` : address
}

export const imageFetchError = (url: URL, why: string, details?: ImageErrorOptions): ImageError =>
  new ImageError(`the image ${redactUrl(url)} was not fetched: ${why}`, details)

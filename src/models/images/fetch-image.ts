import { toSafeString } from '../../border/shape.ts'
import { toBase64 } from './base64.ts'
import type { Base64File } from './data-url.ts'
import { privateHostError, type HttpGet, httpGet, type HttpResponse } from './http-get.ts'
import { imageFetchError, ImageError } from './image-error.ts'
import { isMarkup, sniffMediaType } from './sniff-media-type.ts'
import { isPublicHost } from './public-host.ts'

/** Limits of image downloads. */
export interface ImageDownload {
  /** The largest image, in bytes; 20,000,000 by default. */
  maxBytes?: number
  /** Whether hosts on this machine and in private networks are allowed. */
  allowPrivate?: boolean
}
type FetchOptions = ImageDownload & {
  signal: AbortSignal
  /** Sends a request; for tests. */
  get?: HttpGet
}
/** `freshFor`: how long it may be cached, by its server's headers, in ms. */
export type FetchedImage = Base64File & { readonly freshFor: number }

const DEFAULT_MAX_BYTES = 20_000_000
const MAX_REDIRECTS = 5
const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308]

/**
 * Downloads an image (or PDF), with the media type detected from its bytes. Only `http` and `https` URLs are fetched,
 * private hosts only if allowed; each redirect is checked again. Rejects with an `ImageError`.
 */
export async function fetchImage(url: URL, options: FetchOptions): Promise<FetchedImage> {
  const { signal } = options
  try {
    return await followRedirects(url, options)
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    if (thrown instanceof ImageError) throw thrown
    throw connectionError(url, thrown)
  }
}

async function followRedirects(first: URL, options: FetchOptions): Promise<FetchedImage> {
  const { signal, allowPrivate = false, get: ask = httpGet } = options
  let url = first
  let freshFor = Infinity
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    signal.throwIfAborted()
    checkUrl(url, first, allowPrivate)
    const reply = await ask(url, { signal, allowPrivate })
    try {
      checkUrl(reply.from, first, allowPrivate)
      freshFor = Math.min(freshFor, freshness(reply))
      const location = REDIRECT_STATUSES.includes(reply.status) ? reply.header('location') : undefined
      if (location === undefined) return { ...(await readBody(first, reply, options)), freshFor }
      if (!URL.canParse(location, url.href)) throw imageFetchError(first, 'it redirects to an invalid URL')
      url = new URL(location, url)
    } finally {
      reply.close()
    }
  }
  throw imageFetchError(first, `it redirects more than ${MAX_REDIRECTS} times. Give the final URL`)
}

/** Throws if the URL must not be requested. */
function checkUrl(url: URL, first: URL, allowPrivate: boolean): void {
  const { protocol, hostname, username, password } = url
  const way = url === first ? '' : 'it redirects, and then '
  if (protocol !== 'http:' && protocol !== 'https:')
    throw imageFetchError(
      first,
      `${way}the protocol is ${protocol}. Only http: and https: are fetched: give it as a data: URL`,
    )
  if (first.protocol === 'https:' && protocol === 'http:')
    throw imageFetchError(first, 'it redirects from https: to http:, which is not secure. Give a URL that does not')
  if (username || password)
    throw imageFetchError(
      first,
      `${way}the URL contains a user name or a password. Fetch it yourself, and give it as a data: URL`,
    )
  if (!allowPrivate && !isPublicHost(hostname)) throw privateHostError(first, way + hostname)
}

async function readBody(
  url: URL,
  reply: HttpResponse,
  { maxBytes = DEFAULT_MAX_BYTES }: FetchOptions,
): Promise<Base64File> {
  const { status } = reply
  if (status < 200 || status > 299) throw statusError(url, reply)
  const tooLarge = () =>
    imageFetchError(
      url,
      `it has more than ${maxBytes} bytes. Give a smaller one, or set imageDownload: { maxBytes: … }`,
    )
  if (Number(reply.header('content-length')) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of reply.body) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return { mediaType: mediaTypeOf(url, bytes, reply.header('content-type')), base64: toBase64(bytes) }
}

/** Detected from the bytes, or else the server's image type: many servers send a type by the file name, or none. */
function mediaTypeOf(url: URL, bytes: Uint8Array, contentType = ''): string {
  if (bytes.length === 0) throw imageFetchError(url, 'the response is empty. Check the URL')
  const type = sniffMediaType(bytes)
  if (type !== undefined) return type
  const [stated = ''] = contentType
    .toLowerCase()
    .split(';', 1)
    .map((word) => word.trim())
  if (!isMarkup(bytes) && /^image\/[\w.+-]+$/.test(stated)) return stated
  const what = isMarkup(bytes) ? 'a page' : `of type ${stated.slice(0, 80) || 'unknown'}`
  throw imageFetchError(url, `it is not an image: it is ${what}. Give the URL of the image itself`)
}

function statusError(url: URL, { status, header }: HttpResponse): ImageError {
  const mayPass = status === 408 || status === 429 || status >= 500
  const hint = mayPass ? 'Run it again, or set retry: { attempts: 3 }' : 'Check the address'
  return imageFetchError(url, `its server returned ${status}. ${hint}, or give it as a data: URL`, {
    status,
    isRetryable: mayPass,
    retryAfter: header('retry-after'),
  })
}

/** Codes that another try does not change: unknown hosts, invalid certificates, corrupt bodies, not HTTP. */
const PERMANENT_ERROR = /^(ENOTFOUND|EPROTO|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HPE_|Z_)/

function connectionError(url: URL, thrown: unknown): ImageError {
  const { code, message, cause } = Object(thrown) as { code?: unknown; message?: unknown; cause?: { code?: unknown } }
  // `fetch` has the system's error code in its cause.
  const reason = toSafeString(code ?? cause?.code ?? message)
  const isRetryable = !PERMANENT_ERROR.test(reason)
  const hint = isRetryable ? 'Run it again, or set retry: { attempts: 3 }' : 'Check the address'
  return imageFetchError(url, `the connection failed (${reason}). ${hint}, or give it as a data: URL`, {
    isRetryable,
    cause: thrown,
  })
}

/** For an image without `cache-control`, in ms. */
const DEFAULT_FRESHNESS = 300_000

function freshness({ header }: HttpResponse): number {
  const control = header('cache-control')?.toLowerCase() ?? ''
  if (/no-store|no-cache/.test(control)) return 0
  // Without the header, the image is not fetched again in each turn of a conversation.
  if (control === '') return DEFAULT_FRESHNESS
  const [, seconds = 0] = /(?:^|[\s,])max-age=(\d{1,9})/.exec(control) ?? []
  return Math.max(Number(seconds) - (Number(header('age')) || 0), 0) * 1000
}

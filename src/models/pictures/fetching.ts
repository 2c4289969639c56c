import { toSafeString } from '../../border/shape.ts'
import { toBase64 } from './base64.ts'
import type { Picture } from './data-url.ts'
import { isPrivate, type Open, open, type Reply } from './opening.ts'
import { notFetched, PictureError } from './picture-error.ts'
import { isPage, pictureType } from './picture-type.ts'
import { isPublicHost } from './public-host.ts'

/** What may be fetched. */
export interface ImageDownload {
  /** The largest picture, in bytes; 20,000,000 if not given. */
  maxBytes?: number
  /** Whether addresses of this machine and of private networks may be asked. */
  allowPrivate?: boolean
}
type Options = ImageDownload & {
  signal: AbortSignal
  /** How a server is asked; for tests. */
  open?: Open
}
/** With how long its server says that it stays the same, in ms. */
export type Fetched = Picture & { readonly freshFor: number }

const LARGEST = 20_000_000
const MOST_REDIRECTS = 5
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

/**
 * The picture (or PDF) at an address, with the type that its bytes have. Only `http` and `https` are asked, private
 * addresses only where that is allowed, and each redirect is looked at anew. Fails with a `PictureError`.
 */
export async function fetchPicture(url: URL, options: Options): Promise<Fetched> {
  const { signal } = options
  try {
    return await follow(url, options)
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    if (thrown instanceof PictureError) throw thrown
    throw broken(url, thrown)
  }
}

async function follow(first: URL, options: Options): Promise<Fetched> {
  const { signal, allowPrivate = false, open: ask = open } = options
  let url = first
  let freshFor = Infinity
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    signal.throwIfAborted()
    check(url, first, allowPrivate)
    const reply = await ask(url, { signal, allowPrivate })
    try {
      check(reply.from, first, allowPrivate)
      freshFor = Math.min(freshFor, freshness(reply))
      const location = REDIRECTS.includes(reply.status) ? reply.header('location') : undefined
      if (location === undefined) return { ...(await read(first, reply, options)), freshFor }
      if (!URL.canParse(location, url.href)) throw notFetched(first, 'it redirects to an invalid URL')
      url = new URL(location, url)
    } finally {
      reply.close()
    }
  }
  throw notFetched(first, `it redirects more than ${MOST_REDIRECTS} times. Give the final URL`)
}

/** Throws for what may not be asked. */
function check(url: URL, first: URL, allowPrivate: boolean): void {
  const { protocol, hostname, username, password } = url
  const way = url === first ? '' : 'it redirects, and there '
  if (protocol !== 'http:' && protocol !== 'https:')
    throw notFetched(
      first,
      `${way}the protocol is ${protocol}. Only http: and https: are fetched: give it as a data: URL`,
    )
  if (first.protocol === 'https:' && protocol === 'http:')
    throw notFetched(first, 'it redirects from https: to http:, which is not secure. Give a URL that does not')
  if (username || password)
    throw notFetched(
      first,
      `${way}the URL contains a user name or a password. Fetch it yourself, and give it as a data: URL`,
    )
  if (!allowPrivate && !isPublicHost(hostname)) throw isPrivate(first, way + hostname)
}

async function read(url: URL, reply: Reply, { maxBytes = LARGEST }: Options): Promise<Picture> {
  const { status } = reply
  if (status < 200 || status > 299) throw refused(url, reply)
  const tooLarge = () =>
    notFetched(url, `it has more than ${maxBytes} bytes. Give a smaller one, or set imageDownload: { maxBytes: … }`)
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
  return { mediaType: typeOf(url, bytes, reply.header('content-type')), base64: toBase64(bytes) }
}

/** What the bytes say, or else the server where it says a picture: many say what the name ends with, or nothing. */
function typeOf(url: URL, bytes: Uint8Array, said = ''): string {
  if (bytes.length === 0) throw notFetched(url, 'it is empty')
  const type = pictureType(bytes)
  if (type !== undefined) return type
  const [stated = ''] = said
    .toLowerCase()
    .split(';', 1)
    .map((word) => word.trim())
  if (!isPage(bytes) && /^image\/[\w.+-]+$/.test(stated)) return stated
  const what = isPage(bytes) ? 'a page' : `of type ${stated.slice(0, 80) || 'unknown'}`
  throw notFetched(url, `it is not an image: it is ${what}. Give the URL of the image itself`)
}

function refused(url: URL, { status, header }: Reply): PictureError {
  const mayPass = status === 408 || status === 429 || status >= 500
  const hint = mayPass ? 'Run it again, or set retry: { attempts: 3 }' : 'Check the address'
  return notFetched(url, `its server said ${status}. ${hint}, or give it as a data: URL`, {
    status,
    isRetryable: mayPass,
    retryAfter: header('retry-after'),
  })
}

/** Names that nobody has, certificates that are wrong, bodies that cannot be unpacked, and what is no HTTP. */
const LASTING = /^(ENOTFOUND|EPROTO|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HPE_|Z_)/

function broken(url: URL, thrown: unknown): PictureError {
  const { code, message, cause } = Object(thrown) as { code?: unknown; message?: unknown; cause?: { code?: unknown } }
  // `fetch` has the code of the system in its cause.
  const reason = toSafeString(code ?? cause?.code ?? message)
  const isRetryable = !LASTING.test(reason)
  const hint = isRetryable ? 'Run it again, or set retry: { attempts: 3 }' : 'Check the address'
  return notFetched(url, `the connection failed (${reason}). ${hint}, or give it as a data: URL`, {
    isRetryable,
    cause: thrown,
  })
}

/** How long a picture is kept whose server says nothing of that, in ms. */
const UNSAID = 300_000

function freshness({ header }: Reply): number {
  const control = header('cache-control')?.toLowerCase() ?? ''
  if (/no-store|no-cache/.test(control)) return 0
  // Whoever says nothing is not asked again in each turn of a conversation.
  if (control === '') return UNSAID
  const [, seconds = 0] = /(?:^|[\s,])max-age=(\d{1,9})/.exec(control) ?? []
  return Math.max(Number(seconds) - (Number(header('age')) || 0), 0) * 1000
}

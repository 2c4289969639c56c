import type { IncomingMessage } from 'node:http'
import { isPublicAddress } from './public-host.ts'
import { imageFetchError, type ImageError } from './image-error.ts'

/** A response before its body is read. `close` must be called in any case. */
export type HttpResponse = {
  readonly status: number
  /** The URL of the response: a browser follows redirects itself. */
  readonly from: URL
  /** By its name in lower case. */
  header(name: string): string | undefined
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}
type HttpGetOptions = { readonly signal: AbortSignal; readonly allowPrivate: boolean }
/** Sends a GET request without following redirects. */
export type HttpGet = (url: URL, options: HttpGetOptions) => Promise<HttpResponse>

const ACCEPT = 'image/*,application/pdf;q=0.9,*/*;q=0.1'

/**
 * With Node's modules: they connect to the same IP addresses that were checked. `fetch` would resolve the name a second
 * time, with a result that may differ (DNS rebinding). Not imported statically, so that browser bundlers do not need
 * them.
 */
export const httpGetWithNode: HttpGet = async (url, { signal, allowPrivate }) => {
  const { request } =
    url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const { lookup } = process.getBuiltinModule('node:dns')
  const publicOnly: typeof lookup = ((name: string, options: object, done: LookupCallback) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      const closed = found?.find(({ address }) => !isPublicAddress(address))
      if (error || closed) return done(error ?? privateHostError(url, `${name} (${closed?.address})`), '', 0)
      const [first] = found
      // Node asks for all addresses if it tries one after the other.
      return 'all' in options && options.all ? done(null, found) : done(null, first?.address ?? '', first?.family)
    })) as never
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {
      signal,
      // A new connection: an open one of another request was not checked.
      agent: false,
      headers: { accept: ACCEPT, 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'tinyllm' },
      ...(!allowPrivate && { lookup: publicOnly }),
    })
      .on('response', resolve)
      .on('error', reject)
      .end()
  })
  // The reader of the body receives the error too; without a listener it would end the process.
  response.on('error', () => {})
  return {
    status: response.statusCode ?? 0,
    from: url,
    header: (name) => [response.headers[name]].flat().join(', ') || undefined,
    body: decompress(response),
    close: () => void response.destroy(),
  }
}

type LookupCallback = (
  error: Error | null,
  found: string | { address: string; family: number }[],
  family?: number,
) => void

function decompress(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const coding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity') return response
  const { createBrotliDecompress, createUnzip } = process.getBuiltinModule('node:zlib')
  const unpack = coding === 'br' ? createBrotliDecompress() : createUnzip()
  return process.getBuiltinModule('node:stream').pipeline(
    response,
    unpack.on('error', () => {}),
    () => {},
  )
}

/** With `fetch`: in browsers, which enforce CORS, and where Node's modules are missing. */
export const httpGetWithFetch: HttpGet = async (url, { signal }) => {
  const init = { signal, credentials: 'omit', referrerPolicy: 'no-referrer', headers: { accept: ACCEPT } } as const
  let response = await fetch(url, { ...init, redirect: 'manual' })
  // A browser hides the target of a redirect until it has followed it.
  if (response.type === 'opaqueredirect') response = await fetch(url, { ...init, redirect: 'follow' })
  const { status, headers, body } = response
  const reader = body?.getReader()
  const close = () => void reader?.cancel().catch(() => {})
  async function* chunks() {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done) return
      yield value as Uint8Array
    }
  }
  const from = new URL(response.url || url)
  return { status, from, header: (name) => headers.get(name) ?? undefined, body: chunks(), close }
}

export const privateHostError = (url: URL, host: string): ImageError =>
  imageFetchError(
    url,
    `${host} is not on the public internet. Set imageDownload: { allowPrivate: true } to allow it, or give the image as a data: URL`,
  )

export const httpGet: HttpGet = (url, options) => {
  const isNode = Boolean(globalThis.process?.getBuiltinModule?.('node:https'))
  return (isNode ? httpGetWithNode : httpGetWithFetch)(url, options)
}

import type { IncomingMessage } from 'node:http'
import { isPublicAddress } from './public-host.ts'
import { imageFetchError, type ImageError } from './image-error.ts'

/** What a server says, before its body is read. `close` must be called in the end, whether or not it was read. */
export type HttpResponse = {
  readonly status: number
  /** Who it is from: a browser follows redirects on its own. */
  readonly from: URL
  /** By its name in small letters. */
  header(name: string): string | undefined
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}
type HttpGetOptions = { readonly signal: AbortSignal; readonly allowPrivate: boolean }
/** Asks for one address, and follows no redirect. */
export type HttpGet = (url: URL, options: HttpGetOptions) => Promise<HttpResponse>

const ACCEPT = 'image/*,application/pdf;q=0.9,*/*;q=0.1'

/**
 * With Node's own modules, where there are any: they let us see the addresses that a name stands for, and connect to the
 * very ones that were seen. `fetch` would ask DNS a second time, which may then say something else. They are not
 * imported: a bundler for browsers would look for them.
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
      // Node asks for all of them when it is to try one after the other.
      return 'all' in options && options.all ? done(null, found) : done(null, first?.address ?? '', first?.family)
    })) as never
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {
      signal,
      // A connection of its own: one that others left open may lead anywhere.
      agent: false,
      headers: { accept: ACCEPT, 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'tinyllm' },
      ...(!allowPrivate && { lookup: publicOnly }),
    })
      .on('response', resolve)
      .on('error', reject)
      .end()
  })
  // Told once more to whoever reads the body; without a listener it would end the process.
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

/** With `fetch`: in browsers, which have their own rules about who may ask whom, and where Node's modules are missing. */
export const httpGetWithFetch: HttpGet = async (url, { signal }) => {
  const init = { signal, credentials: 'omit', referrerPolicy: 'no-referrer', headers: { accept: ACCEPT } } as const
  let response = await fetch(url, { ...init, redirect: 'manual' })
  // A browser shows nobody where a redirect leads, only where it led.
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

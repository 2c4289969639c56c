import dns from 'node:dns'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { isTransient } from '../../../src/models/failure/model-error.ts'
import { annotateError } from '../../../src/models/failure/annotate-error.ts'
import { fetchImage, type ImageDownload } from '../../../src/models/images/fetch-image.ts'
import { type HttpGet, httpGetWithFetch, httpGetWithNode } from '../../../src/models/images/http-get.ts'
import { giving, JPEG, leading, pictureServer, PNG } from './image-server.ts'

afterEach(() => void vi.restoreAllMocks())

type Options = ImageDownload & { signal?: AbortSignal; get?: HttpGet }
const { signal } = new AbortController()
const fetching = (url: string, options: Options = {}) =>
  fetchImage(new URL(url), { signal, allowPrivate: true, ...options })
const failure = (url: string, options?: Options) =>
  fetching(url, options).then(
    ({ mediaType }) => mediaType,
    (error: Error & { isRetryable?: boolean; status?: number }) => error,
  )
const words = async (url: string, options?: Options) => ((await failure(url, options)) as Error).message
const mayPass = (thrown: unknown) => isTransient({ code: 'run', cause: annotateError(thrown, {}) } as never)

describe.each([
  ['modules of Node', httpGetWithNode],
  ['fetch', httpGetWithFetch],
])('a picture, with the %s', (_, open) => {
  const at = (url: string, options: Options = {}) => fetching(url, { get: open, ...options })
  const why = (url: string, options: Options = {}) => words(url, { get: open, ...options })

  test('has the type that its bytes have, and that of its server only where they do not say', async () => {
    const { origin } = await pictureServer({
      '/png.jpg': giving(PNG, { 'content-type': 'image/jpeg' }),
      '/binary': giving(JPEG, { 'content-type': 'application/octet-stream' }),
      '/untyped': giving(PNG),
      '/pdf': giving('%PDF-1.7', { 'content-type': 'text/plain' }),
      '/svg': giving('<svg/>', { 'content-type': 'text/html' }),
      '/rare': giving('P6 1 1 255', { 'content-type': 'IMAGE/X-Portable-Pixmap; charset=x' }),
    })
    const types = ['/png.jpg', '/binary', '/untyped', '/pdf', '/svg', '/rare'].map((path) => at(origin + path))
    expect((await Promise.all(types)).map(({ mediaType }) => mediaType)).toEqual([
      'image/png',
      'image/jpeg',
      'image/png',
      'application/pdf',
      'image/svg+xml',
      'image/x-portable-pixmap',
    ])
    expect(await types[0]).toEqual({ mediaType: 'image/png', base64: PNG.toString('base64'), freshFor: 300_000 })
  })

  test('is refused where it is none', async () => {
    const { origin } = await pictureServer({
      '/login': giving('<!doctype html><p>Log in', { 'content-type': 'image/png' }),
      '/html': giving('<p>Hi', { 'content-type': 'text/html; charset=utf-8' }),
      '/json': giving('{"error":"gone"}', { 'content-type': 'application/json' }),
      '/what': giving('?'),
      '/empty': giving('', { 'content-type': 'image/png' }),
    })
    const said = (path: string) => why(`${origin}${path}?token=secret`)
    expect(await said('/login')).toBe(
      `the image ${origin}/login was not fetched: it is not an image: it is a page. Give the URL of the image itself`,
    )
    expect(await said('/html')).toContain('it is a page')
    expect(await said('/json')).toContain('it is of type application/json')
    expect(await said('/what')).toContain('it is of type unknown')
    expect(await said('/empty')).toContain('the response is empty')
    expect(mayPass(await failure(`${origin}/login`, { get: open }))).toBe(false)
  })

  test('has at most as many bytes as are allowed, whatever its server says of them', async () => {
    const big = Buffer.concat([PNG, Buffer.alloc(3_000_000)])
    let isClosed = false
    const { origin } = await pictureServer({
      '/honest': giving(big, { 'content-length': String(big.length) }),
      '/silent': (response) => response.writeHead(200).write(big, () => response.end()),
      '/endless': (response) => {
        const more = () => void (response.write(big), response.once('drain', more))
        response.on('close', () => (isClosed = true)).writeHead(200)
        more()
      },
      '/zip': giving(gzipSync(big), { 'content-encoding': 'gzip' }),
      '/broken': giving(brotliCompressSync(big), { 'content-encoding': 'br' }),
      '/fits': giving(PNG),
    })
    for (const path of ['/honest', '/silent', '/endless', '/zip', '/broken']) {
      expect(await why(origin + path, { maxBytes: 1_000_000 })).toBe(
        `the image ${origin}${path} was not fetched: it has more than 1000000 bytes. Give a smaller one, or set imageDownload: { maxBytes: … }`,
      )
    }
    await vi.waitFor(() => expect(isClosed).toBe(true))
    expect(await at(`${origin}/fits`, { maxBytes: PNG.length })).toMatchObject({ mediaType: 'image/png' })
    expect(await why(`${origin}/fits`, { maxBytes: PNG.length - 1 })).toContain('more than')
    const { base64 } = await at(`${origin}/honest`)
    expect(Buffer.from(base64, 'base64').equals(big)).toBe(true)
  })

  test('may come packed', async () => {
    const { origin } = await pictureServer({
      '/gzip': giving(gzipSync(PNG), { 'content-encoding': 'gzip' }),
      '/deflate': giving(deflateSync(PNG), { 'content-encoding': 'deflate' }),
      '/br': giving(brotliCompressSync(PNG), { 'content-encoding': 'br' }),
      '/lie': giving(PNG, { 'content-encoding': 'gzip' }),
    })
    for (const path of ['/gzip', '/deflate', '/br'])
      expect((await at(origin + path)).base64).toBe(PNG.toString('base64'))
    expect(await why(`${origin}/lie`)).toContain('the connection failed (')
  })

  test('is found where it leads, and each way is looked at', async () => {
    const { origin } = await pictureServer({
      '/a': leading('/b?x=1', 301),
      '/b': leading('c', 307),
      '/c': giving(PNG),
      '/loop': leading('/loop'),
      '/file': leading('file:///etc/passwd'),
      '/data': leading(`data:image/png;base64,${PNG.toString('base64')}`),
      '/user': leading('http://me:secret@127.0.0.1/'),
      '/nowhere': leading('http://['),
      '/bare': (response) => response.writeHead(302).end(),
      '/other': (response) => response.writeHead(304).end(),
    })
    expect(await at(`${origin}/a`)).toMatchObject({ mediaType: 'image/png' })
    expect(await why(`${origin}/loop`)).toContain('it redirects more than 5 times')
    expect(await why(`${origin}/file`)).toContain('it redirects, and then the protocol is file:')
    expect(await why(`${origin}/data`)).toContain('it redirects, and then the protocol is data:')
    expect(await why(`${origin}/user`)).toMatch(
      /it redirects, and then the URL contains a user name or a password(?!.*me:)/,
    )
    expect(await why(`${origin}/nowhere`)).toContain('it redirects to an invalid URL')
    expect(await why(`${origin}/bare`)).toContain('its server returned 302')
    expect(await why(`${origin}/other`)).toContain('its server returned 304')
  })

  test('that its server refuses is tried again only where that may help', async () => {
    const { origin } = await pictureServer({
      '/busy': (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
      '/down': (response) => response.writeHead(503).end('<p>Down'),
      '/cut': (response) => response.writeHead(200, { 'content-length': '999' }).write(PNG, () => response.destroy()),
      '/reset': (response) => void response.destroy(),
    })
    const gone = await failure(`${origin}/gone?key=secret`, { get: open })
    expect(gone).toMatchObject({
      name: 'ImageError',
      status: 404,
      isRetryable: false,
      message: `the image ${origin}/gone was not fetched: its server returned 404. Check the address, or give it as a data: URL`,
    })
    const busy = await failure(`${origin}/busy`, { get: open })
    expect(busy).toMatchObject({ status: 429, isRetryable: true, responseHeaders: { 'retry-after': '7' } })
    const others = await Promise.all(['/down', '/cut', '/reset'].map((path) => failure(origin + path, { get: open })))
    expect(others.map((error) => (error as Error).name)).toEqual(Array(3).fill('ImageError'))
    expect([gone, busy, ...others].map(mayPass)).toEqual([false, true, true, true, true])
    const closed = await failure('http://127.0.0.1:9/', { get: open })
    expect([(closed as Error).message, mayPass(closed)]).toEqual([
      expect.stringContaining('the connection failed'),
      true,
    ])
  })

  test('is given up at once when the run ends, at whatever point it is', async () => {
    let closed = 0
    const { origin } = await pictureServer({
      '/silent': (response) => void response.on('close', () => closed++),
      '/stalled': (response) => {
        response.on('close', () => closed++)
        response.writeHead(200).write(PNG)
      },
    })
    for (const path of ['/silent', '/stalled']) {
      const own = new AbortController()
      const reason = new Error('enough')
      setTimeout(() => own.abort(reason), 50)
      expect(await failure(origin + path, { get: open, signal: own.signal })).toBe(reason)
    }
    const own = AbortSignal.abort(new Error('before'))
    expect(await why(`${origin}/silent`, { signal: own })).toBe('before')
    await vi.waitFor(() => expect(closed).toBe(2))
  })

  test('is asked for only where it may be', async () => {
    const { origin, asked } = await pictureServer({ '/a': giving(PNG) })
    const { port } = new URL(origin)
    const refused = (url: string) => failure(url, { get: open, allowPrivate: false })
    for (const host of ['127.0.0.1', 'localhost', 'a.localhost', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'nas']) {
      const error = await refused(`http://${host}:${port}/a?token=secret`)
      expect((error as Error).message).toMatch(
        / is not on the public internet\. Set imageDownload: \{ allowPrivate: true }/,
      )
      expect((error as Error).message).not.toContain('secret')
      expect(mayPass(error)).toBe(false)
    }
    for (const url of ['file:///etc/passwd', 'ftp://a.org/a.png', 'gs://a/b', 'blob:https://a.org/1', 'about:blank'])
      expect(await why(url)).toContain('Only http: and https: are')
    expect(await why('http://me:secret@a.org/a.png')).toBe(
      'the image http://a.org/a.png was not fetched: the URL contains a user name or a password. Fetch it yourself, and give it as a data: URL',
    )
    expect(asked).toEqual([])
  })

  test('says how long its server says that it stays the same', async () => {
    const controls = {
      '/year': 'public, max-age=31536000, immutable',
      '/aged': 'max-age=100',
      '/no-store': 'max-age=9, no-store',
      '/no-cache': 'no-cache, max-age=9',
      '/shared': 's-maxage=9',
    }
    const { origin } = await pictureServer({
      ...Object.fromEntries(
        Object.entries(controls).map(([path, control]) => [path, giving(PNG, { 'cache-control': control, age: '40' })]),
      ),
      '/led': leading('/year'),
    })
    const fresh = await Promise.all([...Object.keys(controls), '/led'].map((path) => at(origin + path)))
    expect(fresh.map(({ freshFor }) => freshFor)).toEqual([31_535_960_000, 60_000, 0, 0, 0, 300_000])
  })
})

describe('a name', () => {
  const resolving = (...answers: string[][]) => {
    let asked = 0
    vi.spyOn(dns, 'lookup').mockImplementation(((
      _: string,
      options: { all: boolean },
      done: (...answer: any[]) => void,
    ) => {
      const found = (answers[Math.min(asked++, answers.length - 1)] ?? []).map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }))
      if (options.all) done(null, found)
      else done(null, found[0]?.address, found[0]?.family)
    }) as never)
    return () => asked
  }
  const refused = (url: string) => words(url, { allowPrivate: false })

  test.each([['127.0.0.1'], ['::1'], ['8.8.8.8', '10.0.0.1'], ['::ffff:169.254.169.254'], ['fe80::1%eth0']])(
    'that stands for %s is not asked',
    async (...addresses) => {
      const { origin, asked } = await pictureServer({ '/a': giving(PNG) })
      resolving(addresses)
      expect(await refused(`http://pictures.example.org:${new URL(origin).port}/a?key=secret`)).toBe(
        `the image http://pictures.example.org:${new URL(origin).port}/a was not fetched: pictures.example.org (${addresses.at(-1)}) is not on the public internet. Set imageDownload: { allowPrivate: true } to allow it, or give the image as a data: URL`,
      )
      expect(asked).toEqual([])
    },
  )

  test('is looked up once, and what was seen is what is asked: it cannot say something else the second time', async () => {
    const { origin, asked } = await pictureServer({ '/a': giving(PNG) })
    const lookups = resolving(['192.0.1.1'], ['127.0.0.1'])
    const own = AbortSignal.timeout(300)
    // The first address is public, and nobody is there.
    await failure(`http://pictures.example.org:${new URL(origin).port}/a`, { allowPrivate: false, signal: own })
    expect([lookups(), asked]).toEqual([1, []])
  })

  test('that nobody has is not tried again, one that cannot be looked up now is', async () => {
    const failing = (code: string) =>
      vi
        .spyOn(dns, 'lookup')
        .mockImplementation(((_: string, _options: object, done: (error: Error) => void) =>
          done(Object.assign(new Error(code), { code }))) as never)
    const tried = async (code: string) => {
      failing(code)
      return mayPass(await failure('http://pictures.example.org/a', { allowPrivate: false }))
    }
    expect([await tried('ENOTFOUND'), await tried('EAI_AGAIN')]).toEqual([false, true])
  })
})

/** A server that only leads somewhere else. */
const leadingTo =
  (location: string): HttpGet =>
  async (url) => ({
    status: 302,
    from: url,
    header: (name) => (name === 'location' ? location : undefined),
    body: (async function* () {})(),
    close: () => {},
  })

test('a picture with https does not lead to one with http', async () => {
  const open = leadingTo('http://example.org/a.png')
  expect(await words('https://example.org/a.png', { get: open })).toContain('it redirects from https: to http:')
})

test('a public server does not lead to a private one', async () => {
  const open = leadingTo('http://169.254.169.254/latest/meta-data')
  expect(await words('http://example.org/a.png', { get: open, allowPrivate: false })).toContain(
    'it redirects, and then 169.254.169.254 is not on the public internet',
  )
})

describe('in a browser, which does not say where a redirect leads', () => {
  const inBrowser = (url: string) => {
    vi.stubGlobal('fetch', async (_: URL, { redirect }: RequestInit) =>
      redirect === 'manual' ? Response.error() : Object.defineProperty(new Response(PNG), 'url', { value: url }),
    )
    vi.spyOn(Response.prototype, 'type', 'get').mockReturnValue('opaqueredirect')
    onTestFinished(() => void vi.unstubAllGlobals())
    return fetching('https://example.org/a', { get: httpGetWithFetch, allowPrivate: false })
  }

  test('it is followed, and looked at where it led', async () => {
    expect(await inBrowser('https://pictures.example.org/a.png')).toMatchObject({ mediaType: 'image/png' })
    await expect(inBrowser('https://localhost/a.png')).rejects.toThrow('then localhost is not on the public internet')
    await expect(inBrowser('http://example.org/a.png')).rejects.toThrow('it redirects from https: to http:')
  })
})

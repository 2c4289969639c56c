import { describe, expect, test } from 'vitest'
import { isSuperlinear } from '../../proportion.ts'
import { collectSecrets } from '../../../src/models/failure/collect-secrets.ts'
import { redactText, redactSecrets } from '../../../src/models/failure/redact.ts'

describe('a text without keys', () => {
  test.each([
    ['Incorrect API key provided: sk-proj-a1b2c3d4e5.', 'Incorrect API key provided: ***'],
    ['key sk-ant-api03-abcdefgh is bad', 'key *** is bad'],
    ['gsk_abcdefghij and AIzaSyAbcdefghijkl', '*** and ***'],
    ['Authorization: Bearer abcd1234', 'Authorization: Bearer ***'],
    ['{"authorization":"abcd1234"}', '{"authorization":"***"}'],
    ['x-api-key: abcd1234', 'x-api-key: ***'],
    ['https://a/b?alt=sse&key=abcd&x=1', 'https://a/b?alt=sse&key=***&x=1'],
    ['https://me:secret@host/a', 'https://***@host/a'],
    ['Credential=AKIA1234567890/x, Signature=abcd', 'Credential=***, Signature=***'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', '***'],
    ['the key a1b2c3d4e5f6g7h8 is not known', 'the key *** is not known'],
    ["bad token: 'Zq9Xwplainkey77abc'", "bad token: '***'"],
    [
      'signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1 it is not',
      'signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1 it is not',
    ],
    ['signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY here', 'signed with *** here'],
    ['ABSKQmVkcm9ja0FQSUtleS1hYmNk', '***'],
    ['the token my-own+secret is bad, also as my-own%2Bsecret', 'the token *** is bad, also as ***'],
  ])('%s', (text, clean) => {
    expect(redactText(text, ['my-own+secret'])).toBe(clean)
  })

  test.each([
    'Use maxOutputTokens: 500',
    'the risk-free task-list',
    'Rate limit reached for gpt-4o on tokens per min (TPM)',
    'API key is missing',
    'key messages.0.content of type text',
    'the token limit of gpt-4o-mini-2024-07-18 is 128000',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  ])('what holds none stays: %s', (text) => {
    expect(redactText(text, ['key', ''])).toBe(text)
  })

  test.each([
    'eyJ-',
    'sk-',
    'Bearer ',
    'api key ',
    '://',
    'Signature=',
    '?key=',
    'Bearer a',
    'token a1',
    'key=',
    'Aa1',
    'Aa1/ ',
  ])('in linear time: %j', async (piece) => {
    const work = (length: number) => redactText(piece.repeat(Math.ceil(length / piece.length)), ['my-own-secret'])
    expect(await isSuperlinear(work, 1e6)).toBe(false)
  })
})

test('a secret is hidden in whatever spelling it stands', () => {
  const secret = 'a+b/c "d"é&%7'
  const forms = [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    JSON.stringify(secret),
    JSON.stringify(secret).replaceAll('/', '\\/'),
    JSON.stringify(JSON.stringify({ secret })),
  ]
  for (const form of forms) expect(redactText(`x ${form} y`, [secret])).toMatch(/^x [^a]*\*\*\*[^a]* y$/)
  const plain = 'Zq9Xw?plain>key77'
  for (const before of ['', 'u', 'us', 'user:']) {
    for (const after of ['', '!', '!!']) {
      const encoded = btoa(before + plain + after)
      for (const form of [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')])
        expect(redactText(`is ${form}.`, [plain]).length).toBeLessThan(20)
    }
  }
})

describe('the keys that something holds', () => {
  const key = 'Zq9Xwplainkey77abc'
  test.each<[string, unknown]>([
    ['a key', key],
    ['headers', { Authorization: `Bearer ${key}` }],
    ['a header of a gateway', { headers: { 'cf-aig-authorization': key } }],
    ['headers of the platform', { headers: new Headers({ 'x-goog-api-key': key }) }],
    ['pairs of headers', { headers: [['x-api-key', key]] }],
    ['a name and a password', { headers: { authorization: `Basic ${btoa(`me:${key}`)}` } }],
    ['a function', { config: { headers: () => ({ 'api-key': key }) } }],
    ['credentials', { config: { credentials: { accessKeyId: 'a', secretAccessKey: key } } }],
    ['a query', { _options: { defaultQuery: { subscription: key } } }],
    ['an address', { baseURL: `https://host/v1?code=${key}` }],
    ['a password in an address', { baseURL: `https://me:${key}@host/v1` }],
    [
      'a function that makes an address',
      { config: { url: ({ path }: { path: string }) => `https://host${path}?k=${key}` } },
    ],
  ])('%s', (_, holder) => {
    expect(collectSecrets(holder)).toContain(key)
  })

  test('what is none is none, and what cannot be read is not there', () => {
    const none = {
      baseURL: 'https://host/v1?api-version=2024-10-01-preview',
      config: { headers: () => Promise.reject(new Error()) },
    }
    const broken = {
      config: {
        get headers() {
          throw new Error('no')
        },
      },
      headers: null,
    }
    const before = collectSecrets()
    expect([collectSecrets(none), collectSecrets(broken)]).toEqual([before, before])
  })
})

test('no part of an error holds a key: headers, addresses, loops, however deep', () => {
  const key = 'my-own-secret'
  const body: { all: unknown; self?: unknown } = { all: key }
  body.self = body
  for (let depth = 0; depth < 50_000; depth++) body.all = [body.all]
  class Own extends Error {
    readonly headers = new Headers({ 'x-echo': key, 'retry-after': '3' })
    readonly url = new URL(`https://host/a?k=${key}`)
    readonly body = body
    readonly names = { [key]: 1 }
    readonly aborted = new DOMException(key, 'AbortError')
    readonly kept = new Map()
  }
  const error = new Own('no')
  const copy = redactSecrets(error, [key]) as Own
  expect(copy).toBeInstanceOf(Own)
  expect([...copy.headers]).toEqual([
    ['retry-after', '3'],
    ['x-echo', '***'],
  ])
  expect(copy.url.href).toBe('https://host/a?k=***')
  expect(copy.names).toEqual({ '***': 1 })
  expect(copy.aborted).toMatchObject({ name: 'AbortError', message: '***' })
  expect(copy.kept).toBe(error.kept)
  expect(copy.body.self).toBe(copy.body)
  let inner = copy.body.all
  while (Array.isArray(inner)) [inner] = inner
  expect(inner).toBe('***')
  expect(error.headers.get('x-echo')).toBe(key)
})

test('an error is copied only where it holds a key, and stays what it is', () => {
  class Own extends Error {
    readonly body = { list: ['my-own-secret'] }
  }
  const plain = new Error('no', { cause: new Error('nor here') })
  expect(redactSecrets(plain, ['my-own-secret'])).toBe(plain)
  const round: { self?: unknown } = {}
  round.self = round
  expect(redactSecrets(round, [])).toBe(round)
  const copy = redactSecrets(new Own('my-own-secret'), ['my-own-secret']) as Own
  expect(copy).toBeInstanceOf(Own)
  expect(Object.prototype.toString.call(copy)).toBe('[object Error]')
  expect(JSON.stringify([copy.message, copy.body, copy.stack])).not.toContain('my-own-secret')
})

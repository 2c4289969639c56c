import { describe, expect, test } from 'vitest'
import { masked, withoutKeys } from '../../src/models/failure/secrets.ts'

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
    ['the token my-own+secret is bad, also as my-own%2Bsecret', 'the token *** is bad, also as ***'],
  ])('%s', (text, clean) => {
    expect(masked(text, ['my-own+secret'])).toBe(clean)
  })

  test.each([
    'Use maxOutputTokens: 500',
    'the risk-free task-list',
    'Rate limit reached for gpt-4o on tokens per min (TPM)',
    'API key is missing',
  ])('what holds none stays: %s', (text) => {
    expect(masked(text, ['key', ''])).toBe(text)
  })

  test.each(['eyJ-', 'sk-', 'Bearer ', 'api key ', '://', 'Signature=', '?key=', 'Bearer a'])(
    'in linear time: %j',
    (piece) => {
      const text = piece.repeat(Math.ceil(1e6 / piece.length))
      const from = performance.now()
      masked(text, ['my-own-secret'])
      expect(performance.now() - from).toBeLessThan(1000)
    },
  )
})

test('an error is copied only where it holds a key, and stays what it is', () => {
  class Own extends Error {
    readonly body = { list: ['my-own-secret'] }
  }
  const plain = new Error('no', { cause: new Error('nor here') })
  expect(withoutKeys(plain, ['my-own-secret'])).toBe(plain)
  const round: { self?: unknown } = {}
  round.self = round
  expect(withoutKeys(round, [])).toBe(round)
  const copy = withoutKeys(new Own('my-own-secret'), ['my-own-secret']) as Own
  expect(copy).toBeInstanceOf(Own)
  expect(Object.prototype.toString.call(copy)).toBe('[object Error]')
  expect(JSON.stringify([copy.message, copy.body, copy.stack])).not.toContain('my-own-secret')
})

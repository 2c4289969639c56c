import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NotSerializable, stringify } from '../../src/models/stringify.ts'

class Point {
  x = 1
  #hidden = 2
  sum = () => this.x + this.#hidden
}
class Money {
  readonly #cents = 1250
  toString() {
    return `${this.#cents / 100} EUR`
  }
}
class Bag {
  readonly #items = [1, 2];
  [Symbol.iterator]() {
    return this.#items[Symbol.iterator]()
  }
}
class Opaque {
  readonly #secret = 1
  has() {
    return this.#secret
  }
}
const circle: { name: string; self?: unknown } = { name: 'a' }
circle.self = [circle]
const revoked = Proxy.revocable({}, {})
revoked.revoke()
const deep = (levels: number) => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value }
  return value
}
const foreign = <T>(code: string): T => vm.runInNewContext(code) as T

describe('a value as a text for a model', () => {
  test.each<[string, unknown, string]>([
    ['a text', 'hi "you"', 'hi "you"'],
    ['a number', 3, '3'],
    ['null', null, 'null'],
    ['plain data', { a: [1, 'b', null, true], n: undefined }, '{"a":[1,"b",null,true]}'],
    ['what is undefined in a list', [undefined, 1], '[null,1]'],
    ['a Map', { m: new Map([['a', new Map([['b', 1]])]]) }, '{"m":{"a":{"b":1}}}'],
    ['a Map with other keys', new Map([[1, 'one']]), '[[1,"one"]]'],
    ['a Map with the key __proto__', new Map([['__proto__', 1]]), '{"__proto__":1}'],
    ['a Set', new Set([1, new Set(['a'])]), '[1,["a"]]'],
    ['an error', { e: new RangeError('too far') }, '{"e":{"name":"RangeError","message":"too far"}}'],
    [
      'an error with a cause',
      new Error('a', { cause: new Error('b') }),
      '{"name":"Error","message":"a","cause":{"name":"Error","message":"b"}}',
    ],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date inside', [new Date(0)], '["1970-01-01T00:00:00.000Z"]'],
    ['a typed array', { a: new Float32Array([1, 2.5]) }, '{"a":[1,2.5]}'],
    ['a buffer', Buffer.from('A'), '[65]'],
    ['a URL', [new URL('https://a.org/b')], '["https://a.org/b"]'],
    ['a RegExp', { r: /a+/gu }, '{"r":"/a+/gu"}'],
    ['query parameters', new URLSearchParams({ a: '1' }), 'a=1'],
    ['headers', new Headers({ a: '1' }), '[["a","1"]]'],
    ['an instance of a class', new Point(), '{"x":1}'],
    ['an instance that has only a text', [new Money()], '["12.5 EUR"]'],
    ['an instance that has only items', new Bag(), '[1,2]'],
    ['a generator', (function* () { yield* [1, 2] })(), '[1,2]'], // prettier-ignore
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['what writes itself', { a: { toJSON: () => ({ b: new Set([1]) }) } }, '{"a":{"b":[1]}}'],
    ['boxed values', [Object('a'), Object(1), Object(false)], '["a",1,false]'],
    [
      'of another realm',
      foreign('({ m: new Map([["a", new Set([1])]]), d: new Date(0), e: new TypeError("no"), l: [/x/] })'),
      '{"m":{"a":[1]},"d":"1970-01-01T00:00:00.000Z","e":{"name":"TypeError","message":"no"},"l":["/x/"]}',
    ],
    ['the same object twice', ((a) => ({ a, b: a }))({ n: 1 }), '{"a":{"n":1},"b":{"n":1}}'],
    ['deep data', deep(400), JSON.stringify(deep(400))],
  ])('%s', (_, value, text) => {
    expect(stringify(value)).toBe(text)
  })

  test.each<[string, unknown, string | RegExp]>([
    ['a bigint', { order: { id: 12n } }, 'a bigint at order.id'],
    ['a bigint alone', 12n, 'a bigint'],
    ['a list of bigints', { a: new BigInt64Array(1) }, 'a bigint at a[0]'],
    ['a circle', circle, 'a circular reference at self[0]'],
    ['a toJSON that throws', { a: [{ toJSON: () => { throw new Error('no') } }] }, 'something that cannot be read (no) at a[0]'], // prettier-ignore
    ['a getter that throws', { a: { get b() { throw new Error('closed') } } }, 'something that cannot be read (closed) at a.b'], // prettier-ignore
    ['what throws what cannot be read', { get a() { throw revoked.proxy } }, /^something that cannot be read \(.*\) at a$/], // prettier-ignore
    ['a revoked proxy', [1, revoked.proxy], /^something that cannot be read \(.*\) at \[1\]$/],
    ['a number that is none', { a: NaN }, 'NaN at a'],
    ['no end', [Infinity], 'Infinity at [0]'],
    ['a date that is none', { at: new Date(NaN) }, /^something that cannot be read \(Invalid time value\) at at$/],
    ['a function', () => 1, 'a function'],
    ['a symbol', [Symbol('a')], 'a symbol at [0]'],
    ['a promise', { later: Promise.resolve(1) }, 'a value of the class Promise, which has no readable data, at later'],
    ['an instance that shows nothing', new Opaque(), 'a value of the class Opaque, which has no readable data'],
    ['data without a bottom', deep(20_000), /^data more than 500 levels deep at \[0\]\.a\[0\]\.a/],
    ['a list without an end', (function* () { for (;;) yield 1 })(), 'more than 1000000 values'], // prettier-ignore
  ])('%s is refused, with the place', (_, value, message) => {
    const thrown = (() => {
      try {
        return stringify(value)
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toBeInstanceOf(NotSerializable)
    expect((thrown as Error).message).toMatch(
      typeof message === 'string' ? new RegExp(`^${message.replaceAll(/[()[\].]/g, '\\$&')}$`) : message,
    )
    expect((thrown as Error).message.length).toBeLessThan(300)
  })

  test('the name of a value begins the place', () => {
    expect(() => stringify({ id: 1n }, { name: 'order' })).toThrow('a bigint at order.id')
  })

  test('JSON comes out as JSON.stringify writes it, and anything else as a text or a NotSerializable', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(stringify(value, { indent: 2 })).toBe(typeof value === 'string' ? value : JSON.stringify(value, null, 2))
    }), { numRuns: 300 }) // prettier-ignore
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withBoxedValues: true, withNullPrototype: true, withSparseArray: true }) // prettier-ignore
    fc.assert(fc.property(anything, (value) => {
      try {
        expect(typeof stringify(value)).toBe('string')
      } catch (error) {
        expect(error).toBeInstanceOf(NotSerializable)
      }
    }), { numRuns: 2000 }) // prettier-ignore
  })
})

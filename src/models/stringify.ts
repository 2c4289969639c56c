import { attempt, classNameOf, isError } from '../border/shape.ts'

/** Thrown for a value that is not serializable. Its message names the part and its path: `a bigint at order.id`. */
export class NotSerializable extends Error {
  constructor(what: string, at: readonly (string | number)[]) {
    super(at.length === 0 ? what.replace(/,$/, '') : `${what} at ${formatPath(at)}`)
    this.name = 'NotSerializable'
  }
}

/** In levels of nesting: far below the limit of the call stack. */
const MAX_DEPTH = 500
/** In values: more than fits into any context window. */
const MAX_VALUES = 1_000_000

type StringifyOptions = {
  /** Spaces of indentation; 0 by default. */
  indent?: number
  /** The first part of a path in an error message. */
  name?: string
}

/**
 * A value as text for a model: a string as it is, any other value as JSON. A Map becomes an object (an array of pairs,
 * if a key is not a string), a Set and a typed array an array, an error its name and message, a date, a URL and a
 * RegExp their strings. Throws `NotSerializable` instead of dropping data. `undefined` must be handled by the caller.
 *
 * @example
 * stringify({ at: new Date(0), tags: new Set(['a']) }) // '{"at":"1970-01-01T00:00:00.000Z","tags":["a"]}'
 */
export function stringify(value: unknown, { indent, name }: StringifyOptions = {}): string {
  const plain = new ValueSerializer().plain(value, name === undefined ? [] : [name], 0)
  if (typeof plain === 'string') return plain
  const text = attempt(() => JSON.stringify(plain, null, indent) ?? 'null')
  if (text === undefined) throw new NotSerializable('more text than a string can hold', [])
  return text
}

type ValuePath = readonly (string | number)[]
type Serializer = (value: object, at: ValuePath, depth: number) => unknown

/** Serializes one value: keeps its ancestors, to find circular references, and a count of values. */
class ValueSerializer {
  readonly #above = new Set<object>()
  #count = 0

  /** The value as plain JSON data. */
  plain(value: unknown, at: ValuePath, depth: number): unknown {
    if (++this.#count > MAX_VALUES) throw new NotSerializable(`more than ${MAX_VALUES} values`, [])
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (value === undefined) return undefined
    if (typeof value !== 'object')
      throw new NotSerializable(typeof value === 'number' ? String(value) : `a ${typeof value}`, at)
    if (this.#above.has(value)) throw new NotSerializable('a circular reference', at)
    if (depth > MAX_DEPTH) throw new NotSerializable(`data more than ${MAX_DEPTH} levels deep`, at)
    this.#above.add(value)
    const plain = this.#object(value, at, depth + 1)
    this.#above.delete(value)
    return plain
  }

  #object(value: object, at: ValuePath, depth: number): unknown {
    try {
      if (Array.isArray(value)) return this.#list(value, at, depth)
      const form = this.#forms[objectTag(value)]
      if (form) return form(value, at, depth)
      if (isError(value) && !hasToJson(value)) return this.#error(value, at, depth)
      if (ArrayBuffer.isView(value) && !(objectTag(value) === 'DataView')) {
        return this.#list(value as unknown as Iterable<unknown>, at, depth)
      }
      if (hasToJson(value)) return this.#jsonable(value, at, depth)
      return this.#fields(value, at, depth)
    } catch (thrown) {
      if (attempt(() => thrown instanceof NotSerializable)) throw thrown
      throw new NotSerializable(`something that cannot be read (${thrownMessage(thrown)})`, at)
    }
  }

  /** By `Object.prototype.toString`, because the value may come from another realm. */
  readonly #forms: Readonly<Record<string, Serializer>> = {
    __proto__: null as never,
    Date: (value) => {
      const date = value as Date
      return Date.prototype.toISOString.call(date)
    },
    RegExp: (value) => String(value),
    URL: (value) => String(value),
    URLSearchParams: (value) => String(value),
    String: (value) => String(value),
    Number: (value, at, depth) => this.plain(Number(value), at, depth),
    Boolean: (value) => Boolean.prototype.valueOf.call(value),
    BigInt: (_, at) => {
      throw new NotSerializable('a bigint', at)
    },
    Symbol: (_, at) => {
      throw new NotSerializable('a symbol', at)
    },
    Set: (value, at, depth) => this.#list(Set.prototype.values.call(value), at, depth),
    Map: (value, at, depth) => {
      const pairs = [...(Map.prototype.entries.call(value) as Iterable<[unknown, unknown]>)]
      if (!pairs.every(([key]) => typeof key === 'string')) return this.#list(pairs, at, depth)
      return this.#record(pairs as [string, unknown][], at, depth)
    },
  }

  #list(items: Iterable<unknown>, at: ValuePath, depth: number): unknown[] {
    const list: unknown[] = []
    for (const item of items) list.push(this.plain(item, [...at, list.length], depth) ?? null)
    return list
  }

  /** As in JSON, undefined values and functions are left out. */
  #record(pairs: readonly (readonly [string, unknown])[], at: ValuePath, depth: number): object {
    const fields = pairs.flatMap(([key, value]) => {
      if (typeof value === 'function') return []
      const plain = this.plain(value, [...at, key], depth)
      return plain === undefined ? [] : [[key, plain] as const]
    })
    return Object.fromEntries(fields)
  }

  #error(value: Error, at: ValuePath, depth: number): object {
    const { name, message } = value
    const cause = Object.hasOwn(value, 'cause') ? value.cause : undefined
    return this.#record(
      [
        ['name', String(name)],
        ['message', String(message)],
        ['cause', cause],
      ],
      at,
      depth,
    )
  }

  #jsonable(value: { toJSON(key: string): unknown }, at: ValuePath, depth: number): unknown {
    const json = value.toJSON(String(at.at(-1) ?? ''))
    // A toJSON that returns the object itself: use its fields, as JSON.stringify does.
    return json === value ? this.#fields(value, at, depth) : this.plain(json, at, depth)
  }

  /** An object by its own fields; one without fields by its iterator or its toString. */
  #fields(value: object, at: ValuePath, depth: number): unknown {
    const keys = Object.keys(value)
    const pairs: [string, unknown][] = []
    for (const key of keys) {
      try {
        pairs.push([key, (value as Record<string, unknown>)[key]])
      } catch (thrown) {
        throw new NotSerializable(`something that cannot be read (${thrownMessage(thrown)})`, [...at, key])
      }
    }
    const proto: unknown = Object.getPrototypeOf(value)
    const isPlain = proto === null || Object.getPrototypeOf(proto) === null
    if (isPlain || pairs.some(([, field]) => typeof field !== 'function')) return this.#record(pairs, at, depth)
    const { [Symbol.iterator]: items, toString } = value as Partial<Iterable<unknown>> & { toString?: unknown }
    if (typeof items === 'function') return this.#list(value as Iterable<unknown>, at, depth)
    const text = typeof toString === 'function' ? String(value) : ''
    if (!/^(\[object .*\])?$/s.test(text)) return text
    throw new NotSerializable(`a value of the class ${classNameOf(value)}, which has no readable data,`, at)
  }
}

const objectTag = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)
const hasToJson = (value: object): value is { toJSON(key: string): unknown } =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function'
const thrownMessage = (thrown: unknown): string =>
  attempt(() => String((thrown as Partial<Error> | null)?.message ?? thrown)) ?? 'unknown error'

/** `order.items[2].id`; a long path is truncated. */
function formatPath(at: ValuePath): string {
  const place = at
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
  return place.length > 120 ? `${place.slice(0, 119)}…` : place
}

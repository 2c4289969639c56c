import { attempt, classNameOf, isError } from '../border/shape.ts'

/** Thrown for a value that has no text; its message says what stands in the way, and where: `a bigint at order.id`. */
export class NotWritable extends Error {
  constructor(what: string, at: readonly (string | number)[]) {
    super(at.length === 0 ? what.replace(/,$/, '') : `${what} at ${placeOf(at)}`)
    this.name = 'NotWritable'
  }
}

/** Deeper than any data that a model could follow, and far from where a stack ends. */
const DEEPEST = 500
/** More than fits into any conversation. */
const MOST = 1_000_000

type Options = {
  /** Of JSON; none by default. */
  indent?: number
  /** What the value is called, where a place in it is named. */
  name?: string
}

/**
 * A value as a text for a model: a text as it is, all else as JSON in which nothing is lost in silence. A Map is an object
 * (a list of pairs, if a key is no text), a Set and a typed array a list, an error its name and message, a date, a URL
 * and a RegExp their texts. Throws `NotWritable` for what has no text; `undefined` is none, and has to be asked before.
 */
export function write(value: unknown, { indent, name }: Options = {}): string {
  const plain = new Writer().plain(value, name === undefined ? [] : [name], 0)
  if (typeof plain === 'string') return plain
  const text = attempt(() => JSON.stringify(plain, null, indent) ?? 'null')
  if (text === undefined) throw new NotWritable('more text than a string can hold', [])
  return text
}

type Place = readonly (string | number)[]
type Form = (value: object, at: Place, depth: number) => unknown

/** One writing: knows what is above a value, and how much was written. */
class Writer {
  readonly #above = new Set<object>()
  #count = 0

  /** The value as what JSON can hold. */
  plain(value: unknown, at: Place, depth: number): unknown {
    if (++this.#count > MOST) throw new NotWritable(`more than ${MOST} values`, [])
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (value === undefined) return undefined
    if (typeof value !== 'object')
      throw new NotWritable(typeof value === 'number' ? String(value) : `a ${typeof value}`, at)
    if (this.#above.has(value)) throw new NotWritable('a circular reference', at)
    if (depth > DEEPEST) throw new NotWritable(`data more than ${DEEPEST} levels deep`, at)
    this.#above.add(value)
    const plain = this.#object(value, at, depth + 1)
    this.#above.delete(value)
    return plain
  }

  #object(value: object, at: Place, depth: number): unknown {
    try {
      if (Array.isArray(value)) return this.#list(value, at, depth)
      const form = this.#forms[tagOf(value)]
      if (form) return form(value, at, depth)
      if (isError(value) && !isJsonable(value)) return this.#error(value, at, depth)
      if (ArrayBuffer.isView(value) && !(tagOf(value) === 'DataView')) {
        return this.#list(value as unknown as Iterable<unknown>, at, depth)
      }
      if (isJsonable(value)) return this.#jsonable(value, at, depth)
      return this.#fields(value, at, depth)
    } catch (thrown) {
      if (attempt(() => thrown instanceof NotWritable)) throw thrown
      throw new NotWritable(`something that cannot be read (${messageOf(thrown)})`, at)
    }
  }

  /** By what the value calls itself: it may be of another realm. */
  readonly #forms: Readonly<Record<string, Form>> = {
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
      throw new NotWritable('a bigint', at)
    },
    Symbol: (_, at) => {
      throw new NotWritable('a symbol', at)
    },
    Set: (value, at, depth) => this.#list(Set.prototype.values.call(value), at, depth),
    Map: (value, at, depth) => {
      const pairs = [...(Map.prototype.entries.call(value) as Iterable<[unknown, unknown]>)]
      if (!pairs.every(([key]) => typeof key === 'string')) return this.#list(pairs, at, depth)
      return this.#record(pairs as [string, unknown][], at, depth)
    },
  }

  #list(items: Iterable<unknown>, at: Place, depth: number): unknown[] {
    const list: unknown[] = []
    for (const item of items) list.push(this.plain(item, [...at, list.length], depth) ?? null)
    return list
  }

  /** As JSON has it, what is undefined is left out, and so are methods: they are no data. */
  #record(pairs: readonly (readonly [string, unknown])[], at: Place, depth: number): object {
    const fields = pairs.flatMap(([key, value]) => {
      if (typeof value === 'function') return []
      const plain = this.plain(value, [...at, key], depth)
      return plain === undefined ? [] : [[key, plain] as const]
    })
    return Object.fromEntries(fields)
  }

  #error(value: Error, at: Place, depth: number): object {
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

  #jsonable(value: { toJSON(key: string): unknown }, at: Place, depth: number): unknown {
    const json = value.toJSON(String(at.at(-1) ?? ''))
    // What stands for itself is written by its fields, as JSON does.
    return json === value ? this.#fields(value, at, depth) : this.plain(json, at, depth)
  }

  /** An object by its own fields; one that has none, and hides what it is, by its items or its own text. */
  #fields(value: object, at: Place, depth: number): unknown {
    const keys = Object.keys(value)
    const pairs: [string, unknown][] = []
    for (const key of keys) {
      try {
        pairs.push([key, (value as Record<string, unknown>)[key]])
      } catch (thrown) {
        throw new NotWritable(`something that cannot be read (${messageOf(thrown)})`, [...at, key])
      }
    }
    const proto: unknown = Object.getPrototypeOf(value)
    const isPlain = proto === null || Object.getPrototypeOf(proto) === null
    if (isPlain || pairs.some(([, field]) => typeof field !== 'function')) return this.#record(pairs, at, depth)
    const { [Symbol.iterator]: items, toString } = value as Partial<Iterable<unknown>> & { toString?: unknown }
    if (typeof items === 'function') return this.#list(value as Iterable<unknown>, at, depth)
    const text = typeof toString === 'function' ? String(value) : ''
    if (!/^(\[object .*\])?$/s.test(text)) return text
    throw new NotWritable(`a value of the class ${classNameOf(value)}, which has no readable data,`, at)
  }
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)
const isJsonable = (value: object): value is { toJSON(key: string): unknown } =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function'
const messageOf = (thrown: unknown): string =>
  attempt(() => String((thrown as Partial<Error> | null)?.message ?? thrown)) ?? 'it does not say why'

/** `order.items[2].id`; of a long one, where it begins. */
function placeOf(at: Place): string {
  const place = at
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
  return place.length > 120 ? `${place.slice(0, 119)}…` : place
}

import { MAX_TEXT } from './redact.ts'
import type { Redactor } from './redact.ts'

/** What a value has become since another one. */
export type Patch =
  | { readonly put: unknown }
  | { readonly add: string }
  | { readonly keys: Readonly<Record<string, Patch>>; readonly drop?: readonly string[] }
  | { readonly items: Readonly<Record<string, Patch>>; readonly length: number }
/** A value in a journal: itself, one that was there before, or what differs from it. `n` is its number from now on. */
export type Encoded =
  | { readonly v: unknown; readonly n?: number }
  | { readonly is: number }
  | { readonly of: number; readonly patch: Patch; readonly n: number }

/** Shorter texts are not worth a number. */
const LONG = 48

/** Writes each value once: what was written before is only pointed at, and what changed in part is written in part. */
export class ValueEncoder {
  readonly #clean: Redactor
  readonly #objects = new WeakMap<object, number>()
  readonly #texts = new Map<string, number>()
  #count = 0
  #last: unknown

  constructor(clean: Redactor) {
    this.#clean = clean
  }

  /** `near` is a value that this one is likely to resemble. */
  encode(value: unknown, near?: unknown): Encoded {
    if (!isNumbered(value)) return { v: this.#clean('', value) }
    const known = this.#number(value)
    if (known !== undefined) return { is: known }
    const base = [near, this.#last].find((one) => this.#resembles(one, value))
    if (base !== undefined) {
      const patch = this.#diff(base, value)
      const of = this.#number(base) as number
      const n = patch ? this.#count++ : of
      this.#keep(value, n)
      return patch ? { of, patch, n } : { is: of }
    }
    const n = this.#count++
    this.#keep(value, n)
    return { v: this.#clean('', value), n }
  }

  #number(value: unknown): number | undefined {
    return typeof value === 'string' ? this.#texts.get(value) : this.#objects.get(value as object)
  }

  #keep(value: unknown, n: number): void {
    this.#last = value
    if (typeof value !== 'string') this.#objects.set(value as object, n)
    else {
      if (this.#texts.size >= 64) this.#texts.delete(this.#texts.keys().next().value as string)
      this.#texts.set(value, n)
    }
  }

  #resembles(base: unknown, value: unknown): boolean {
    if (!isNumbered(base) || this.#number(base) === undefined) return false
    if (typeof base === 'string' || typeof value === 'string')
      return typeof base === typeof value && (value as string).startsWith(base as string)
    if (!isPlain(base) || !isPlain(value) || Array.isArray(base) !== Array.isArray(value)) return false
    return Object.keys(value).some((key) => Object.hasOwn(base, key))
  }

  /** Undefined where nothing changed. Parts that are the same object are not looked into. */
  #diff(base: unknown, given: unknown, depth = 0, key = ''): Patch | undefined {
    if (base === given) return undefined
    const value = this.#clean.look(key, given)
    if (value !== given || depth > 12) return { put: this.#clean(key, given) }
    if (typeof value === 'string') {
      const grew = typeof base === 'string' && base.length > LONG && value.length < MAX_TEXT && value.startsWith(base)
      return grew ? { add: value.slice(base.length) } : { put: this.#clean(key, value) }
    }
    if (!isPlain(base) || !isPlain(value) || Array.isArray(base) !== Array.isArray(value))
      return { put: this.#clean(key, value) }
    const parts: Record<string, Patch> = {}
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        const patch =
          index < (base as unknown[]).length
            ? this.#diff((base as unknown[])[index], value[index], depth + 1)
            : { put: this.#clean('', value[index]) }
        if (patch) parts[index] = patch
      }
      const { length } = value
      return Object.keys(parts).length === 0 && (base as unknown[]).length === length
        ? undefined
        : { items: parts, length }
    }
    for (const name of Object.keys(value)) {
      const patch = Object.hasOwn(base, name)
        ? this.#diff((base as Plain)[name], (value as Plain)[name], depth + 1, name)
        : { put: this.#clean(name, (value as Plain)[name]) }
      if (patch) Object.defineProperty(parts, name, { value: patch, enumerable: true })
    }
    const drop = Object.keys(base).filter((name) => !Object.hasOwn(value, name))
    if (Object.keys(parts).length === 0 && drop.length === 0) return undefined
    return { keys: parts, ...(drop.length > 0 && { drop }) }
  }
}

type Plain = Record<string, unknown>
const isNumbered = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || (typeof value === 'string' && value.length > LONG)

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === Object.prototype || proto === Array.prototype || proto === null
}

/** Reads what a `ValueEncoder` wrote, in the same order. Unchanged parts are shared, not copied. */
export class ValueDecoder {
  readonly #values = new Map<number, unknown>()

  decode(encoded: Encoded): unknown {
    if ('is' in encoded) return this.#values.get(encoded.is)
    const value = 'of' in encoded ? apply(this.#values.get(encoded.of), encoded.patch) : encoded.v
    if (encoded.n !== undefined) this.#values.set(encoded.n, value)
    return value
  }
}

function apply(base: unknown, patch: Patch): unknown {
  if ('put' in patch) return patch.put
  if ('add' in patch) return String(base) + patch.add
  if ('items' in patch) {
    const list = (Array.isArray(base) ? base : []).slice(0, patch.length)
    for (const [index, part] of Object.entries(patch.items)) list[Number(index)] = apply(list[Number(index)], part)
    return list
  }
  const result: Plain = { ...(base as Plain) }
  for (const name of patch.drop ?? []) delete result[name]
  for (const [name, part] of Object.entries(patch.keys)) {
    Object.defineProperty(result, name, {
      value: apply(result[name], part),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return result
}

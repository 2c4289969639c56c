import { globalState } from '../border/global-state.ts'
import { formatValue } from '../border/format-value.ts'
import { ignoreRejection, isUnexpectedPromise } from '../border/shape.ts'

export type NextItem = { done: true } | { done: false; value: unknown }
type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * The items of a map, read as `for await` reads them: with `Symbol.asyncIterator`, each `next()` is awaited; otherwise
 * `Symbol.iterator` is used, and must be synchronous. A violation of the iteration protocol is a `TypeError`.
 */
export class ItemSource {
  readonly #iterator: object
  readonly #next: Method
  readonly #isAsync: boolean
  #isOver = false

  private constructor(iterator: object, next: Method, isAsync: boolean) {
    this.#iterator = iterator
    this.#next = next
    this.#isAsync = isAsync
  }

  static of(items: unknown): ItemSource {
    if (readOnce.has(items as object)) {
      throw new TypeError(
        'the items can be read only once, and an earlier attempt or another function has read them. Give an array, or an iterable that starts again each time it is read',
      )
    }
    const { [Symbol.asyncIterator]: async } = items as { [Symbol.asyncIterator]?: unknown }
    const isAsync = async !== undefined && async !== null
    const [key, method] = isAsync
      ? ['[Symbol.asyncIterator]()', async]
      : ['[Symbol.iterator]()', (items as { [Symbol.iterator]?: unknown })[Symbol.iterator]]
    if (typeof method !== 'function')
      throw new TypeError(`the items cannot be read: ${key.slice(0, -2)} is not a function but ${formatValue(method)}`)
    const iterator: unknown = Reflect.apply(method, items, [])
    if (!isObject(iterator))
      throw new TypeError(`the items cannot be read: ${key} returned ${formatValue(iterator)}, not an iterator`)
    const { next } = iterator as { next?: unknown }
    if (typeof next !== 'function')
      throw new TypeError(
        `the items cannot be read: ${key} returned an iterator without next(): next is ${formatValue(next)}`,
      )
    if (iterator === items || isStream(items as object)) readOnce.add(items as object)
    if (Array.isArray(items)) for (const item of items as unknown[]) ignoreRejection(item)
    return new ItemSource(iterator, next as Method, isAsync)
  }

  /** The next item, or a promise of it; throws or rejects if the source fails. */
  draw(): NextItem | Promise<NextItem> {
    try {
      const result = Reflect.apply(this.#next, this.#iterator, [])
      if (this.#isAsync) return this.#later(result)
      if (isUnexpectedPromise(result)) {
        throw new TypeError('next() of the items returned a promise; put an async iterator at [Symbol.asyncIterator]')
      }
      return this.#read(result)
    } catch (thrown) {
      this.#isOver = true
      throw thrown
    }
  }

  async #later(result: unknown): Promise<NextItem> {
    try {
      return this.#read(await result)
    } catch (thrown) {
      this.#isOver = true
      throw thrown
    }
  }

  #read(result: unknown): NextItem {
    if (!isObject(result))
      throw new TypeError(`next() of the items returned ${formatValue(result)}, not { done, value }`)
    const { done } = result as { done?: unknown }
    if (!done) return { done: false, value: (result as { value?: unknown }).value }
    this.#isOver = true
    return { done: true }
  }

  /** Calls `return()` of the iterator; its result and errors are ignored. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    void Promise.resolve()
      .then(() => (this.#iterator as { return?: () => unknown }).return?.())
      .catch(() => {})
  }
}

/** Generators and streams that were read. A second reader would get no items, or every other one. */
const readOnce = globalState('read', () => new WeakSet<object>())
const isStream = (items: object): boolean =>
  ['getReader', 'pipe'].some((method) => typeof (items as Record<string, unknown>)[method] === 'function')

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

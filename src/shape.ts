/**
 * What a value is by its shape, and not by its constructor: values come from other realms (a vm, a worker, a second
 * copy of this package), where `instanceof` does not know them; and some throw when they are looked at.
 */

/** What `read` gives, or undefined if it throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** `String(value)`, which throws for some objects. */
export const textOf = (value: unknown): string => attempt(() => String(value)) ?? '(it cannot be read)'

/** A promise of any realm or library. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  attempt(() => typeof (value as { then?: unknown }).then === 'function') === true

/**
 * A promise of JavaScript's own (of any realm) that nobody waits for, or not yet, would end the process when it is
 * rejected. Other thenables are left alone: a query may be one, and be sent when it is heard.
 */
export function hear(value: unknown): void {
  attempt(() => {
    if (Object.prototype.toString.call(value) === '[object Promise]') void (value as Promise<unknown>).catch(() => {})
  })
}

/** An error of any realm; a `DOMException` is one as well. */
export const isError = (value: unknown): value is Error =>
  typeof value === 'object' &&
  value !== null &&
  attempt(() => {
    const tag = Object.prototype.toString.call(value)
    return tag === '[object Error]' || tag === '[object DOMException]' || value instanceof Error
  }) === true

/** An object that a literal or JSON made, in any realm. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  attempt(() => {
    const proto: unknown = Object.getPrototypeOf(value)
    return proto === null || (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto as object, 'hasOwnProperty'))
  }) === true

/**
 * Type guards by shape, not by constructor: values come from other realms (a vm, a worker, a second copy of this
 * package), where `instanceof` fails; and some have getters that throw.
 */

/** Returns what `read` returns, or undefined if it throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** `String(value)`, which throws for some objects. */
export const toSafeString = (value: unknown): string => attempt(() => String(value)) ?? '(it cannot be read)'

/** An error of any realm; a `DOMException` is one as well. */
export const isError = (value: unknown): value is Error =>
  typeof value === 'object' &&
  value !== null &&
  attempt(() => {
    const tag = Object.prototype.toString.call(value)
    return tag === '[object Error]' || tag === '[object DOMException]' || value instanceof Error
  }) === true

/** A promise of any realm or library. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  attempt(() => typeof (value as { then?: unknown }).then === 'function') === true

/**
 * Adds a rejection handler to a native promise (of any realm), so that it cannot become an unhandled rejection. Other
 * thenables are left alone: a query builder is one, and sends its query when `then` is called.
 */
export function ignoreRejection(value: unknown): void {
  attempt(() => {
    if (Object.prototype.toString.call(value) === '[object Promise]') void (value as Promise<unknown>).catch(() => {})
  })
}

/** Whether the result of a function that must be synchronous is a promise; marks it as handled. */
export function isUnexpectedPromise(answer: unknown): boolean {
  ignoreRejection(answer)
  return isThenable(answer)
}

/** Returns the result of a function that must be synchronous; throws a `TypeError` for a promise. */
export function assertSync<T>(answer: T, what: string, instead?: string): T {
  if (!isUnexpectedPromise(answer)) return answer
  throw new TypeError(
    `${what} returned a promise, and must be synchronous${instead === undefined ? '' : `; ${instead}`}`,
  )
}

/** An object that a literal or JSON made, in any realm. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  attempt(() => {
    const proto: unknown = Object.getPrototypeOf(value)
    return proto === null || (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto as object, 'hasOwnProperty'))
  }) === true

/** The name of an object's class, for a message. */
export function classNameOf(value: object): string {
  const name = attempt(() => (value.constructor as { name?: unknown } | undefined)?.name)
  return typeof name === 'string' && name !== '' && name !== 'Array' ? name : 'class instance'
}

/** The maximum depth of data: JSON, schemas and XState recurse, and deeper data ends in a RangeError. */
export const MAX_DEPTH = 1000

/**
 * Deep equality of JSON data: the order of keys and keys with `undefined` do not matter, as in a database. Data beyond
 * `MAX_DEPTH` is never equal.
 */
export function isDeepEqual(one: unknown, other: unknown, depth = 0): boolean {
  if (one === other || Object.is(one, other)) return true
  if (depth > MAX_DEPTH) return false
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [a, b] = [one, other] as Readonly<Record<string, unknown>>[]
  if (Array.isArray(one) && one.length !== (other as unknown[]).length) return false
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => isDeepEqual(ownProperty(a, key), ownProperty(b, key), depth + 1))
}

const ownProperty = (value: Readonly<Record<string, unknown>> | undefined, key: string): unknown =>
  value && Object.hasOwn(value, key) ? value[key] : undefined

/** An `AbortSignal` of any realm. */
export const isAbortSignal = (value: unknown): value is AbortSignal =>
  typeof value === 'object' &&
  value !== null &&
  attempt(() => {
    const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
    return (
      typeof aborted === 'boolean' &&
      typeof addEventListener === 'function' &&
      typeof removeEventListener === 'function'
    )
  }) === true

/** Whether a reason is that of `AbortSignal.timeout`, of any realm. */
export const isTimeout = (reason: unknown): boolean =>
  isError(reason) && attempt(() => reason.name === 'TimeoutError') === true

/** Anything with consola's level methods. */
export const isLogger = (value: unknown): boolean =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  attempt(() =>
    ['debug', 'info', 'warn', 'error'].every(
      (level) => typeof (value as Record<string, unknown>)[level] === 'function',
    ),
  ) === true

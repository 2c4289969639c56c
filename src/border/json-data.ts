import { attempt, classNameOf, isPlainObject, MAX_DEPTH } from './shape.ts'

/** A value that JSON does not preserve: `path` is its place (`output.items[3]`), `what` describes it. */
export type NonJson = { readonly path: string; readonly what: string }

/** Finds the first value that is not JSON data. `undefined` is allowed: JSON omits it in objects, and writes null in arrays. */
export const findNonJson = (value: unknown, at: string): NonJson | undefined => nonJsonIn(value, at, new Set())

/** Whether an array anywhere in the value has `undefined`, which JSON turns into null. */
export function hasUndefinedItem(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false
  return (
    attempt(() =>
      Object.values(value).some((part) =>
        part === undefined ? Array.isArray(value) : hasUndefinedItem(part, depth + 1),
      ),
    ) ?? false
  )
}

function nonJsonIn(value: unknown, at: string, above: Set<object>): NonJson | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { path: at, what: '-0, which JSON turns into 0' }
    return Number.isFinite(value) ? undefined : { path: at, what: String(value) }
  }
  if (typeof value !== 'object') return { path: at, what: `a ${typeof value}` }
  if (above.has(value)) return { path: at, what: 'a circular reference' }
  if (above.size >= MAX_DEPTH) return { path: truncated(at), what: `data nested more than ${MAX_DEPTH} levels deep` }
  above.add(value)
  try {
    return Array.isArray(value) ? nonJsonInArray(value, at, above) : nonJsonInObject(value, at, above)
  } catch {
    // A getter that throws, or a revoked proxy.
    return { path: at, what: 'a value that cannot be read' }
  } finally {
    above.delete(value)
  }
}

function nonJsonInArray(list: readonly unknown[], at: string, above: Set<object>): NonJson | undefined {
  const proto: unknown = Object.getPrototypeOf(list)
  if (!Array.isArray(proto)) return { path: at, what: `a ${classNameOf(list)}` }
  if (hasToJson(list)) return { path: at, what: 'an array with toJSON()' }
  for (let index = 0; index < list.length; index++) {
    const part = list[index]
    const place = `${at}[${index}]`
    if (part === undefined && !(index in list))
      return { path: place, what: 'an empty slot, which JSON turns into null' }
    const found = nonJsonIn(part, place, above)
    if (found) return found
  }
  const extra = Object.keys(list).find((key, index) => key !== String(index))
  if (extra !== undefined) return { path: `${at}.${extra}`, what: 'a named property on an array' }
  return symbolKeyIn(list, at)
}

function nonJsonInObject(value: object, at: string, above: Set<object>): NonJson | undefined {
  if (!isPlainObject(value)) return { path: at, what: `a ${classNameOf(value)}` }
  if (hasToJson(value)) return { path: at, what: 'an object with toJSON()' }
  for (const key of Object.keys(value)) {
    const place = /^[\w$-]+$/.test(key) ? `${at}.${key}` : `${at}[${JSON.stringify(key)}]`
    if (key === '__proto__') return { path: place, what: 'a key with this name' }
    const found = nonJsonIn(value[key], place, above)
    if (found) return found
  }
  return symbolKeyIn(value, at)
}

function symbolKeyIn(value: object, at: string): NonJson | undefined {
  const symbol = Object.getOwnPropertySymbols(value).find((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  )
  return symbol && { path: `${at}[${String(symbol)}]`, what: 'a property with a symbol key' }
}

/** JSON.stringify calls toJSON, also an inherited one. */
const hasToJson = (value: object): boolean => typeof (value as { toJSON?: unknown }).toJSON === 'function'

const truncated = (at: string): string => (at.length > 60 ? `${at.slice(0, 60)}…` : at)

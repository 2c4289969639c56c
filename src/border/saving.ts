import { attempt, classNameOf, DEEPEST, isPlainObject } from './shape.ts'

/** A place in data that JSON would not bring back as it is: `output.items[3]`, and what is there. */
export type Found = { readonly at: string; readonly what: string }

/** The first place in a value that is not JSON data. `undefined` is allowed: objects lose it, lists have null for it. */
export const findForeign = (value: unknown, at: string): Found | undefined => foreign(value, at, new Set())

/** Whether somewhere in it a list has undefined, for which JSON has null. */
export function hasGap(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false
  return (
    attempt(() =>
      Object.values(value).some((part) => (part === undefined ? Array.isArray(value) : hasGap(part, depth + 1))),
    ) ?? false
  )
}

function foreign(value: unknown, at: string, above: Set<object>): Found | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { at, what: '-0, which JSON turns into 0' }
    return Number.isFinite(value) ? undefined : { at, what: String(value) }
  }
  if (typeof value !== 'object') return { at, what: `a ${typeof value}` }
  if (above.has(value)) return { at, what: 'a reference back to itself' }
  if (above.size >= DEEPEST) return { at: shortened(at), what: `data nested more than ${DEEPEST} levels deep` }
  above.add(value)
  try {
    return Array.isArray(value) ? inList(value, at, above) : inObject(value, at, above)
  } catch {
    // A getter that throws, a proxy that was revoked.
    return { at, what: 'a value that cannot be read' }
  } finally {
    above.delete(value)
  }
}

function inList(list: readonly unknown[], at: string, above: Set<object>): Found | undefined {
  const proto: unknown = Object.getPrototypeOf(list)
  if (!Array.isArray(proto)) return { at, what: `a ${classNameOf(list)}` }
  if (saysOther(list)) return { at, what: 'a list with toJSON()' }
  for (let index = 0; index < list.length; index++) {
    const part = list[index]
    const place = `${at}[${index}]`
    if (part === undefined && !(index in list)) return { at: place, what: 'a hole, which JSON turns into null' }
    const found = foreign(part, place, above)
    if (found) return found
  }
  const extra = Object.keys(list).find((key, index) => key !== String(index))
  if (extra !== undefined) return { at: `${at}.${extra}`, what: 'a property of a list' }
  return symbolIn(list, at)
}

function inObject(value: object, at: string, above: Set<object>): Found | undefined {
  if (!isPlainObject(value)) return { at, what: `a ${classNameOf(value)}` }
  if (saysOther(value)) return { at, what: 'an object with toJSON()' }
  for (const key of Object.keys(value)) {
    const place = /^[\w$-]+$/.test(key) ? `${at}.${key}` : `${at}[${JSON.stringify(key)}]`
    if (key === '__proto__') return { at: place, what: 'a key of that name' }
    const found = foreign(value[key], place, above)
    if (found) return found
  }
  return symbolIn(value, at)
}

function symbolIn(value: object, at: string): Found | undefined {
  const symbol = Object.getOwnPropertySymbols(value).find((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  )
  return symbol && { at: `${at}[${String(symbol)}]`, what: 'a property under a symbol' }
}

/** JSON asks it for another value; it need not be among the keys that are listed. */
const saysOther = (value: object): boolean => typeof (value as { toJSON?: unknown }).toJSON === 'function'

const shortened = (at: string): string => (at.length > 60 ? `${at.slice(0, 60)}…` : at)

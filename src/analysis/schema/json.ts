import { isUnknownValue } from './unknown-value.ts'

/** The first place in a value that JSON cannot hold, and what stands there. */
export function notJson(value: unknown, at: string): { what: string; at: string } | undefined {
  if (isUnknownValue(value) || value === null || ['string', 'boolean', 'undefined'].includes(typeof value))
    return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { what: String(value), at }
  if (typeof value !== 'object') return { what: `a ${typeof value}`, at }
  const proto: unknown = Object.getPrototypeOf(value)
  if (proto !== Object.prototype && proto !== Array.prototype && proto !== null) {
    return { what: `a ${(value.constructor as { name?: string } | undefined)?.name ?? 'class instance'}`, at }
  }
  for (const [key, part] of Object.entries(value)) {
    const found = notJson(part, `${at}.${key}`)
    if (found) return found
  }
  return undefined
}

import type { PipelineContext } from '../types.ts'

/** Throws, naming the function and the place in its value, when a run holds what JSON cannot bring back. */
export function checkData({ slots }: PipelineContext): void {
  for (const page of slots) {
    for (const frame of page) {
      if (!frame) continue
      for (const field of ['input', 'value', 'outputs'] as const) {
        const found = foreign(frame[field], field === 'value' ? 'output' : field, new Set())
        if (!found) continue
        throw new TypeError(
          `The run cannot be saved: ${frame.path} holds ${found.what} at ${found.at}, which is not JSON data. Give plain data instead (a date as an ISO string, for one).`,
        )
      }
    }
  }
}

type Found = { at: string; what: string }

/** The first place that is not JSON data. `undefined` is allowed: it is left out, as JSON does. */
function foreign(value: unknown, at: string, above: Set<object>): Found | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { at, what: String(value) }
  if (typeof value !== 'object') return { at, what: `a ${typeof value}` }
  if (above.has(value)) return { at, what: 'a reference back to itself' }
  const proto: unknown = Object.getPrototypeOf(value)
  if (proto !== Object.prototype && proto !== Array.prototype && proto !== null)
    return { at, what: `a ${nameOf(value)}` }
  above.add(value)
  for (const [key, part] of Object.entries(value)) {
    const found = foreign(part, Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`, above)
    if (found) return found
  }
  above.delete(value)
  return undefined
}

const nameOf = (value: object): string => (value.constructor as { name?: string } | undefined)?.name || 'class instance'

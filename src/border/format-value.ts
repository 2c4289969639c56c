/** A value for a message: strings quoted and cut to 80 characters, objects and functions by their type. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? `${value}n` : String(value)
  return Array.isArray(value) ? 'an array' : 'an object'
}

type Replace = (key: string, value: unknown) => unknown

/**
 * A value as text that distinguishes it from others: JSON, with forms for what JSON does not have (a bigint, a Map, a
 * Set, a circular reference). Never throws: an unreadable value becomes its type.
 */
export function lenientStringify(
  value: unknown,
  { indent, replace = (_, part) => part }: { indent?: number; replace?: Replace } = {},
): string {
  const above: object[] = []
  try {
    const text = JSON.stringify(
      value,
      function (this: object, key: string, given: unknown) {
        const part = plain(replace(key, given))
        if (typeof part !== 'object' || part === null) return part
        while (above.length > 0 && above.at(-1) !== this) above.pop()
        if (above.includes(part)) return '[circular reference]'
        above.push(part)
        return part
      },
      indent,
    )
    return text ?? String(value)
  } catch {
    return `[${typeof value}]`
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return value
  const kind = Object.prototype.toString.call(value)
  if (kind === '[object Map]') return [...(value as Map<unknown, unknown>)]
  return kind === '[object Set]' ? [...(value as Set<unknown>)] : value
}

import { toCause } from '../errors.ts'
import { attempt, isError, toSafeString } from '../border/shape.ts'

/** Any value as the text of a log line: it may be no JSON, go round in a circle, or throw when it is read. */
export function safeStringify(value: unknown): string {
  if (typeof value === 'string') return value
  if (isError(value)) return toCause(value).message
  return attempt(() => JSON.stringify(value, circularReplacer())) ?? toSafeString(value)
}

/** Puts a word in the place of what JSON cannot hold. */
function circularReplacer() {
  const above: unknown[] = []
  return function (this: unknown, _: string, part: unknown): unknown {
    if (typeof part === 'bigint') return `${part}n`
    if (typeof part !== 'object' || part === null) return part
    if (isError(part)) return toCause(part).message
    while (above.length > 0 && above.at(-1) !== this) above.pop()
    if (above.includes(part)) return '[circular]'
    above.push(part)
    return part
  }
}

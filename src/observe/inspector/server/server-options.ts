import { formatValue } from '../../../border/format-value.ts'
import { checkNumber, integerBetween } from '../../../border/ranges.ts'

const PORT = integerBetween(0, 65_535)

/** Throws a `TypeError` for an invalid `port`, `host` or `redact`. */
export function checkServerOptions(
  owner: string,
  { port, host, redact }: { readonly port?: unknown; readonly host?: unknown; readonly redact?: unknown },
): void {
  checkNumber(owner, 'port', port, PORT)
  if (host !== undefined && (typeof host !== 'string' || host === ''))
    throw new TypeError(`${owner}: host is ${formatValue(host)}. Give a name or an address, such as '127.0.0.1'.`)
  if (redact !== undefined && typeof redact !== 'function')
    throw new TypeError(`${owner}: redact is ${formatValue(redact)}. Give (key, value) => value, or leave it out.`)
}

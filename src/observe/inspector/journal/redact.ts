import { isError } from '../../../border/shape.ts'

/**
 * What may be written of a value: called for every key and value before it reaches the journal; what it returns is
 * written instead. The key is `''` for a value as a whole and for the items of a list.
 *
 * @example
 * const redact: Redact = (key, value) => (key === 'iban' ? '[redacted]' : value)
 */
export type Redact = (key: string, value: unknown) => unknown

/** Converts any value to JSON data, without its secrets. */
export type Redactor = {
  (key: string, value: unknown): unknown
  /** What replaces one value under its key, not its parts; the same value if it is not a secret. */
  look(key: string, value: unknown): unknown
}

/** Longer texts are cut; in characters. */
export const MAX_TEXT = 200_000
const MAX_DEPTH = 40
const REDACTED = '[redacted]'
const SECRET_KEY =
  /(apikey|authorization|password|passwd|passphrase|secret|token|cookie|privatekey|accesskey|credentials?|bearer|jwt|pwd)$/
const SECRET_VALUE = /\b(?:sk|pk|rk|ghp|gho|xox[abp])[-_][\w-]{16,}|\bBearer\s+[\w.~+/-]{12,}=*/g

const secrets = new Map<string, boolean>()

/** Whether what stands under this key is to be hidden: `apiKey`, `DB_PASSWORD`, `x-access-token`, not `maxTokens`. */
export function isSecretKey(key: string): boolean {
  const known = secrets.get(key)
  if (known !== undefined) return known
  const secret = SECRET_KEY.test(key.replaceAll(/[-_\s]/g, '').toLowerCase())
  if (secrets.size < 10_000) secrets.set(key, secret)
  return secret
}

/** Secrets go by the name of their key, by their looks, and by the hook; a hook that throws hides the value. */
export function createRedactor(redact?: Redact): Redactor {
  const look = (key: string, value: unknown): unknown => {
    if (value !== undefined && value !== null && isSecretKey(key)) return REDACTED
    if (!redact) return value
    try {
      return redact(key, value)
    } catch {
      return REDACTED
    }
  }
  const above: object[] = []
  const clean = (key: string, given: unknown): unknown => {
    const value = look(key, given)
    if (typeof value === 'string') return redactText(value)
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
    if (value === undefined) return undefined
    if (typeof value !== 'object') return typeof value === 'bigint' ? `${value}n` : `[${typeof value}]`
    if (above.includes(value)) return '[circular]'
    if (above.length > MAX_DEPTH) return '[too deep]'
    above.push(value)
    try {
      return redactObject(value, clean)
    } catch {
      return '[unreadable]'
    } finally {
      above.pop()
    }
  }
  return Object.assign(clean, { look })
}

function redactText(value: string): string {
  const shown =
    value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}… (${value.length - MAX_TEXT} characters more)` : value
  return shown.length > 15 ? shown.replaceAll(SECRET_VALUE, REDACTED) : shown
}

function redactObject(value: object, clean: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => clean('', item) ?? null)
  const tag = Object.prototype.toString.call(value)
  if (tag === '[object Map]') return clean('', Object.fromEntries(value as Map<string, unknown>))
  if (tag === '[object Set]') return clean('', [...(value as Set<unknown>)])
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') {
    const json: unknown = toJSON.call(value, '')
    return json === value ? redactFields(value, clean) : clean('', json)
  }
  if (isError(value)) {
    const { name, message, cause } = value
    return { name, message: clean('', message), ...(cause !== undefined && { cause: clean('cause', cause) }) }
  }
  return redactFields(value, clean)
}

function redactFields(value: object, clean: (key: string, value: unknown) => unknown): unknown {
  const result: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const part = clean(key, (value as Record<string, unknown>)[key])
    // As an own property, even when it is called __proto__.
    if (part !== undefined)
      Object.defineProperty(result, key, { value: part, enumerable: true, writable: true, configurable: true })
  }
  return result
}

import { attempt, isError, isPlainObject } from '../../border/shape.ts'

const HIDDEN = '***'
/** Keys as their makers shape them, wherever they stand. */
const SHAPES =
  /\b(?:(?:sk|pk|rk|xai|pplx|nvapi|csk|fw|tvly)-[\w*.-]{6,}|(?:gsk|hf|r8|fw|ghp|gho|github_pat|tgp_v1)_[\w-]{6,}|AIza[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{8,}|ya29\.[\w.-]{6,}|eyJ[\w-]{6,300}\.[\w.-]{4,})/g
/** What follows these words is one; the groups before it stay. */
const NAMED: readonly RegExp[] = [
  /\b((?:Bearer|Basic|Token)\s+)(?=[^\s\d]{0,200}\d)[^\s"',;]{4,}/gi,
  /((?:api|access|auth|secret|session|security|subscription)[-_ ]?(?:access[-_ ]?)?(?:key|token)s?(?:\s+provided)?["']?\s*[:=]\s*["']?)[^\s"',;&<>]{4,}/gi,
  /([?&](?:key|token|sig|signature|auth)=)[^&\s"'<>]+/gi,
  /\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^&\s"',<>]+/gi,
  /(authorization["']?\s*[:=]\s*["']?)(?!Bearer|Basic|Token|AWS4)[^\s"',;]{4,}/gi,
  /(:\/\/)[^\s/@"']{1,300}(?=@)/g,
]
/** In characters: less may be a word of any message. */
const SHORTEST = 8

/** The text without keys: neither these, nor what looks like one. */
export function masked(text: string, secrets: readonly string[]): string {
  let left = text
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue
    for (const form of new Set([secret, encodeURIComponent(secret)])) left = left.replaceAll(form, HIDDEN)
  }
  left = left.replace(SHAPES, HIDDEN)
  for (const pattern of NAMED) left = left.replace(pattern, `$1${HIDDEN}`)
  return left
}

/** Deeper than this, nobody hides anything from himself. */
const DEEPEST = 8

/** The same value where it holds no key, else a copy of it without them: of the same class where it is an error. */
export function withoutKeys(value: unknown, secrets: readonly string[]): unknown {
  // What leads back to itself stays as it is there.
  const seen = new Map<object, unknown>()
  const clean = (part: unknown, depth: number): unknown => {
    if (typeof part === 'string') return masked(part, secrets)
    if (typeof part !== 'object' || part === null || depth > DEEPEST) return part
    if (seen.has(part)) return seen.get(part)
    seen.set(part, part)
    if (isError(part) ? isDOMException(part) : !Array.isArray(part) && !isPlainObject(part)) return part
    const copy = attempt(() => copyOf(part, (inner) => clean(inner, depth + 1))) ?? part
    seen.set(part, copy)
    return copy
  }
  return clean(value, 0)
}

/** Its message is in a place that no copy has. */
const isDOMException = (error: Error): boolean => Object.prototype.toString.call(error) === '[object DOMException]'

function copyOf(value: object, clean: (part: unknown) => unknown): object {
  const properties = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>
  let changed = false
  for (const [key, property] of Object.entries(properties)) {
    if (!('value' in property) || (Array.isArray(value) && key === 'length')) continue
    const before: unknown = property.value
    property.value = clean(before)
    changed ||= property.value !== before
  }
  if (!changed) return value
  if (!isError(value)) return Object.defineProperties(Array.isArray(value) ? [] : {}, properties)
  // Made as an error, so that it is shown as one.
  const copy = Object.setPrototypeOf(new Error(''), Object.getPrototypeOf(value) as object) as object
  return Object.defineProperties(copy, properties)
}

/** The keys that are in the environment and in what was given: headers that hold one, or the key itself. */
export function secretsIn(...given: unknown[]): string[] {
  const found = given.flatMap((one) =>
    typeof one === 'string'
      ? [one]
      : Object.entries(Object(one) as object).flatMap(([name, value]) =>
          typeof value === 'string' && SECRET.test(name) ? [value.replace(/^\w+\s+/, '')] : [],
        ),
  )
  const known = Object.entries(attempt(() => globalThis.process?.env) ?? {}).flatMap(([name, value]) =>
    value && /_(?:API_)?(?:KEY|TOKEN)$|_ACCESS_KEY_ID$/.test(name) ? [value] : [],
  )
  return [...new Set([...found, ...known])].filter((secret) => secret.length >= SHORTEST)
}
const SECRET = /auth|key|token|secret/i

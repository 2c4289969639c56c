import { attempt } from '../../border/shape.ts'
import { MIN_SECRET_LENGTH } from './collect-secrets.ts'
import { secretPatterns } from './secret-patterns.ts'

const REDACTED = '***'
/** The formats of API keys of known providers; the last is that of an AWS secret access key. */
const KEY_FORMATS: readonly RegExp[] = [
  /\b(?:(?:sk|pk|rk|xai|pplx|nvapi|csk|fw|tvly)-[\w*.-]{6,}|(?:gsk|hf|r8|fw|ghp|gho|github_pat|tgp_v1)_[\w-]{6,}|AIza[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{8,}|ya29\.[\w.-]{6,}|ABSK[\w+/=]{16,}|bedrock-api-key-[\w+/=-]{8,}|eyJ[\w-]{6,300}\.[\w.-]{4,})/g,
  /(?<![\w+/=-])(?=[a-z\d+/]{0,39}[A-Z])(?=[A-Z\d+/]{0,39}[a-z])(?=[A-Za-z+/]{0,39}\d)[\w+/]{40}(?![\w+/=-])/g,
]
/** Text after these names is a secret; the first group stays. */
const NAMED_SECRETS: readonly RegExp[] = [
  /\b((?:Bearer|Basic|Token)\s+)(?=[^\s\d]{0,200}\d)[^\s"',;]{4,}/gi,
  /((?:api|access|auth|secret|session|security|subscription)[-_ ]?(?:access[-_ ]?)?(?:key|token)s?(?:\s+provided)?["']?\s*[:=]\s*["']?)[^\s"',;&<>]{4,}/gi,
  /([?&](?:key|token|sig|signature|auth)=)[^&\s"'<>]+/gi,
  /\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^&\s"',<>]+/gi,
  /(authorization["']?\s*[:=]\s*["']?)(?!Bearer|Basic|Token|AWS4)[^\s"',;]{4,}/gi,
  // A word of a natural language contains no digits.
  /\b((?:key|token|secret|credential|password)s?[\s:="'`(]{1,4})(?=[\w+/-]{0,200}\d)(?=[\w+/-]{0,200}[a-z])[\w+/=-]{14,}/gi,
  /(:\/\/)[^\s/@"']{1,300}(?=@)/g,
]

/** The text with `***` in place of the given secrets, in any encoding, and of everything in the format of a key. */
export function redactText(text: string, secrets: readonly string[]): string {
  let left = text
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue
    for (const spelling of secretPatterns(secret)) left = left.replace(spelling, REDACTED)
  }
  for (const shape of KEY_FORMATS) left = left.replace(shape, REDACTED)
  for (const pattern of NAMED_SECRETS) left = left.replace(pattern, `$1${REDACTED}`)
  return left
}

/** How many objects of an error are examined: one that references more has a library's whole state. */
const MAX_OBJECTS = 1_000_000

/**
 * The same value if it contains no secret, otherwise a copy without secrets, of the same class if it is an error.
 * Objects inside it that contain none are not copied.
 */
export function redactSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, secrets)
  if (!isCopyable(value)) return value
  const clean = (text: string): string => redactText(text, secrets)
  const copies = new Map<object, object>()
  const of = (part: unknown): unknown => (typeof part === 'string' ? clean(part) : (copies.get(part as object) ?? part))
  const holders = [...objectsWithSecrets(value, clean)]
  for (const part of holders) copies.set(part, emptyCopy(part, clean))
  // After all copies exist, so that circular references lead to copies.
  for (const part of holders) if (!hasInternalState(part)) fillCopy(copies.get(part) as object, part, of)
  return of(value)
}

/** The objects that contain a secret, and all that reference one; iterative, because a body may be nested deeply. */
function objectsWithSecrets(root: object, clean: (text: string) => string): Set<object> {
  const parents = new Map<object, object[]>([[root, []]])
  const holders = new Set<object>()
  for (const part of parents.keys()) {
    for (const [key, inner] of innerValues(part)) {
      if (typeof inner === 'string' ? clean(inner) !== inner : clean(key) !== key) holders.add(part)
      if (!isCopyable(inner)) continue
      const known = parents.get(inner)
      if (known) known.push(part)
      else if (parents.size < MAX_OBJECTS) parents.set(inner, [part])
    }
  }
  for (const holder of holders) for (const parent of parents.get(holder) as object[]) holders.add(parent)
  return holders
}

const safeObjectTag = (value: object): string => attempt(() => Object.prototype.toString.call(value).slice(8, -1)) ?? ''
const COPYABLE_TAGS: ReadonlySet<string> = new Set(['Object', 'Array', 'Error', 'DOMException', 'Headers', 'URL'])
const isCopyable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && COPYABLE_TAGS.has(safeObjectTag(value))
/** Whether its values are in internal slots, which properties do not show. */
const hasInternalState = (value: object): boolean => ['DOMException', 'Headers', 'URL'].includes(safeObjectTag(value))

function innerValues(value: object): [string, unknown][] {
  const tag = safeObjectTag(value)
  if (tag === 'URL') return [['href', (value as URL).href]]
  if (tag === 'DOMException') return [['message', (value as DOMException).message]]
  return attempt(() => (tag === 'Headers' ? [...(value as Headers)] : ownValues(value))) ?? []
}

function ownValues(value: object): [string, unknown][] {
  const isError = safeObjectTag(value) === 'Error'
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([key, property]): [string, unknown][] => {
    // `stack` may be an accessor, which would not work on the copy.
    if (isError && key === 'stack') return [[key, (value as Error).stack]]
    return 'value' in property ? [[key, property.value]] : []
  })
}

function emptyCopy(value: object, clean: (text: string) => string): object {
  const tag = safeObjectTag(value)
  if (tag === 'URL') return attempt(() => new URL(clean((value as URL).href))) ?? {}
  if (tag === 'Headers') return new Headers([...(value as Headers)].map(([name, text]) => [name, clean(text)]))
  if (tag === 'DOMException') {
    const { message, name } = value as DOMException
    return new DOMException(clean(message), name)
  }
  if (Array.isArray(value)) return []
  const proto = Object.getPrototypeOf(value) as object
  // Created as an error, so that inspectors show it as one.
  return tag === 'Error' ? (Object.setPrototypeOf(new Error(''), proto) as object) : (Object.create(proto) as object)
}

function fillCopy(copy: object, value: object, clean: (part: unknown) => unknown): void {
  const properties = Object.getOwnPropertyDescriptors(value) as Record<PropertyKey, PropertyDescriptor>
  const parts = new Map(innerValues(value))
  for (const key of Reflect.ownKeys(properties)) {
    if (Array.isArray(value) && key === 'length') continue
    const { enumerable = false, ...property } = properties[key] as PropertyDescriptor
    const changed =
      typeof key === 'string' && parts.has(key)
        ? { value: clean(parts.get(key)), writable: true, configurable: true }
        : property
    attempt(() => Object.defineProperty(copy, clean(key) as PropertyKey, { ...changed, enumerable }))
  }
}

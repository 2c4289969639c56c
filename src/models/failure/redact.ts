import { attempt } from '../../border/shape.ts'
import { MIN_SECRET_LENGTH } from './collect-secrets.ts'
import { secretPatterns } from './secret-patterns.ts'

const MASK = '***'
/** Keys as their makers shape them, wherever they stand; the last but one are those of Bedrock and of AWS. */
const KEY_FORMATS: readonly RegExp[] = [
  /\b(?:(?:sk|pk|rk|xai|pplx|nvapi|csk|fw|tvly)-[\w*.-]{6,}|(?:gsk|hf|r8|fw|ghp|gho|github_pat|tgp_v1)_[\w-]{6,}|AIza[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{8,}|ya29\.[\w.-]{6,}|ABSK[\w+/=]{16,}|bedrock-api-key-[\w+/=-]{8,}|eyJ[\w-]{6,300}\.[\w.-]{4,})/g,
  /(?<![\w+/=-])(?=[a-z\d+/]{0,39}[A-Z])(?=[A-Z\d+/]{0,39}[a-z])(?=[A-Za-z+/]{0,39}\d)[\w+/]{40}(?![\w+/=-])/g,
]
/** What follows these words is one; the groups before it stay. */
const NAMED_SECRETS: readonly RegExp[] = [
  /\b((?:Bearer|Basic|Token)\s+)(?=[^\s\d]{0,200}\d)[^\s"',;]{4,}/gi,
  /((?:api|access|auth|secret|session|security|subscription)[-_ ]?(?:access[-_ ]?)?(?:key|token)s?(?:\s+provided)?["']?\s*[:=]\s*["']?)[^\s"',;&<>]{4,}/gi,
  /([?&](?:key|token|sig|signature|auth)=)[^&\s"'<>]+/gi,
  /\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^&\s"',<>]+/gi,
  /(authorization["']?\s*[:=]\s*["']?)(?!Bearer|Basic|Token|AWS4)[^\s"',;]{4,}/gi,
  // No word of a language has digits in its midst.
  /\b((?:key|token|secret|credential|password)s?[\s:="'`(]{1,4})(?=[\w+/-]{0,200}\d)(?=[\w+/-]{0,200}[a-z])[\w+/=-]{14,}/gi,
  /(:\/\/)[^\s/@"']{1,300}(?=@)/g,
]

/** The text without keys: neither these, in whatever spelling, nor what looks like one. */
export function redactText(text: string, secrets: readonly string[]): string {
  let left = text
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue
    for (const spelling of secretPatterns(secret)) left = left.replace(spelling, MASK)
  }
  for (const shape of KEY_FORMATS) left = left.replace(shape, MASK)
  for (const pattern of NAMED_SECRETS) left = left.replace(pattern, `$1${MASK}`)
  return left
}

/** Of how many objects an error may consist: what leads to more is no error, but all of a library's own. */
const MAX_OBJECTS = 1_000_000

/**
 * The same value where it holds no key, else a copy of it without them: of the same class where it is an error. Whatever
 * holds none of them stays what it was.
 */
export function redactSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, secrets)
  if (!isCopyable(value)) return value
  const clean = (text: string): string => redactText(text, secrets)
  const copies = new Map<object, object>()
  const of = (part: unknown): unknown => (typeof part === 'string' ? clean(part) : (copies.get(part as object) ?? part))
  const holders = [...objectsWithSecrets(value, clean)]
  for (const part of holders) copies.set(part, emptyCopy(part, clean))
  // Once all copies are there, so that what leads back to itself leads to its copy.
  for (const part of holders) if (!hasInternalState(part)) fillCopy(copies.get(part) as object, part, of)
  return of(value)
}

/** The objects that hold a key, and all that lead to one; in a loop, for a body may be nested however deep. */
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

const objectTag = (value: object): string => attempt(() => Object.prototype.toString.call(value).slice(8, -1)) ?? ''
const COPYABLE_TAGS: ReadonlySet<string> = new Set(['Object', 'Array', 'Error', 'DOMException', 'Headers', 'URL'])
const isCopyable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && COPYABLE_TAGS.has(objectTag(value))
/** What it says is in a place that no copy has. */
const hasInternalState = (value: object): boolean => ['DOMException', 'Headers', 'URL'].includes(objectTag(value))

function innerValues(value: object): [string, unknown][] {
  const tag = objectTag(value)
  if (tag === 'URL') return [['href', (value as URL).href]]
  if (tag === 'DOMException') return [['message', (value as DOMException).message]]
  return attempt(() => (tag === 'Headers' ? [...(value as Headers)] : ownValues(value))) ?? []
}

function ownValues(value: object): [string, unknown][] {
  const isError = objectTag(value) === 'Error'
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([key, property]): [string, unknown][] => {
    // Where a stack is made when it is read, the copy must not have that of nobody.
    if (isError && key === 'stack') return [[key, (value as Error).stack]]
    return 'value' in property ? [[key, property.value]] : []
  })
}

function emptyCopy(value: object, clean: (text: string) => string): object {
  const tag = objectTag(value)
  if (tag === 'URL') return attempt(() => new URL(clean((value as URL).href))) ?? {}
  if (tag === 'Headers') return new Headers([...(value as Headers)].map(([name, text]) => [name, clean(text)]))
  if (tag === 'DOMException') {
    const { message, name } = value as DOMException
    return new DOMException(clean(message), name)
  }
  if (Array.isArray(value)) return []
  const proto = Object.getPrototypeOf(value) as object
  // Made as an error, so that it is shown as one.
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

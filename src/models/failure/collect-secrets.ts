import { attempt } from '../../border/shape.ts'

/** In characters: a shorter secret may be an ordinary word of a message. */
export const MIN_SECRET_LENGTH = 8
const SECRET_NAME = /auth|key|token|secret|passw|credential|cookie|signature|session|bearer/i
/** The properties in which clients and models keep what they send with each request. */
const HOLDER_KEYS = new Set(
  'config settings options _options headers defaultheaders custom_headers query params queryparams defaultquery credentials fetchoptions'.split(
    ' ',
  ),
)
/** Query parameters that are not credentials. */
const PUBLIC_QUERY = /version|^(?:alt|format|model|region|deployment|stream)$/i
const MAX_SECRET_DEPTH = 4

/**
 * The API keys in the environment and in the arguments: a string is a secret itself; in an object (headers, a client, a
 * model), properties with the name of a secret, and credentials in URLs.
 */
export function collectSecrets(...given: unknown[]): string[] {
  const found = given.flatMap((one) => (typeof one === 'string' ? [one] : secretsOfHolder(one, 0)))
  const known = Object.entries(attempt(() => globalThis.process?.env) ?? {}).flatMap(([name, value]) =>
    value && /_(?:API_)?(?:KEY|TOKEN|SECRET|PASSWORD)$|_ACCESS_KEY_ID$|_BEARER_TOKEN_/.test(name) ? [value] : [],
  )
  const all = [...found, ...known].flatMap((secret) => [secret, ...authorizationParts(secret)])
  return [...new Set(all)].filter((secret) => secret.length >= MIN_SECRET_LENGTH)
}

/** The token of `Bearer …`; of `Basic …` also the decoded pair and its password. */
function authorizationParts(secret: string): string[] {
  const [, scheme = '', rest] = /^(\w+)\s+(\S.*)$/.exec(secret) ?? []
  if (rest === undefined) return []
  const pair = /^basic$/i.test(scheme) ? attempt(() => atob(rest)) : undefined
  return [rest, ...(pair ? [pair, pair.slice(pair.indexOf(':') + 1)] : [])]
}

function secretsOfHolder(holder: unknown, depth: number): string[] {
  if (typeof holder !== 'object' || holder === null || depth > MAX_SECRET_DEPTH) return []
  return holderEntries(holder).flatMap(([name, value]) => {
    if (/url$/i.test(name)) return secretsOfUrl(value)
    const isHolder = HOLDER_KEYS.has(name.toLowerCase())
    const inside = isHolder ? callHolder(value) : value
    if (/query/i.test(name) && typeof inside === 'object' && inside !== null)
      return secretQueryValues(holderEntries(inside))
    if (isHolder) return secretsOfHolder(inside, depth + 1)
    return SECRET_NAME.test(name) ? [inside].flat().filter((one) => typeof one === 'string') : []
  })
}

/** The entries of an object, or the pairs of `Headers`. Unreadable properties are skipped. */
function holderEntries(holder: object): [string, unknown][] {
  const { entries } = holder as { entries?: () => Iterable<[string, unknown]> }
  const pairs = attempt(() => (typeof entries === 'function' ? [...entries.call(holder)] : undefined))
  const isPair = (one: unknown): one is [string, unknown] => Array.isArray(one) && typeof one[0] === 'string'
  if (Array.isArray(holder)) return holder.filter(isPair)
  if (pairs) return pairs.filter(isPair)
  return (
    attempt(() => Object.keys(holder))?.map((key) => [key, attempt(() => Reflect.get(holder, key) as unknown)]) ?? []
  )
}

/**
 * Many packages keep a function that returns the headers. A rejected promise of it must not become an unhandled
 * rejection.
 */
function callHolder(value: unknown): unknown {
  if (typeof value !== 'function') return value
  const given = attempt(() => (value as () => unknown)())
  void Promise.resolve(given).catch(() => {})
  return given
}

/** The secrets in a URL, or in the URL that a function returns for a path. */
function secretsOfUrl(given: unknown): string[] {
  const made =
    typeof given === 'function' ? attempt(() => (given as (of: object) => unknown)({ path: '/', modelId: 'm' })) : given
  const url = attempt(() => new URL(String(made)))
  return url ? [...secretQueryValues([...url.searchParams]), ...urlPassword(url)] : []
}

const urlPassword = ({ password }: URL): string[] =>
  password ? [attempt(() => decodeURIComponent(password)) ?? password] : []

const secretQueryValues = (entries: readonly (readonly [string, unknown])[]): string[] =>
  entries.flatMap(([name, value]) => (typeof value === 'string' && !PUBLIC_QUERY.test(name) ? [value] : []))

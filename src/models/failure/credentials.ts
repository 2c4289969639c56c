import { attempt } from '../../border/shape.ts'

/** In characters: less may be a word of any message. */
export const SHORTEST = 8
const SECRET = /auth|key|token|secret|passw|credential|cookie|signature|session|bearer/i
/** Where clients and models keep what they send with each request. */
const HOLDERS = new Set(
  'config settings options _options headers defaultheaders custom_headers query params queryparams defaultquery credentials fetchoptions'.split(
    ' ',
  ),
)
/** The parts of an address that say what is asked for, not by whom. */
const PLAIN_QUERY = /version|^(?:alt|format|model|region|deployment|stream)$/i
const DEEPEST = 4

/**
 * The keys that are in the environment and in what was given: a text is one itself; of an object (headers, a client, a
 * model), those that it holds under a name of a secret, or in an address.
 */
export function secretsIn(...given: unknown[]): string[] {
  const found = given.flatMap((one) => (typeof one === 'string' ? [one] : secretsOf(one, 0)))
  const known = Object.entries(attempt(() => globalThis.process?.env) ?? {}).flatMap(([name, value]) =>
    value && /_(?:API_)?(?:KEY|TOKEN|SECRET|PASSWORD)$|_ACCESS_KEY_ID$|_BEARER_TOKEN_/.test(name) ? [value] : [],
  )
  const all = [...found, ...known].flatMap((secret) => [secret, ...innerOf(secret)])
  return [...new Set(all)].filter((secret) => secret.length >= SHORTEST)
}

/** Of `Bearer …` the key alone; of `Basic …` also what stands behind it. */
function innerOf(secret: string): string[] {
  const [, scheme = '', rest] = /^(\w+)\s+(\S.*)$/.exec(secret) ?? []
  if (rest === undefined) return []
  const pair = /^basic$/i.test(scheme) ? attempt(() => atob(rest)) : undefined
  return [rest, ...(pair ? [pair, pair.slice(pair.indexOf(':') + 1)] : [])]
}

function secretsOf(holder: unknown, depth: number): string[] {
  if (typeof holder !== 'object' || holder === null || depth > DEEPEST) return []
  return entriesOf(holder).flatMap(([name, value]) => {
    if (/url$/i.test(name)) return secretsInURL(value)
    const isHolder = HOLDERS.has(name.toLowerCase())
    const inside = isHolder ? called(value) : value
    if (/query/i.test(name) && typeof inside === 'object' && inside !== null) return queryOf(entriesOf(inside))
    if (isHolder) return secretsOf(inside, depth + 1)
    return SECRET.test(name) ? [inside].flat().filter((one) => typeof one === 'string') : []
  })
}

/** Those of an object; or the pairs of headers, whatever they are of. What cannot be read is not there. */
function entriesOf(holder: object): [string, unknown][] {
  const { entries } = holder as { entries?: () => Iterable<[string, unknown]> }
  const pairs = attempt(() => (typeof entries === 'function' ? [...entries.call(holder)] : undefined))
  const isPair = (one: unknown): one is [string, unknown] => Array.isArray(one) && typeof one[0] === 'string'
  if (Array.isArray(holder)) return holder.filter(isPair)
  if (pairs) return pairs.filter(isPair)
  return (
    attempt(() => Object.keys(holder))?.map((key) => [key, attempt(() => Reflect.get(holder, key) as unknown)]) ?? []
  )
}

/** Most packages keep a function that gives the headers; what it gives later is nobody's, unless somebody listens. */
function called(value: unknown): unknown {
  if (typeof value !== 'function') return value
  const given = attempt(() => (value as () => unknown)())
  void Promise.resolve(given).catch(() => {})
  return given
}

/** What an address holds: one that is given, or that a function makes for a path. */
function secretsInURL(given: unknown): string[] {
  const made =
    typeof given === 'function' ? attempt(() => (given as (of: object) => unknown)({ path: '/', modelId: 'm' })) : given
  const url = attempt(() => new URL(String(made)))
  return url ? [...queryOf([...url.searchParams]), ...secretsOfUser(url)] : []
}

const secretsOfUser = ({ password }: URL): string[] =>
  password ? [attempt(() => decodeURIComponent(password)) ?? password] : []

const queryOf = (entries: readonly (readonly [string, unknown])[]): string[] =>
  entries.flatMap(([name, value]) => (typeof value === 'string' && !PLAIN_QUERY.test(name) ? [value] : []))

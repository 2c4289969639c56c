import { attempt } from '../../border/shape.ts'

const patternCache = new Map<string, readonly RegExp[]>()

/** Patterns of a secret in all encodings: plain, in a URL, in JSON, in a form, in HTML, in base64. */
export function secretPatterns(secret: string): readonly RegExp[] {
  const found = patternCache.get(secret)
  if (found) return found
  const inURL = attempt(() => encodeURIComponent(secret)) ?? secret
  const inJson = JSON.stringify(secret).slice(1, -1)
  const lower = (text: string) => text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
  const forms = [
    secret,
    inURL,
    lower(inURL),
    inURL.replaceAll('%20', '+'),
    attempt(() => encodeURI(secret)) ?? secret,
    inJson,
    inJson.replaceAll('/', '\\/'),
    // JSON inside JSON.
    JSON.stringify(inJson).slice(1, -1),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ]
  const plain = [...new Set(forms)].map((form) => new RegExp(escapeRegExp(form), 'g'))
  const cores = [0, 1, 2].flatMap((offset) => base64Core(secret, offset) ?? [])
  const both = [...new Set(cores.flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')]))]
  const patterns = [...plain, ...both.map((core) => new RegExp(`${escapeRegExp(core)}[\\w+/=-]*`, 'g'))]
  // A process has few secrets, but a token may be new in each call.
  if (patternCache.size > 200) patternCache.clear()
  patternCache.set(secret, patterns)
  return patterns
}

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/**
 * The part of its base64 that does not depend on the bytes around it; `offset`: the number of bytes before it, modulo
 * 3.
 */
function base64Core(secret: string, offset: number): string | undefined {
  const encoded = attempt(() => btoa('\0'.repeat(offset) + secret))
  if (encoded === undefined) return undefined
  const rest = (offset + secret.length) % 3
  const core = encoded.slice([0, 2, 3][offset], rest === 0 ? undefined : rest === 1 ? -3 : -2)
  return core.length >= 8 ? core : undefined
}

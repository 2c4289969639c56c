import { decodeFirstBytes, toBase64 } from './base64.ts'
import { SNIFF_LENGTH, sniffMediaType } from './sniff-media-type.ts'

/** A file as models take it. */
export type Base64File = { readonly mediaType: string; readonly base64: string }

const isDataUrl = (url: string): boolean => /^\s{0,99}data:/i.test(url.slice(0, 110))

/**
 * What a `data:` URL holds (RFC 2397), with the type that its bytes have, or else the stated one, without parameters.
 * Undefined for other URLs, and where it holds no such thing: there is no comma, or what should be base64 is none.
 */
export function parseDataUrl(url: string): Base64File | undefined {
  if (!isDataUrl(url)) return undefined
  const comma = url.indexOf(',')
  if (comma === -1) return undefined
  const [stated = '', ...parameters] = url
    .slice(url.indexOf(':') + 1, comma)
    .split(';')
    .map(normalizeToken)
  const isBase64 = parameters.at(-1) === 'base64'
  const body = url.slice(comma + 1)
  const base64 = isBase64 ? normalizeBase64(body) : toBase64(percentDecode(body))
  if (base64 === undefined) return undefined
  return { mediaType: sniffMediaType(decodeFirstBytes(base64, SNIFF_LENGTH)) ?? (stated || 'text/plain'), base64 }
}

const normalizeToken = (word: string): string => word.trim().toLowerCase()

/** In the one alphabet, without blanks, with the signs at its end. */
function normalizeBase64(body: string): string | undefined {
  const written = body.includes('%') ? new TextDecoder().decode(percentDecode(body)) : body
  const signs = written
    .replaceAll(/[\s=]+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  if (signs.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(signs)) return undefined
  return signs.padEnd(Math.ceil(signs.length / 4) * 4, '=')
}

/** The bytes of a text where some stand as %41; a percent sign that begins none is itself. */
function percentDecode(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const [high, low] = bytes[at] === PERCENT ? [hexDigit(bytes[at + 1]), hexDigit(bytes[at + 2])] : []
    const isEscape = high !== undefined && low !== undefined
    bytes[length++] = isEscape ? high * 16 + low : (bytes[at] as number)
    if (isEscape) at += 2
  }
  return bytes.subarray(0, length)
}

const PERCENT = 37

function hexDigit(code = 0): number | undefined {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? undefined : digit
}

import { decodeFirstBytes, toBase64 } from './base64.ts'
import { SNIFF_LENGTH, sniffMediaType } from './sniff-media-type.ts'

/** A file as models accept it. */
export type Base64File = { readonly mediaType: string; readonly base64: string }

const isDataUrl = (url: string): boolean => /^\s{0,99}data:/i.test(url.slice(0, 110))

/**
 * Parses a `data:` URL (RFC 2397). The media type is detected from the bytes, else it is the stated one without
 * parameters. Undefined for other URLs, and if there is no comma or the base64 is not valid.
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

/** Standard base64: without white space, with padding; base64url is converted. */
function normalizeBase64(body: string): string | undefined {
  const written = body.includes('%') ? new TextDecoder().decode(percentDecode(body)) : body
  const signs = written
    .replaceAll(/[\s=]+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  if (signs.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(signs)) return undefined
  return signs.padEnd(Math.ceil(signs.length / 4) * 4, '=')
}

/** The bytes of a percent-encoded text; a percent sign that begins no escape stays. */
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

/** A multiple of 3, so that the encoded chunks can be joined, and few enough for the arguments of one call. */
const CHUNK_SIZE = 3 * 8192

/** Encodes bytes as base64, in chunks: a call cannot have as many arguments as an image has bytes. */
export function toBase64(bytes: Uint8Array): string {
  let base64 = ''
  for (let at = 0; at < bytes.length; at += CHUNK_SIZE) {
    base64 += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK_SIZE)))
  }
  return base64
}

/** Decodes the first bytes of valid base64. */
export function decodeFirstBytes(base64: string, most: number): Uint8Array {
  const piece = base64.slice(0, Math.ceil(most / 3) * 4)
  return Uint8Array.from(atob(piece), (character) => character.charCodeAt(0))
}

/** A short hash of a text (FNV-1a, 32 bits): it detects changes, and is not cryptographic. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
  return hash.toString(36)
}

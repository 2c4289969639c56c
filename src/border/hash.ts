/** A short hash of a text (FNV-1a, 32 bits): it tells a change, and is no protection against who means to deceive. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
  return hash.toString(36)
}

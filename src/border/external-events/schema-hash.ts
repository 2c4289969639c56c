import { hashOf } from '../hash.ts'
import type { JsonSchema } from '../../types.ts'

const hashes = new WeakMap<JsonSchema, string>()

/** The same for the same content. */
export function hashOfSchema(schema: JsonSchema): string {
  const known = hashes.get(schema)
  if (known !== undefined) return known
  const text = JSON.stringify(schema)
  // With the length, because the hash alone is short.
  const hash = `${hashOf(text)}-${text.length.toString(36)}`
  hashes.set(schema, hash)
  return hash
}

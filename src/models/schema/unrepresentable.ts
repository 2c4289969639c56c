/** The fields of zod's and valibot's schema definitions that are read here; `of` is the class of an instance check. */
export type SchemaDefinition = {
  readonly type?: string
  readonly coerce?: boolean
  readonly values?: readonly unknown[]
  readonly literal?: unknown
  readonly of?: unknown
}

/** The types that JSON cannot represent. */
const UNREPRESENTABLE_TYPES = new Set(
  'date map set bigint symbol undefined void function nan file blob promise instance custom class'.split(' '),
)
const UNREPRESENTABLE_VALUES = new Set(['undefined', 'bigint', 'symbol', 'function'])

/** The name of a type that JSON cannot represent, in its library's terms; undefined if JSON can. */
export function unrepresentableName({ type = '', coerce, values, literal, of }: SchemaDefinition): string | undefined {
  if (coerce || !(UNREPRESENTABLE_TYPES.has(type) || type === 'literal')) return undefined
  if (type === 'literal') {
    const all = values ?? [literal]
    return all.every((value) => UNREPRESENTABLE_VALUES.has(typeof value)) ? String(typeof all[0]) : undefined
  }
  if (!['instance', 'custom', 'class'].includes(type)) return type
  // A custom check without a class may accept anything.
  if (typeof of !== 'function' || isJsonClass(of)) return undefined
  return of.name || 'instance'
}

/** Whether parsed JSON can be an instance of a class; a class with its own `Symbol.hasInstance` may say so. */
function isJsonClass(of: object): boolean {
  if (Symbol.hasInstance in of && of[Symbol.hasInstance] !== Function.prototype[Symbol.hasInstance]) return true
  const { prototype } = of as { prototype?: unknown }
  return [Object.prototype, Array.prototype].includes(prototype as never)
}

/** A schema that no JSON satisfies, with the type that it stands for as a comment. */
export const unrepresentableSchema = (name: string) => ({
  not: {},
  $comment: `${/^(?:[aeio]|un)/.test(name) ? 'an' : 'a'} ${name}`,
})

/** Removes such marks everywhere in a schema that is being converted. */
export function removeUnrepresentable(schema: Record<string, unknown>, seen = new Set<unknown>()): void {
  if (seen.has(schema)) return
  seen.add(schema)
  if (schema.not && schema.$comment) {
    delete schema.not
    delete schema.$comment
  }
  for (const part of Object.values(schema)) {
    if (typeof part === 'object' && part !== null) removeUnrepresentable(part as Record<string, unknown>, seen)
  }
}

/** JSON Schema has no flags: the pattern of a case-insensitive expression would reject what the schema accepts. */
export function removeFlaggedPatterns(schema: Record<string, unknown>, checks: readonly { pattern?: unknown }[]): void {
  if (!checks.some(({ pattern }) => /[ims]/.test((Object(pattern) as RegExp).flags ?? ''))) return
  delete schema.pattern
  // zod writes several patterns of one string as allOf.
  delete schema.allOf
}

/** How zod and valibot name what a schema takes; `of` is the class that it asks for. */
export type SchemaDefinition = {
  readonly type?: string
  readonly coerce?: boolean
  readonly values?: readonly unknown[]
  readonly literal?: unknown
  readonly of?: unknown
}

/** What no JSON is; `file` and `blob` are objects of the platform. */
const UNREPRESENTABLE_TYPES = new Set(
  'date map set bigint symbol undefined void function nan file blob promise instance custom class'.split(' '),
)
const UNREPRESENTABLE_VALUES = new Set(['undefined', 'bigint', 'symbol', 'function'])

/** What a schema asks for that JSON cannot hold, by its name in its library; undefined where JSON can meet it. */
export function unrepresentableName({ type = '', coerce, values, literal, of }: SchemaDefinition): string | undefined {
  if (coerce || !(UNREPRESENTABLE_TYPES.has(type) || type === 'literal')) return undefined
  if (type === 'literal') {
    const all = values ?? [literal]
    return all.every((value) => UNREPRESENTABLE_VALUES.has(typeof value)) ? String(typeof all[0]) : undefined
  }
  if (!['instance', 'custom', 'class'].includes(type)) return type
  // A check of the user's own may take anything.
  if (typeof of !== 'function' || isJsonClass(of)) return undefined
  return of.name || 'instance'
}

/** Whether what JSON makes is of a class; one that decides that by code of its own may say yes. */
function isJsonClass(of: object): boolean {
  if (Symbol.hasInstance in of && of[Symbol.hasInstance] !== Function.prototype[Symbol.hasInstance]) return true
  const { prototype } = of as { prototype?: unknown }
  return [Object.prototype, Array.prototype].includes(prototype as never)
}

/** The schema of what no JSON can meet, which says what that would be. */
export const unrepresentableSchema = (name: string) => ({
  not: {},
  $comment: `${/^(?:[aeio]|un)/.test(name) ? 'an' : 'a'} ${name}`,
})

/** Takes that back, wherever it is in a schema that is still being made. */
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

/** JSON Schema knows no flags: a pattern that ignores case would forbid what the schema takes. */
export function removeFlaggedPatterns(schema: Record<string, unknown>, checks: readonly { pattern?: unknown }[]): void {
  if (!checks.some(({ pattern }) => /[ims]/.test((Object(pattern) as RegExp).flags ?? ''))) return
  delete schema.pattern
  // Several patterns of one text.
  delete schema.allOf
}

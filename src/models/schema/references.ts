import { pointerSegments, resolvePointer } from '../../border/json-pointer.ts'
import { isPlainObject, isDeepEqual } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'

const ONE = 'items additionalProperties not propertyNames contains if then else unevaluatedItems unevaluatedProperties'
const LISTED = 'anyOf oneOf allOf prefixItems items'
const NAMED = 'properties patternProperties $defs definitions dependentSchemas'
const [one, listed, named] = [ONE, LISTED, NAMED].map((words) => new Set(words.split(' '))) as [
  Set<string>,
  Set<string>,
  Set<string>,
]
/** What says something of a value, and does not only describe it. */
const CONSTRAINS = new Set(
  `${ONE} ${LISTED} ${NAMED} type required enum const format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems minContains maxContains minProperties maxProperties dependentRequired contentEncoding contentMediaType`.split(
    ' ',
  ),
)

/**
 * A schema with each schema directly inside it changed, and the name of its property; what only looks like one (a
 * default, an enum) is left alone.
 */
export function withParts(schema: JsonSchema, change: (part: JsonSchema, name: string) => unknown): JsonSchema {
  const changed = (part: unknown, name = ''): unknown => (isPlainObject(part) ? change(part, name) : part)
  // Any and none may be said by a boolean.
  const whole = (part: unknown): unknown => (typeof part === 'boolean' ? (part ? {} : { not: {} }) : part)
  const entries = Object.entries(schema).map(([keyword, value]) => {
    if (listed.has(keyword) && Array.isArray(value)) return [keyword, value.map((part) => changed(whole(part)))]
    if (one.has(keyword)) return [keyword, changed(value)]
    if (!named.has(keyword) || !isPlainObject(value)) return [keyword, value]
    return [
      keyword,
      Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, changed(whole(part), keyword === 'properties' ? name : '')]),
      ),
    ]
  })
  return Object.fromEntries(entries) as JsonSchema
}

/**
 * A schema that is no reference any more, with what stood beside its references: the same, where the reference points
 * nowhere, or something beside it says more of the value.
 */
export function resolved(schema: JsonSchema, root: JsonSchema, seen = new Set<unknown>()): JsonSchema {
  let form = schema
  while (form.$ref !== undefined) {
    const { $ref, $defs: _, ...beside } = form
    const found = resolvePointer($ref, root)
    if (!found || seen.has($ref)) return schema
    seen.add($ref)
    const more = Object.entries(beside).filter(([keyword]) => CONSTRAINS.has(keyword))
    // What it refers to may say the same.
    const whole = more.length > 0 ? resolved(found, root, new Set(seen)) : found
    if (!more.every(([keyword, value]) => isDeepEqual(value, whole[keyword]))) return schema
    form = { ...found, ...beside }
  }
  return form
}

/** A schema whose root says what it is, whatever it was a reference to. */
export function rooted(schema: JsonSchema): JsonSchema {
  const form = resolved(schema, schema)
  const { $defs } = schema
  return form === schema ? schema : { ...form, ...($defs !== undefined && { $defs }) }
}

export const isDef = (ref: string): boolean => ref.startsWith('#/$defs/')

/** All references within the document. */
export function refsIn(schema: JsonSchema): string[] {
  const refs: string[] = []
  withRefs(schema, (ref) => {
    refs.push(ref)
    return ref
  })
  return refs
}

/** With its references within the document changed. */
export function withRefs(schema: JsonSchema, change: (ref: string) => string): JsonSchema {
  const { $ref } = schema
  const inside = withParts(schema, (part) => withRefs(part, change))
  return typeof $ref === 'string' && $ref.startsWith('#') ? { ...inside, $ref: change($ref) } : inside
}

/** Without the definitions that nothing refers to any more. */
export function withUsedDefs(schema: JsonSchema): JsonSchema {
  const { $defs, ...rest } = schema
  if (!isPlainObject($defs)) return schema
  const used = new Set(refsIn(rest))
  for (const ref of used) {
    const found = isDef(ref) && resolvePointer(ref, schema)
    if (found) for (const inner of refsIn(found)) used.add(inner)
  }
  const names = new Set([...used].map((ref) => pointerSegments(ref)[1]))
  const kept = Object.entries($defs).filter(([name]) => names.has(name))
  return kept.length > 0 ? { ...rest, $defs: Object.fromEntries(kept) } : rest
}

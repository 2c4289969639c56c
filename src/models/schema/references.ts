import { pointerSegments, resolvePointer } from '../../border/json-pointer.ts'
import { isPlainObject, isDeepEqual } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'

const SUBSCHEMA_KEYWORDS =
  'items additionalProperties not propertyNames contains if then else unevaluatedItems unevaluatedProperties'
const ARRAY_KEYWORDS = 'anyOf oneOf allOf prefixItems items'
const RECORD_KEYWORDS = 'properties patternProperties $defs definitions dependentSchemas'
const [one, listed, named] = [SUBSCHEMA_KEYWORDS, ARRAY_KEYWORDS, RECORD_KEYWORDS].map(
  (words) => new Set(words.split(' ')),
) as [Set<string>, Set<string>, Set<string>]
/** The keywords that constrain a value, without annotations. */
const CONSTRAINT_KEYWORDS = new Set(
  `${SUBSCHEMA_KEYWORDS} ${ARRAY_KEYWORDS} ${RECORD_KEYWORDS} type required enum const format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems minContains maxContains minProperties maxProperties dependentRequired contentEncoding contentMediaType`.split(
    ' ',
  ),
)

/**
 * Maps the direct subschemas of a schema; `name` is the property's, for those in `properties`. Values that only look
 * like schemas (`default`, `enum`) are not changed.
 */
export function mapSubschemas(schema: JsonSchema, change: (part: JsonSchema, name: string) => unknown): JsonSchema {
  const changed = (part: unknown, name = ''): unknown => (isPlainObject(part) ? change(part, name) : part)
  // Boolean schemas: true accepts anything, false nothing.
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
 * Replaces a `$ref` at the top of a schema by its target, with the annotations beside it. Returns the schema unchanged
 * if the reference has no target, or a keyword beside it constrains the value further.
 */
export function resolveRef(schema: JsonSchema, root: JsonSchema, seen = new Set<unknown>()): JsonSchema {
  let form = schema
  while (form.$ref !== undefined) {
    const { $ref, $defs: _, ...beside } = form
    const found = resolvePointer($ref, root)
    if (!found || seen.has($ref)) return schema
    seen.add($ref)
    const more = Object.entries(beside).filter(([keyword]) => CONSTRAINT_KEYWORDS.has(keyword))
    // The target may have the same constraint.
    const whole = more.length > 0 ? resolveRef(found, root, new Set(seen)) : found
    if (!more.every(([keyword, value]) => isDeepEqual(value, whole[keyword]))) return schema
    form = { ...found, ...beside }
  }
  return form
}

/** The schema with a root that is not a reference. */
export function inlineRootRef(schema: JsonSchema): JsonSchema {
  const form = resolveRef(schema, schema)
  const { $defs } = schema
  return form === schema ? schema : { ...form, ...($defs !== undefined && { $defs }) }
}

export const isDefsRef = (ref: string): boolean => ref.startsWith('#/$defs/')

/** All references within the document. */
export function collectRefs(schema: JsonSchema): string[] {
  const refs: string[] = []
  mapRefs(schema, (ref) => {
    refs.push(ref)
    return ref
  })
  return refs
}

/** Maps the references within the document. */
export function mapRefs(schema: JsonSchema, change: (ref: string) => string): JsonSchema {
  const { $ref } = schema
  const inside = mapSubschemas(schema, (part) => mapRefs(part, change))
  return typeof $ref === 'string' && $ref.startsWith('#') ? { ...inside, $ref: change($ref) } : inside
}

/** Removes the definitions that are not referenced. */
export function pruneDefs(schema: JsonSchema): JsonSchema {
  const { $defs, ...rest } = schema
  if (!isPlainObject($defs)) return schema
  const used = new Set(collectRefs(rest))
  for (const ref of used) {
    const found = isDefsRef(ref) && resolvePointer(ref, schema)
    if (found) for (const inner of collectRefs(found)) used.add(inner)
  }
  const names = new Set([...used].map((ref) => pointerSegments(ref)[1]))
  const kept = Object.entries($defs).filter(([name]) => names.has(name))
  return kept.length > 0 ? { ...rest, $defs: Object.fromEntries(kept) } : rest
}

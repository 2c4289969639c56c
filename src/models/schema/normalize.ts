import { formatValue } from '../../border/format-value.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import { toDraft202012 } from './draft-2020-12.ts'
import type { JsonSchema } from './json-schema.ts'
import { decodePercent, resolvePointer, unescapeSegment } from '../../border/json-pointer.ts'
import { mapSubschemas } from './references.ts'

/** A base for relative URIs. */
const BASE_URI = 'schema:///'
const resolveUri = (uri: string, base: string): string => attempt(() => new URL(uri, base).href) ?? uri

/**
 * Normalizes a JSON Schema of any library for servers and validators: draft 2020-12, with references only to the root
 * and to `$defs`, whose names need no escapes. Throws a `TypeError` if it is not a valid JSON Schema.
 */
export function normalizeJsonSchema(given: object): JsonSchema {
  // As it is sent: what is not serializable fails here, at the definition, not at each call.
  const root = toDraft202012(JSON.parse(JSON.stringify(given)) as JsonSchema)
  const { find, baseOf } = indexResources(root)
  const names = new Map<JsonSchema, string>([[root, '#']])
  const defs = new Map<string, JsonSchema>()

  const refer = (ref: unknown, base: string): string => {
    const found = find(String(ref), base)
    if (!found) throw new TypeError(`it refers to ${formatValue(ref)}, which it does not contain`)
    const known = names.get(found)
    if (known !== undefined) return known
    const baseName = (attempt(() => decodePercent(String(ref).split(/[/#]/).at(-1) ?? '')) || 'part').replaceAll(
      /[^\w.-]/g,
      '_',
    )
    let name = baseName
    for (let count = 2; defs.has(name); count += 1) name = `${baseName}_${count}`
    names.set(found, `#/$defs/${name}`)
    // Reserves the name before the definition is built, which may refer to itself.
    defs.set(name, {})
    defs.set(name, build(found, base))
    return `#/$defs/${name}`
  }
  const build = (part: JsonSchema, above: string): JsonSchema => {
    const { $id: _1, $anchor: _2, $dynamicAnchor: _3, $schema: _4, $defs: _5, definitions: _6, ...rest } = part
    const { $ref, $dynamicRef, $recursiveRef, ...form } = rest
    const base = baseOf(part) ?? above
    const ref = $ref ?? $dynamicRef ?? $recursiveRef
    return { ...(ref !== undefined && { $ref: refer(ref, base) }), ...mapSubschemas(form, (each) => build(each, base)) }
  }
  const form = build(root, BASE_URI)
  return defs.size > 0 ? { ...form, $defs: Object.fromEntries(defs) } : form
}

/** Resolves the references of a document by its ids and anchors. */
function indexResources(root: JsonSchema) {
  const places = new Map<string, JsonSchema>()
  const bases = new Map<JsonSchema, string>()
  const visit = (part: JsonSchema, above: string): JsonSchema => {
    const { $id, $anchor, $dynamicAnchor } = part
    const [uri, own] = typeof $id === 'string' ? $id.split('#') : []
    const base = uri ? resolveUri(uri, above) : above
    bases.set(part, base)
    if (uri || part === root) places.set(base, part)
    for (const anchor of [$anchor, $dynamicAnchor, own]) if (anchor) places.set(`${base}#${String(anchor)}`, part)
    mapSubschemas(part, (each) => visit(each, base))
    return part
  }
  visit(root, BASE_URI)

  const find = (ref: string, base: string): JsonSchema | undefined => {
    const [uri = '', ...rest] = ref.split('#')
    const fragment = rest.join('#')
    const at = uri ? resolveUri(uri, base) : base
    const resource = places.get(at)
    if (!resource || fragment === '') return resource
    if (!fragment.startsWith('/')) return places.get(`${at}#${decodePercent(fragment)}`)
    return resolvePointer(`#${fragment}`, resource) ?? findUnescaped(fragment, resource)
  }
  return { find, baseOf: (part: JsonSchema) => bases.get(part) }
}

/** Some libraries write a name in a reference without escapes, or with those of a JSON pointer alone. */
function findUnescaped(fragment: string, resource: JsonSchema): JsonSchema | undefined {
  const [, keyword = '', name = ''] = /^\/(\$defs|definitions)\/(.*)$/s.exec(fragment) ?? []
  const parts = resource[keyword]
  const known = [name, unescapeSegment(name)].find((each) => isPlainObject(parts) && isPlainObject(parts[each]))
  return known === undefined ? undefined : ((parts as JsonSchema)[known] as JsonSchema)
}

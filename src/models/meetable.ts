import { isPlainObject } from '../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'

/** A place in a schema that no JSON can meet, and what would be wanted there. */
export type Lost = { readonly at: string; readonly what: string }
/** What is wanted where nothing will do, as its writer says. */
export const NOTHING = 'nothing'
type Met = { readonly schema: JsonSchema; readonly lost?: undefined } | { readonly lost: Lost }

/**
 * A schema without the parts that no JSON can meet (a date that may be left out, say), or the first place where nothing
 * else will do. `doubts` are the lists and records that can only be empty.
 */
export function meetable(schema: JsonSchema): Met & { doubts: readonly Lost[] } {
  const lostRefs = new Map<unknown, Lost>()
  for (;;) {
    const known = lostRefs.size
    const doubts = new Map<string, Lost>()
    const look = looking(lostRefs, doubts)
    for (const [name, part] of Object.entries(Object(schema.$defs) as JsonSchema)) {
      const { lost } = look(part, '')
      if (lost) lostRefs.set(`#/$defs/${name}`, lost)
    }
    const met = look(schema, '')
    // A definition that is lost may take others with it.
    if (met.lost || lostRefs.size === known) return { ...met, doubts: [...doubts.values()] }
  }
}

function looking(lostRefs: ReadonlyMap<unknown, Lost>, doubts: Map<string, Lost>): (part: unknown, at: string) => Met {
  const look = (part: unknown, at: string): Met => {
    if (!isPlainObject(part)) return part === false ? { lost: { at, what: NOTHING } } : { schema: part as never }
    const { not, $comment, $ref, enum: values } = part
    const isNever = (isPlainObject(not) && Object.keys(not).length === 0) || (Array.isArray(values) && !values.length)
    if (isNever) return { lost: { at, what: typeof $comment === 'string' ? $comment : NOTHING } }
    const known = lostRefs.get($ref)
    if (known) return { lost: { at: known.at ? join(at, known.at) : at, what: known.what } }
    const inner = { ...part } as Record<string, unknown>
    const lost = choices(inner, at) ?? fields(inner, at) ?? items(inner, at)
    return lost ? { lost } : { schema: inner }
  }

  const choices = (part: Record<string, unknown>, at: string): Lost | undefined => {
    for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
      const parts = part[keyword]
      if (!Array.isArray(parts)) continue
      const met = parts.map((each) => look(each, at))
      const bad = met.flatMap(({ lost }) => lost ?? [])
      if (bad.length === met.length || (keyword === 'allOf' && bad.length > 0)) return bad[0]
      part[keyword] = met.flatMap((each) => (each.lost ? [] : [each.schema]))
    }
    return undefined
  }

  const fields = (part: Record<string, unknown>, at: string): Lost | undefined => {
    const required = new Set(part.required as Iterable<string> | undefined)
    for (const keyword of ['properties', '$defs']) {
      if (!isPlainObject(part[keyword])) continue
      const kept: [string, unknown][] = []
      for (const [key, each] of Object.entries(part[keyword])) {
        const { lost, ...met } = look(each, keyword === '$defs' ? '' : join(at, key))
        if (!lost) kept.push([key, (met as { schema: unknown }).schema])
        else if (keyword === 'properties' && required.has(key)) return lost
      }
      part[keyword] = Object.fromEntries(kept)
    }
    return undefined
  }

  const items = (part: Record<string, unknown>, at: string): Lost | undefined => {
    const first = Array.isArray(part.prefixItems)
      ? part.prefixItems.map((each, index) => look(each, join(at, index)))
      : []
    const atLeast = Number(part.minItems ?? 0)
    if (part.prefixItems) {
      const bad = first.find(({ lost }, index) => lost && index < atLeast)
      if (bad?.lost) return bad.lost
      part.prefixItems = first.map((each) => (each.lost ? false : each.schema))
    }
    for (const keyword of ['items', 'additionalProperties']) {
      if (!isPlainObject(part[keyword])) continue
      const met = look(part[keyword], join(at, '*'))
      part[keyword] = met.lost ? false : met.schema
      if (met.lost && keyword === 'items' && atLeast > first.length) return met.lost
      if (met.lost) doubts.set(met.lost.at, met.lost)
    }
    return undefined
  }
  return look
}

const join = (at: string, key: string | number): string => (at ? `${at}.${key}` : String(key))

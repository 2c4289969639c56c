import { toJSONSchema } from 'zod/v4/core'
import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema, StandardSchema } from '../../types.ts'
import { fromStructure } from './structure.ts'
import { foreignName, type Names, notJson, withoutFlags, withoutForeign } from './foreign.ts'
import { settled } from './document.ts'
import { resolvePointer } from '../../border/json-pointer.ts'
import { rooted, withUsedDefs } from './references.ts'

export type { JsonSchema }

type Convert = (options: object) => unknown
/** Where libraries keep their converters: the Standard JSON Schema, a method, or nowhere. */
type Converters = {
  readonly '~standard': { readonly jsonSchema?: { readonly input?: Convert } }
  readonly toJSONSchema?: Convert
  readonly toJsonSchema?: Convert
  readonly _zod?: object
}

/** What the standard says that a library may be asked for; the best first. */
const TARGETS = ['draft-2020-12', 'draft-07', 'openapi-3.0']

type Foreign = { foreign?: 'any' | 'marked' }
/** The JSON Schema of what a schema takes, or what its library said instead, if it said anything. */
type Described = { readonly schema: JsonSchema } | { readonly schema?: undefined; readonly problem: unknown }

/**
 * The JSON Schema of what a schema takes, its root no reference; undefined where nobody can tell. A part that JSON
 * Schema has no word for (a date, say) becomes "anything", because the schema itself still checks it, or is marked as
 * what no JSON can meet.
 */
export const jsonSchemaOf = (schema: StandardSchema, options?: Foreign): JsonSchema | undefined =>
  described(schema, options).schema

/** The same, and why there is none. */
export function described(schema: StandardSchema, { foreign = 'any' }: Foreign = {}): Described {
  const given = schema as unknown as Converters
  const options = optionsOf(foreign === 'marked')
  const ways: (() => unknown)[] = [
    ...TARGETS.map((target) => () => given['~standard'].jsonSchema?.input?.({ target, libraryOptions: options })),
    () => given.toJSONSchema?.(options),
    () => given.toJsonSchema?.(options),
    // zod/mini, and zod before 4.2.
    () => given._zod && toJSONSchema(given as never, options as never),
    () => fromStructure(schema, foreign === 'marked'),
  ]
  let problem: unknown
  for (const way of ways) {
    try {
      const found = way()
      if (isPlainObject(found)) return { schema: withUsedDefs(rooted(settled(found))) }
    } catch (thrown) {
      problem ??= thrown
    }
  }
  return { problem }
}

/** One object for all libraries: each reads what it knows of (zod, then valibot, then arktype). */
const optionsOf = (never: boolean): object => ({
  io: 'input',
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: Zod; jsonSchema: Record<string, unknown> }) => {
    const { def, bag } = zodSchema._zod
    withoutFlags(jsonSchema, [def, ...(def.checks ?? []).map((check) => check._zod.def)])
    // What comes in is made into something else first, or replaced.
    if (def.type === 'catch' || def.in?._zod.def.type === 'transform') withoutForeign(jsonSchema)
    const name = never && foreignName({ ...def, of: bag.Class })
    if (name) Object.assign(jsonSchema, notJson(name))
  },
  errorMode: 'ignore',
  overrideSchema: ({ valibotSchema, jsonSchema }: { valibotSchema: Valibot; jsonSchema: JsonSchema }) => {
    const name = never && foreignName({ ...valibotSchema, of: valibotSchema.class })
    if (name) return notJson(name)
    return valibotSchema.type === 'loose_object' ? { ...jsonSchema, additionalProperties: {} } : undefined
  },
  fallback: {
    default: ({ code, base, proto, ...rest }: { code: string; base: unknown; proto?: unknown }) => {
      if (code === 'defaultValue') return undefined
      const { domain, unit } = rest as { domain?: string; unit?: unknown }
      const type = { date: 'date', domain, unit: typeof unit, proto: 'instance' }[code]
      const name = never && type && foreignName({ type, of: proto })
      return name ? notJson(name) : base
    },
  },
})
type Valibot = Names & { class?: unknown }
type Check = { pattern?: unknown }
type Zod = {
  _zod: { def: Names & Check & { in?: Zod; checks?: { _zod: { def: Check } }[] }; bag: { Class?: unknown } }
}

/** Every text that an enum, a literal or a union of them allows. */
export function textsOf(schema: JsonSchema, root = schema, seen = new Set<unknown>()): string[] {
  const { $ref, enum: values, const: value, anyOf, oneOf } = schema
  if ($ref !== undefined) return seen.has($ref) ? [] : textsOf(resolvePointer($ref, root) ?? {}, root, seen.add($ref))
  const own = Array.isArray(values) ? values : [value]
  const parts = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []))
  return [...own.filter((text) => typeof text === 'string'), ...parts.flatMap((part) => textsOf(part, root, seen))]
}

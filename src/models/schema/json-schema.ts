import { toJSONSchema } from 'zod/v4/core'
import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema, StandardSchema } from '../../types.ts'
import { valibotToJsonSchema } from './valibot.ts'
import {
  unrepresentableName,
  type SchemaDefinition,
  unrepresentableSchema,
  removeFlaggedPatterns,
  removeUnrepresentable,
} from './unrepresentable.ts'
import { normalizeJsonSchema } from './normalize.ts'
import { target } from '../../border/pointer.ts'
import { inlineRootRef, pruneDefs } from './references.ts'

export type { JsonSchema }

type ConvertSchema = (options: object) => unknown
/** Where libraries keep their converters: the Standard JSON Schema, a method, or nowhere. */
type Converters = {
  readonly '~standard': { readonly jsonSchema?: { readonly input?: ConvertSchema } }
  readonly toJSONSchema?: ConvertSchema
  readonly toJsonSchema?: ConvertSchema
  readonly _zod?: object
}

/** What the standard says that a library may be asked for; the best first. */
const TARGETS = ['draft-2020-12', 'draft-07', 'openapi-3.0']

type ConversionOptions = { foreign?: 'any' | 'marked' }
/** The JSON Schema of what a schema takes, or what its library said instead, if it said anything. */
type Conversion = { readonly schema: JsonSchema } | { readonly schema?: undefined; readonly problem: unknown }

/**
 * The JSON Schema of what a schema takes, its root no reference; undefined where nobody can tell. A part that JSON
 * Schema has no word for (a date, say) becomes "anything", because the schema itself still checks it, or is marked as
 * what no JSON can meet.
 */
export const jsonSchemaOf = (schema: StandardSchema, options?: ConversionOptions): JsonSchema | undefined =>
  convertSchema(schema, options).schema

/** The same, and why there is none. */
export function convertSchema(schema: StandardSchema, { foreign = 'any' }: ConversionOptions = {}): Conversion {
  const given = schema as unknown as Converters
  const options = libraryOptions(foreign === 'marked')
  const ways: (() => unknown)[] = [
    ...TARGETS.map((target) => () => given['~standard'].jsonSchema?.input?.({ target, libraryOptions: options })),
    () => given.toJSONSchema?.(options),
    () => given.toJsonSchema?.(options),
    // zod/mini, and zod before 4.2.
    () => given._zod && toJSONSchema(given as never, options as never),
    () => valibotToJsonSchema(schema, foreign === 'marked'),
  ]
  let problem: unknown
  for (const way of ways) {
    try {
      const found = way()
      if (isPlainObject(found)) return { schema: pruneDefs(inlineRootRef(normalizeJsonSchema(found))) }
    } catch (thrown) {
      problem ??= thrown
    }
  }
  return { problem }
}

/** One object for all libraries: each reads what it knows of (zod, then valibot, then arktype). */
const libraryOptions = (never: boolean): object => ({
  io: 'input',
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: ZodSchema; jsonSchema: Record<string, unknown> }) => {
    const { def, bag } = zodSchema._zod
    removeFlaggedPatterns(jsonSchema, [def, ...(def.checks ?? []).map((check) => check._zod.def)])
    // What comes in is made into something else first, or replaced.
    if (def.type === 'catch' || def.in?._zod.def.type === 'transform') removeUnrepresentable(jsonSchema)
    const name = never && unrepresentableName({ ...def, of: bag.Class })
    if (name) Object.assign(jsonSchema, unrepresentableSchema(name))
  },
  errorMode: 'ignore',
  overrideSchema: ({ valibotSchema, jsonSchema }: { valibotSchema: ValibotDefinition; jsonSchema: JsonSchema }) => {
    const name = never && unrepresentableName({ ...valibotSchema, of: valibotSchema.class })
    if (name) return unrepresentableSchema(name)
    return valibotSchema.type === 'loose_object' ? { ...jsonSchema, additionalProperties: {} } : undefined
  },
  fallback: {
    default: ({ code, base, proto, ...rest }: { code: string; base: unknown; proto?: unknown }) => {
      if (code === 'defaultValue') return undefined
      const { domain, unit } = rest as { domain?: string; unit?: unknown }
      const type = { date: 'date', domain, unit: typeof unit, proto: 'instance' }[code]
      const name = never && type && unrepresentableName({ type, of: proto })
      return name ? unrepresentableSchema(name) : base
    },
  },
})
type ValibotDefinition = SchemaDefinition & { class?: unknown }
type PatternCheck = { pattern?: unknown }
type ZodSchema = {
  _zod: {
    def: SchemaDefinition & PatternCheck & { in?: ZodSchema; checks?: { _zod: { def: PatternCheck } }[] }
    bag: { Class?: unknown }
  }
}

/** Every text that an enum, a literal or a union of them allows. */
export function allowedStrings(schema: JsonSchema, root = schema, seen = new Set<unknown>()): string[] {
  const { $ref, enum: values, const: value, anyOf, oneOf } = schema
  if ($ref !== undefined) return seen.has($ref) ? [] : allowedStrings(target($ref, root) ?? {}, root, seen.add($ref))
  const own = Array.isArray(values) ? values : [value]
  const parts = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []))
  return [
    ...own.filter((text) => typeof text === 'string'),
    ...parts.flatMap((part) => allowedStrings(part, root, seen)),
  ]
}

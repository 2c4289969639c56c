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
import { resolvePointer } from '../../border/json-pointer.ts'
import { inlineRootRef, pruneDefs } from './references.ts'

export type { JsonSchema }

type ConvertSchema = (options: object) => unknown
/** Where libraries keep their converters: Standard JSON Schema, a method of the schema, or nowhere. */
type Converters = {
  readonly '~standard': { readonly jsonSchema?: { readonly input?: ConvertSchema; readonly output?: ConvertSchema } }
  readonly toJSONSchema?: ConvertSchema
  readonly toJsonSchema?: ConvertSchema
  readonly _zod?: object
}

/** The targets that Standard JSON Schema defines, in order of preference. */
const TARGETS = ['draft-2020-12', 'draft-07', 'openapi-3.0']

/**
 * `io`: of what goes into the schema (default), or of what it returns. `unrepresentable`: a part that JSON Schema
 * cannot express (a date) becomes `{}`, because the schema itself still checks it, or is marked as a part that no JSON
 * satisfies.
 */
type ConversionOptions = { readonly io?: 'input' | 'output'; readonly unrepresentable?: 'any' | 'marked' }
type Conversion = { readonly schema: JsonSchema } | { readonly schema?: undefined; readonly problem: unknown }

/**
 * The JSON Schema of a Standard Schema, in draft 2020-12, with a root that is not a reference. Undefined where its
 * library cannot convert it.
 *
 * @example
 * jsonSchemaOf(z.object({ city: z.string() })) // { type: 'object', properties: { city: { type: 'string' } }, … }
 * jsonSchemaOf(z.string().transform(Number).pipe(z.number()), { io: 'output' }) // { type: 'number' }
 */
export const jsonSchemaOf = (schema: StandardSchema, options?: ConversionOptions): JsonSchema | undefined =>
  convertSchema(schema, options).schema

/** The same; where there is none, `problem` is the first error of its library, or undefined if it has no converter. */
export function convertSchema(
  schema: StandardSchema,
  { io = 'input', unrepresentable = 'any' }: ConversionOptions = {},
): Conversion {
  const given = schema as unknown as Converters
  const options = { ...libraryOptions(unrepresentable === 'marked'), io }
  const converters: (() => unknown)[] = [
    ...TARGETS.map((target) => () => given['~standard'].jsonSchema?.[io]?.({ target, libraryOptions: options })),
    () => given.toJSONSchema?.(options),
    () => io === 'input' && given.toJsonSchema?.(options),
    // zod/mini, and zod before 4.2.
    () => given._zod && toJSONSchema(given as never, options as never),
    () => io === 'input' && valibotToJsonSchema(schema, unrepresentable === 'marked'),
  ]
  let problem: unknown
  for (const convert of converters) {
    try {
      const found = convert()
      if (isPlainObject(found)) return { schema: pruneDefs(inlineRootRef(normalizeJsonSchema(found))) }
    } catch (thrown) {
      problem ??= thrown
    }
  }
  return { problem }
}

/** One object with the options of zod, valibot and arktype, in that order; each library ignores the others'. */
const libraryOptions = (isMarked: boolean): object => ({
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: ZodSchema; jsonSchema: Record<string, unknown> }) => {
    const { def, bag } = zodSchema._zod
    removeFlaggedPatterns(jsonSchema, [def, ...(def.checks ?? []).map((check) => check._zod.def)])
    // The input is transformed or replaced before it is checked, so any input may be accepted.
    if (def.type === 'catch' || def.in?._zod.def.type === 'transform') removeUnrepresentable(jsonSchema)
    const name = isMarked && unrepresentableName({ ...def, of: bag.Class })
    if (name) Object.assign(jsonSchema, unrepresentableSchema(name))
  },
  errorMode: 'ignore',
  overrideSchema: ({ valibotSchema, jsonSchema }: { valibotSchema: ValibotDefinition; jsonSchema: JsonSchema }) => {
    const name = isMarked && unrepresentableName({ ...valibotSchema, of: valibotSchema.class })
    if (name) return unrepresentableSchema(name)
    return valibotSchema.type === 'loose_object' ? { ...jsonSchema, additionalProperties: {} } : undefined
  },
  fallback: {
    default: ({ code, base, proto, ...rest }: { code: string; base: unknown; proto?: unknown }) => {
      if (code === 'defaultValue') return undefined
      const { domain, unit } = rest as { domain?: string; unit?: unknown }
      const type = { date: 'date', domain, unit: typeof unit, proto: 'instance' }[code]
      const name = isMarked && type && unrepresentableName({ type, of: proto })
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

/** The strings that an enum, a literal or a union of them allows. */
export function allowedStrings(schema: JsonSchema, root = schema, seen = new Set<unknown>()): string[] {
  const { $ref, enum: values, const: value, anyOf, oneOf } = schema
  if ($ref !== undefined)
    return seen.has($ref) ? [] : allowedStrings(resolvePointer($ref, root) ?? {}, root, seen.add($ref))
  const own = Array.isArray(values) ? values : [value]
  const parts = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []))
  return [
    ...own.filter((text) => typeof text === 'string'),
    ...parts.flatMap((part) => allowedStrings(part, root, seen)),
  ]
}

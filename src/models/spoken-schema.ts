import type { StandardSchema } from '../types.ts'
import { withUsedDefs } from './json-schema-refs.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
import { type Lost, meetable, NOTHING } from './meetable.ts'

/** What a model is told of what it is to write, and the places where it can hardly be right. */
export type Spoken = { readonly schema: JsonSchema; readonly doubts: readonly Lost[] }

/**
 * The JSON Schema of what a model is to write; undefined where the schema's library has none. Throws a `TypeError` where
 * nothing that a model can write would be taken.
 */
export function spokenSchema(what: string, schema: StandardSchema): Spoken | undefined {
  const described = jsonSchemaOf(schema, { foreign: 'never' })
  if (!described) return undefined
  const { doubts, ...met } = meetable(described)
  if (!met.lost) return { schema: withUsedDefs(met.schema), doubts }
  const { at, what: wanted } = met.lost
  // Who writes that nothing will do, means it.
  if (wanted === NOTHING) return { schema: described, doubts: [met.lost, ...doubts] }
  throw new TypeError(
    `${what} can never be met: ${at ? `at ${at} ` : ''}it takes a ${wanted}, and a model writes JSON. ${REMEDY}`,
  )
}

export const REMEDY =
  'Take what JSON has, and make something else of it: z.coerce.date(), z.coerce.bigint(), z.array(…).transform((list) => new Set(list)).'

/** A schema must be had, and there is none. */
export const noJsonSchema = (what: string, ways = ''): TypeError =>
  new TypeError(
    `${what} has no JSON Schema, and a model must be told one. Use zod 4, or a library with Standard JSON Schema (valibot: toStandardJsonSchema of @valibot/to-json-schema; effect: Schema.toStandardJSONSchemaV1), or put one beside validate: { '~standard': { ...schema['~standard'], jsonSchema: { input: () => ({ … }), output: () => ({ … }) } } }${ways}.`,
  )

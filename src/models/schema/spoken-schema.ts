import type { StandardSchema } from '../../types.ts'
import { target } from './references.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'

/**
 * The JSON Schema of what a model is to write. Throws a `TypeError` where the schema's library has none, and where
 * nothing that a model can write would be taken; `ways` is what else its user could do.
 */
export function spokenSchema(what: string, schema: StandardSchema, ways = ''): JsonSchema {
  const spoken = jsonSchemaOf(schema)
  if (!spoken) {
    throw new TypeError(
      `${what} has no JSON Schema, and a model must be told one. Use zod 4, or a schema that has one (valibot: toStandardJsonSchema of @valibot/to-json-schema; effect: Schema.toStandardJSONSchemaV1), or add it: { '~standard': { ...schema['~standard'], jsonSchema: { input: () => ({ … }), output: () => ({ … }) } } }${ways}.`,
    )
  }
  const marked = jsonSchemaOf(schema, { foreign: 'marked' }) ?? spoken
  const lost = lostIn(marked, marked)
  if (!lost) return spoken
  throw new TypeError(
    `${what} can never be met: ${lost.at && `at ${lost.at} `}it takes ${lost.what}, and a model writes JSON. Take what JSON has, and make something else of it: z.coerce.date(), z.string().transform(BigInt), z.codec(…).`,
  )
}

/** A place in a schema that no JSON can meet, and what would be wanted there. */
type Lost = { readonly at: string; readonly what: string }

type Parts = readonly (readonly [key: string | number, part: unknown])[]

/** The first place that makes that nothing which a model can write is taken, in a schema with marks. */
function lostIn(
  part: unknown,
  root: JsonSchema,
  at = '',
  known = new Map<unknown, Lost | undefined>(),
): Lost | undefined {
  const { $ref, not, $comment, minItems, ...inside } = Object(part) as JsonSchema
  if (not && $comment) return { at, what: String($comment) }
  if ($ref !== undefined) {
    // While it is looked at, it makes nothing worse.
    if (!known.has($ref)) known.set($ref, undefined).set($ref, lostIn(target($ref, root), root, at, known))
    return known.get($ref)
  }
  const lostOf = (parts: Parts): (Lost | undefined)[] =>
    parts.map(([key, each]) => lostIn(each, root, at && key !== '' ? `${at}.${key}` : at || String(key), known))
  const list = (keyword: string): unknown[] => (Array.isArray(inside[keyword]) ? inside[keyword] : [])
  const ways = ['anyOf', 'oneOf'].map((keyword) => lostOf(list(keyword).map((each) => ['', each])))
  const all = lostOf([
    ...list('allOf').map((each) => ['', each] as const),
    ...list('required').map((key) => [String(key), Object(inside.properties)[String(key)]] as const),
    ...list('prefixItems').map((each, index) => [index, each] as const),
    ...(Number(minItems) > 0 ? [['*', inside.items] as const] : []),
  ])
  return [...ways.flatMap((each) => (each.includes(undefined) ? [] : each[0])), ...all].find(
    (lost) => lost !== undefined,
  )
}

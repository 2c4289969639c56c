import { toCause } from '../../errors.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import type { StandardSchema } from '../../types.ts'
import { resolvePointer } from '../../border/json-pointer.ts'
import { collectRefs } from './references.ts'
import { convertSchema, type JsonSchema, jsonSchemaOf } from './json-schema.ts'

const HOW_TO_ADD =
  "{ '~standard': { ...schema['~standard'], jsonSchema: { input: () => ({ … }), output: () => ({ … }) } } }"

/**
 * The JSON Schema of what a model must return. Throws a `TypeError` if the schema's library cannot convert it, or if no
 * JSON satisfies it. `alternatives` is added to the message.
 */
export function requireJsonSchema(what: string, schema: StandardSchema, alternatives = ''): JsonSchema {
  checkValidates(what, schema)
  const spoken = convertSchema(schema)
  if (!spoken.schema) {
    const { problem } = spoken
    const why =
      problem === undefined ? '' : ` (${attempt(() => toCause(problem).message.split('\n')[0]) || 'its library threw'})`
    const use =
      problem === undefined
        ? 'Use zod 4, or a schema that has one (valibot: toStandardJsonSchema of @valibot/to-json-schema; effect: Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(S)))'
        : 'Fix that'
    throw new TypeError(
      `${what} has no JSON Schema${why}, and a model needs one. ${use}, or add it: ${HOW_TO_ADD}${alternatives}.`,
      { cause: problem },
    )
  }
  const lost = findUnsatisfiable(schema)
  if (!lost) return spoken.schema
  throw new TypeError(
    `${what} cannot be satisfied: ${lost.at && `at ${lost.at} `}it takes ${lost.what}, and a model writes JSON. ${UNSATISFIABLE_ADVICE}`,
  )
}

const UNSATISFIABLE_ADVICE =
  'Use JSON types, and convert them: z.coerce.date(), z.string().transform(BigInt), z.codec(…).'

/** Throws a `TypeError` for a schema that cannot validate, which would reject every answer. */
export function checkValidates(what: string, schema: StandardSchema): void {
  if (attempt(() => typeof schema['~standard'].validate) === 'function') return
  throw new TypeError(
    `${what} cannot check anything: its ~standard has no validate. Give a Standard Schema, such as z.object({ … }) of zod 4 (effect: Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(S))).`,
  )
}

/** The first part because of which no JSON satisfies the schema; undefined if there is none. */
export function findUnsatisfiable(schema: StandardSchema): Unsatisfiable | undefined {
  const root = jsonSchemaOf(schema, { unrepresentable: 'marked' })
  if (!root) return undefined
  // A recursive part is satisfiable only if some branch ends the recursion. Starts with none, and finds more in each round.
  const refs = new Set(collectRefs(root))
  const met = new Set<unknown>()
  for (let before = -1; before < met.size;) {
    before = met.size
    for (const ref of refs)
      if (!met.has(ref) && !findUnsatisfiableIn(resolvePointer(ref, root), { root, met }, '')) met.add(ref)
  }
  return findUnsatisfiableIn(root, { root, met }, '', new Set(['#']))
}

/** A part that no JSON satisfies: its path, and what it requires. */
export type Unsatisfiable = { readonly at: string; readonly what: string }

type Subschemas = readonly (readonly [key: string | number, part: unknown])[]

/** A document with marks, and the references in it that are satisfiable. */
type MarkedSchema = { readonly root: JsonSchema; readonly met: ReadonlySet<unknown> }

/** The same inside a part. With `looked`, references are followed to find the path. */
function findUnsatisfiableIn(
  part: unknown,
  marked: MarkedSchema,
  at: string,
  looked?: Set<unknown>,
): Unsatisfiable | undefined {
  const { $ref, not, $comment, minItems, ...inside } = Object(part) as JsonSchema
  if (isPlainObject(not) && Object.keys(not).length === 0)
    return { at, what: typeof $comment === 'string' ? $comment : 'nothing at all' }
  if ($ref !== undefined && !marked.met.has($ref)) {
    if (!looked || looked.has($ref)) return { at, what: 'itself, endlessly' }
    return (
      findUnsatisfiableIn(resolvePointer($ref, marked.root), marked, at, looked.add($ref)) ?? {
        at,
        what: 'nothing at all',
      }
    )
  }
  if (Array.isArray(inside.enum) && inside.enum.length === 0) return { at, what: 'nothing at all' }
  const lostOf = (parts: Subschemas): (Unsatisfiable | undefined)[] =>
    parts.map(([key, each]) =>
      findUnsatisfiableIn(each, marked, at && key !== '' ? `${at}.${key}` : at || String(key), looked),
    )
  const list = (keyword: string): unknown[] => (Array.isArray(inside[keyword]) ? inside[keyword] : [])
  const unions = ['anyOf', 'oneOf']
    .filter((keyword) => keyword in inside)
    .map((keyword) => lostOf(list(keyword).map((each) => ['', each])))
  const all = lostOf([
    ...list('allOf').map((each) => ['', each] as const),
    ...list('required').map((key) => [String(key), Object(inside.properties)[String(key)]] as const),
    ...list('prefixItems').map((each, index) => [index, each] as const),
    ...(Number(minItems) > 0 ? [['*', inside.items] as const] : []),
  ])
  return [
    ...unions.flatMap((each) => (each.includes(undefined) ? [] : (each[0] ?? { at, what: 'nothing at all' }))),
    ...all,
  ].find((lost) => lost !== undefined)
}

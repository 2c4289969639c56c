import fc from 'fast-check'
import { z } from 'zod'

/** A schema, and values as JSON of which most fit it. */
export type Sample = { schema: z.ZodType; values: fc.Arbitrary<unknown> }
type Samples = fc.Arbitrary<Sample>

const word = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme-ascii' })
const leaf = (schema: () => z.ZodType, values: fc.Arbitrary<unknown>): Samples =>
  fc.constant(0).map(() => ({ schema: schema(), values }))

const leaves: Samples = fc.oneof(
  leaf(() => z.string(), word),
  leaf(() => z.string().min(2).max(5), word),
  leaf(() => z.string().regex(/^[a-f]+$/i), fc.constantFrom('abc', 'ABC')),
  leaf(
    () =>
      z
        .string()
        .regex(/^(?!x)/)
        .regex(/\w/),
    word,
  ),
  leaf(() => z.email(), fc.constant('ada@example.org')),
  leaf(() => z.url(), fc.constant('https://example.org/a')),
  leaf(() => z.iso.date(), fc.constant('2024-05-01')),
  leaf(() => z.number().min(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
  leaf(() => z.int(), fc.integer()),
  leaf(() => z.boolean(), fc.boolean()),
  leaf(() => z.null(), fc.constant(null)),
  leaf(() => z.enum(['a', 'b', 'c']), fc.constantFrom('a', 'b', 'c')),
  leaf(() => z.literal(['x', 1, true, null]), fc.constantFrom('x', 1, true, null)),
  leaf(() => z.unknown(), fc.jsonValue()),
  leaf(() => z.string().transform((text) => text.length), word),
  leaf(
    () => z.codec(z.string(), z.date(), { decode: (text) => new Date(text), encode: String }),
    fc.constant('2024-05-01'),
  ),
)

let ids = 0

/** Schemas of every make, so deep. */
export function samples(depth: number): Samples {
  if (depth === 0) return leaves
  const inner = samples(depth - 1)
  return fc.oneof(
    leaves,
    object(inner),
    object(inner),
    inner.map(({ schema, values }) => ({ schema: z.array(schema), values: fc.array(values, { maxLength: 3 }) })),
    fc
      .tuple(inner, inner)
      .map(([a, b]) => ({ schema: z.tuple([a.schema, b.schema]), values: fc.tuple(a.values, b.values) })),
    inner.map(({ schema, values }) => ({
      schema: z.record(z.string(), schema),
      values: fc.dictionary(word, values, { maxKeys: 3 }),
    })),
    inner.map(({ schema, values }) => ({
      schema: z.record(z.enum(['a', 'b']), schema),
      values: fc.record({ a: values, b: values }),
    })),
    fc
      .tuple(inner, inner)
      .map(([a, b]) => ({ schema: z.union([a.schema, b.schema]), values: fc.oneof(a.values, b.values) })),
    inner.map(({ schema, values }) => ({
      schema: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), value: schema }),
        z.object({ kind: z.literal('b') }),
      ]),
      values: fc.oneof(fc.record({ kind: fc.constant('a'), value: values }), fc.constant({ kind: 'b' })),
    })),
    fc.tuple(object(inner), object(inner)).map(([a, b]) => ({
      schema: z.intersection(z.object({ left: a.schema }), z.object({ right: b.schema })),
      values: fc.record({ left: a.values, right: b.values }),
    })),
    inner.map(({ schema, values }) => ({ schema: schema.nullable(), values: fc.oneof(values, fc.constant(null)) })),
    inner.map(({ schema, values }) => ({ schema: schema.describe('described'), values })),
    inner.map(({ schema, values }) => ({
      schema: schema.meta({ id: `Id.${(ids += 1)}`, title: 'T', widget: 'w' }),
      values,
    })),
    inner.map(({ schema, values }) => ({ schema: schema.readonly(), values })),
    inner.map(({ schema, values }) => ({ schema: z.lazy(() => schema), values })),
    recursive(inner),
    recursive(inner).map(({ schema, values }) => ({ schema: schema.default({} as never), values })),
    recursive(inner).map(({ schema, values }) => ({
      schema: z.codec(schema, z.any(), { decode: (value) => value, encode: (value) => value }),
      values,
    })),
  )
}

type Kind = 'required' | 'nullable' | 'optional' | 'default' | 'date'

/** Keys that must be there, may be null, may be left out, or have a default. */
function object(inner: Samples): Samples {
  const field = fc.tuple(
    inner,
    fc.constantFrom('required', 'nullable', 'optional', 'default', 'date') as fc.Arbitrary<Kind>,
  )
  return fc
    .dictionary(fc.constantFrom('a', 'b', '$ref', 'default', 'x y'), field, { minKeys: 1, maxKeys: 3 })
    .map((fields) => {
      const shape: Record<string, z.ZodType> = {}
      const values: Record<string, fc.Arbitrary<unknown>> = {}
      const requiredKeys: string[] = []
      for (const [key, [sample, kind]] of Object.entries(fields)) {
        if (kind === 'date') {
          shape[key] = z.date().optional()
          continue
        }
        const { schema } = sample
        shape[key] = {
          required: schema,
          nullable: schema.nullable(),
          optional: schema.optional(),
          default: schema.default(null as never),
        }[kind]
        values[key] = kind === 'nullable' ? fc.oneof(sample.values, fc.constant(null)) : sample.values
        if (kind === 'required' || kind === 'nullable') requiredKeys.push(key)
      }
      return { schema: z.object(shape), values: fc.record(values, { requiredKeys }) }
    })
}

function recursive(inner: Samples): Samples {
  return inner.map(({ schema, values }) => {
    const node: z.ZodType = z.object({
      value: schema,
      get next() {
        return node.nullable()
      },
      get kids() {
        return z.array(node)
      },
    })
    const end = values.map((value) => ({ value, next: null, kids: [] as unknown[] }))
    return {
      schema: node,
      values: fc.tuple(end, end, values).map(([next, kid, value]) => ({ value, next, kids: [kid, kid] })),
    }
  })
}

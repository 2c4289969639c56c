import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answerFormat } from '../../src/models/schema/answer-format.ts'
import type { JsonSchema } from '../../src/models/schema/json-schema.ts'
import { toStrictSchema } from '../../src/models/schema/strict-mode.ts'
import { toolParameters } from '../../src/models/schema/tool-parameters.ts'
import { samples } from './samples.ts'
import { strictFaults } from './strict-rules.ts'

const RUNS = process.env.CI ? 1000 : 200

/** Formats are the library's own affair. */
const ajv = new Ajv2020({ strict: false, validateFormats: false })

/** Compiles it as any validator would: a reference to nowhere throws. */
function expectAccepted(schema: JsonSchema, value: unknown): void {
  const validate = ajv.compile(schema)
  if (!validate(value)) {
    expect.fail(`${JSON.stringify(value)} is refused by ${JSON.stringify(schema)}: ${JSON.stringify(validate.errors)}`)
  }
}

/** Random schemas, each with a value that it takes. */
const pairs = samples(3).chain(({ schema, values }) =>
  values.map((value) => ({ schema, value })).filter(({ schema, value }) => schema.safeParse(value).success),
)

describe('for random schemas, what is sent compiles, takes what the schema takes, and keeps the rules of strict mode', () => {
  test('as the arguments of a tool', () => {
    fc.assert(
      fc.property(pairs, ({ schema, value }) => {
        const { parameters, inputOf } = toolParameters('it', schema)
        expect(parameters.type).toBe('object')
        const given = 'input' in Object(parameters.properties) && !isObject(schema) ? { input: value } : value
        expectAccepted(parameters, given)
        expect(schema.safeParse(inputOf(given)).success).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })

  test.each(['text', 'wrapped'] as const)('as an output (%s)', (scalars) => {
    let closedOnes = 0
    fc.assert(
      fc.property(pairs, ({ schema, value }) => {
        const { jsonSchema, wrapper } = answerFormat('it', schema, { scalars })
        if (!jsonSchema) return
        expect(jsonSchema.type).toBe('object')
        const answer = wrapper ? { [wrapper]: value } : value
        expectAccepted(jsonSchema, answer)
        const closed = toStrictSchema(jsonSchema)
        if (!closed) return
        closedOnes += 1
        expect(strictFaults(closed)).toEqual([])
        expectAccepted(closed, answer)
      }),
      { numRuns: RUNS },
    )
    expect(closedOnes).toBeGreaterThan(RUNS / 20)
  })
})

const isObject = (schema: z.ZodType): boolean => 'input' in Object(toolParameters('it', schema).inputOf({ input: 1 }))

const Tree = z.object({
  name: z.string(),
  get kids() {
    return z.array(Tree)
  },
})
const Named = z
  .object({ a: z.string(), b: z.object({ c: z.number() }).meta({ id: 'sent/Inner part' }) })
  .meta({ id: 'sent.Named' })

test.each<[string, z.ZodType, unknown]>([
  ['a named root', Named, { a: 'x', b: { c: 1 } }],
  ['a named root, described', Named.describe('What is wanted'), { a: 'x', b: { c: 1 } }],
  ['a recursive root', Tree, { name: 'a', kids: [{ name: 'b', kids: [] }] }],
  ['a recursive root with a default', Tree.default({ name: '', kids: [] }), { name: 'a', kids: [] }],
  ['a codec around it', z.codec(Tree, z.any(), { decode: (t) => t, encode: (t) => t }), { name: 'a', kids: [] }],
  [
    'a name around a name',
    Tree.meta({ id: 'sent.Inner' }).readonly().meta({ id: 'sent.Outer' }),
    { name: 'a', kids: [] },
  ],
])('a root that is a reference is an object as it is: %s', (_, schema, value) => {
  const { parameters } = toolParameters('it', schema)
  expect(parameters).toMatchObject({ type: 'object', properties: expect.any(Object) })
  expect(parameters.$ref).toBe(undefined)
  expectAccepted(parameters, value)
  expect(() => expectAccepted(parameters, {})).toThrow('is refused by')
  const { jsonSchema, wrapper } = answerFormat('it', schema, { scalars: 'text' })
  expect(wrapper).toBe(undefined)
  expect(strictFaults(toStrictSchema(jsonSchema!))).toEqual([])
})

test.each<[string, z.ZodType, string, unknown]>([
  ['a list of itself', z.json(), 'result', { a: [1, { b: null }] }],
  ['a named list', z.array(Tree).meta({ id: 'sent.List' }), 'elements', [{ name: 'a', kids: [] }]],
  ['a nullable recursion', Tree.nullable(), 'result', { name: 'a', kids: [] }],
  ['a named enum', z.enum(['a', 'b']).meta({ id: 'sent.Enum' }), 'result', 'a'],
])('what is wrapped keeps its references: %s', (_, schema, key, value) => {
  expect(toolParameters('it', schema).parameters).toMatchObject({ required: ['input'], additionalProperties: false })
  expectAccepted(toolParameters('it', schema).parameters, { input: value })
  const { jsonSchema } = answerFormat('it', schema, { scalars: 'wrapped' })
  expect(jsonSchema).toMatchObject({ required: [key] })
  expectAccepted(jsonSchema!, { [key]: value })
})

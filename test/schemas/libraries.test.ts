import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type } from 'arktype'
import { Schema } from 'effect'
import { Schema as Schema3 } from 'effect3'
import { MockLanguageModelV3 } from 'ai/test'
import { agent, fn, llmCall, type StandardSchema } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { check } from 'tinyllm/testing'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import * as mini from 'zod/mini'
import { z } from 'zod'
import { z as z3 } from 'zod3'
import { z as z40 } from 'zod40'
import { z as z41 } from 'zod41'
import { mockServer } from '../adapters/openai/server.ts'
import { jsonSchemaOf } from '../../src/models/schema/json-schema.ts'
import { toolParameters } from '../../src/models/schema/tool-parameters.ts'

const model = 'gpt-4o-mini'
const valibot = v.object({
  city: v.pipe(v.string(), v.minLength(2), v.description('Where')),
  days: v.pipe(v.number(), v.integer()),
  kind: v.nullable(v.picklist(['sun', 'rain'])),
})
const effect = (schema: Schema.Top) =>
  Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(schema as never)) as unknown as StandardSchema

/** One schema, in each library that a JSON Schema can be had of. */
const libraries: Record<string, StandardSchema> = {
  'zod/mini': mini.object({ city: mini.string(), days: mini.int(), kind: mini.nullable(mini.enum(['sun', 'rain'])) }),
  'zod 4.0': z40
    .object({ city: z40.string(), days: z40.int(), kind: z40.enum(['sun', 'rain']).nullable() })
    .meta({ id: 'Weather' }),
  'zod 4.1': z41
    .object({ city: z41.string(), days: z41.int(), kind: z41.enum(['sun', 'rain']).nullable() })
    .meta({ id: 'Weather' }),
  valibot,
  'valibot with its converter': toStandardJsonSchema(valibot) as StandardSchema,
  arktype: type({ city: 'string', days: 'number.integer', kind: "'sun' | 'rain' | null" }) as StandardSchema,
  effect: effect(
    Schema.Struct({ city: Schema.String, days: Schema.Int, kind: Schema.NullOr(Schema.Literals(['sun', 'rain'])) }),
  ),
}
const answer = { city: 'Oslo', days: 2, kind: 'sun' }
const shape = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days', 'kind'],
}

describe.each(Object.entries(libraries))('%s', (_, schema) => {
  test('is asked for as an output', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: JSON.stringify(answer) })
    expect(await openAIChat({ name: 'chat', model, output: schema, ...access }).run('Hi')).toEqual(answer)
    expect(mock.getLastRequest()!.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: shape } },
    })
  })

  test('is the input of a tool, of a call and of an agent', async () => {
    const { mock, access } = await mockServer()
    mock.on({ hasToolResult: false }, { toolCalls: [{ name: 'weather', arguments: JSON.stringify(answer) }] })
    mock.on({ hasToolResult: true }, { content: 'Sunny' })
    const tools = { weather: { description: 'The weather', input: schema } }
    const called = await openAIChat({ name: 'chat', model, tools, ...access }).run('Hi')
    expect(called.tool_calls[0]?.arguments).toEqual(answer)
    expect(mock.getLastRequest()!.body).toMatchObject({ tools: [{ function: { parameters: shape } }] })

    const weather = fn({ name: 'weather', description: 'The weather', input: schema, run: (given) => given })
    const it = agent({ name: 'it', model: openAIChat({ name: 'chat', model, ...access }), tools: [weather] })
    expect(await it.run('Hi')).toBe('Sunny')
    expect(mock.getLastRequest()!.body).toMatchObject({ tools: [{ function: { parameters: shape } }] })
  })

  test('is described as its validator takes it', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(jsonSchemaOf(schema)!)
    expect(validate(answer)).toBe(true)
    for (const wrong of [{}, { ...answer, days: 'two' }, { ...answer, kind: 'snow' }, null]) {
      expect(validate(wrong)).toBe(false)
    }
  })
})

test.each<[string, StandardSchema, RegExp]>([
  ['zod/mini', mini.object({ at: mini.date() }), /at at it takes a date/],
  ['zod 4.0', z40.object({ at: z40.date() }), /at at it takes a date/],
  ['valibot', v.object({ at: v.date() }), /at at it takes a date/],
  [
    'valibot with its converter',
    toStandardJsonSchema(v.object({ at: v.map(v.string(), v.string()) })) as StandardSchema,
    /at at it takes a map/,
  ],
  ['arktype', type({ at: 'Date' }) as StandardSchema, /at at it takes a date/],
  ['arktype', type({ at: 'bigint' }) as StandardSchema, /at at it takes a bigint/],
  ['zod 3', z3.object({ a: z3.string() }) as StandardSchema, /has no JSON Schema.* Use zod 4/],
  ['effect 3', Schema3.standardSchemaV1(Schema3.Struct({ a: Schema3.String })) as StandardSchema, /has no JSON Schema/],
  [
    'effect without its converter',
    Schema.toStandardSchemaV1(Schema.Struct({ a: Schema.String })) as StandardSchema,
    /Schema\.toStandardJSONSchemaV1/,
  ],
])('what no model can be asked for is refused when it is defined: %s', (_, schema, message) => {
  const it = { name: 'it', description: 'It', input: schema, run: () => 1 }
  const chat = openAIChat({ name: 'chat', model })
  expect(() => openAIChat({ name: 'chat', model, output: schema })).toThrow(message)
  expect(() => openAIChat({ name: 'chat', model, tools: { it: { description: 'It', input: schema } } })).toThrow(
    message,
  )
  expect(() => agent({ name: 'a', model: chat, tools: [fn(it)] })).toThrow(message)
  expect(() => agent({ name: 'a', model: chat, tools: [], output: schema })).toThrow(message)
  // A function of one's own is told nothing, and may give anything.
  expect(() => llmCall({ name: 'own', model: () => Promise.resolve('{}' as never), output: schema })).not.toThrow()
})

test.each<[string, StandardSchema]>([
  ['zod', z.looseObject({ a: z.string() })],
  ['zod, nothing known', z.looseObject({})],
  ['valibot', v.looseObject({ a: v.string() })],
  ['valibot, nothing known', v.looseObject({})],
  ['valibot with its converter', toStandardJsonSchema(v.looseObject({ a: v.string() })) as StandardSchema],
  ['arktype', type('object') as StandardSchema],
  ['arktype, inside', type({ a: 'object' }) as StandardSchema],
  ['a record', z.object({ a: z.record(z.string(), z.string()) })],
])('an object that takes any keys is asked for as an open one: %s', async (_, output) => {
  const { mock, access } = await mockServer()
  mock.onMessage(/.*/, { content: '{"a":{"x":"y"},"b":1}' })
  const chat = openAIChat({ name: 'chat', model, output, timeout: 1000, ...access })
  await chat.safeRun('Hi')
  expect(mock.getLastRequest()!.body).toMatchObject({ response_format: { json_schema: { strict: false } } })
  expect(check(chat).map(({ code }) => code)).toContain('not-strict')
})

test('the way that is named for effect is one', async () => {
  const plain = Schema.Struct({ n: Schema.NumberFromString })
  const chat = (output: unknown) => llmCall({ name: 'chat', model: new MockLanguageModelV3(), output: output as never })
  const remedy = 'Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(S))'
  expect(() => chat(Schema.toStandardSchemaV1(plain))).toThrow(remedy)
  expect(() => chat(Schema.toStandardJSONSchemaV1(plain))).toThrow(/its ~standard has no validate.*/)
  expect(() => chat(Schema.toStandardJSONSchemaV1(plain))).toThrow(remedy)
  const whole = Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(plain))
  expect(() => chat(whole)).not.toThrow()
  expect(await llmCall({ name: 'own', model: async () => '{"n":"5"}', output: whole }).run('Hi')).toEqual({ n: 5 })
})

test('a schema can be described beside it', async () => {
  const plain = z3.object({ a: z3.string() })
  const described = () => ({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] })
  const output = {
    '~standard': { ...plain['~standard'], jsonSchema: { input: described, output: described } },
  } as StandardSchema<unknown, { a: string }>
  const { mock, access } = await mockServer()
  mock.onMessage(/.*/, { content: '{"a":"x"}' })
  expect(await openAIChat({ name: 'chat', model, output, ...access }).run('Hi')).toEqual({ a: 'x' })
  expect(mock.getLastRequest()!.body).toMatchObject({ response_format: { json_schema: { strict: true } } })
})

type Node = { value: string; next: Node | null }
const List: v.GenericSchema<Node> = v.object({ value: v.string(), next: v.nullable(v.lazy(() => List)) })

test.each<[string, v.GenericSchema<any>, readonly unknown[], readonly unknown[]]>([
  [
    'optional keys',
    v.object({ a: v.optional(v.string(), 'x'), b: v.nullish(v.number()) }),
    [{}, { a: 'x', b: null }],
    [{ a: 1 }],
  ],
  ['closed', v.strictObject({ a: v.boolean() }), [{ a: true }], [{ a: true, b: 1 }, {}]],
  ['other keys', v.objectWithRest({ a: v.string() }, v.number()), [{ a: 'x', b: 1 }], [{ a: 'x', b: 'y' }]],
  ['lists', v.array(v.union([v.string(), v.null()])), [['a', null]], [[1]]],
  ['pairs', v.strictTuple([v.string(), v.number()]), [['a', 1]], [['a'], ['a', 1, 2]]],
  ['open', v.looseObject({ a: v.string() }), [{ a: 'x', b: 1 }], [{ b: 1 }]],
  [
    'a pair whose end may be left out',
    v.tuple([v.string(), v.optional(v.number())]),
    [['a'], ['a', 1]],
    [[], ['a', 'b']],
  ],
  [
    'ends that may be null',
    v.looseTuple([v.string(), v.nullish(v.number()), v.optional(v.string())]),
    [['a'], ['a', null, 'b', 1]],
    [[]],
  ],
  ['a gap that may be undefined', v.tuple([v.optional(v.string()), v.number()]), [['a', 1]], [['a']]],
  ['records', v.record(v.string(), v.number()), [{ a: 1 }], [{ a: 'x' }]],
  [
    'variants',
    v.variant('k', [v.object({ k: v.literal('a') }), v.object({ k: v.literal(1), n: v.number() })]),
    [{ k: 'a' }, { k: 1, n: 2 }],
    [{ k: 1 }],
  ],
  ['both', v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })]), [{ a: 'x', b: 'y' }], [{ a: 'x' }]],
  [
    'transforms',
    v.object({ n: v.pipe(v.string(), v.transform(Number), v.number(), v.integer()) }),
    [{ n: '1' }],
    [{ n: 1 }],
  ],
  ['itself', List, [{ value: 'a', next: { value: 'b', next: null } }], [{ value: 'a', next: { value: 'b' } }]],
  ['anything', v.object({ a: v.unknown() }), [{ a: [1] }], [{}]],
])('valibot is described by its structure: %s', (_, schema, right, wrong) => {
  const { parameters } = toolParameters('it', schema)
  const validate = new Ajv2020({ strict: false }).compile(parameters)
  const wrapped = (value: unknown) => ('input' in Object(parameters.properties) ? { input: value } : value)
  for (const value of right) expect([value, v.is(schema, value), validate(wrapped(value))]).toEqual([value, true, true])
  for (const value of wrong)
    expect([value, v.is(schema, value), validate(wrapped(value))]).toEqual([value, false, false])
})

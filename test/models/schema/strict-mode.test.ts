import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answerFormat } from '../../../src/models/schema/answer-format.ts'
import { tryStrictSchema } from '../../../src/models/schema/strict-mode.ts'

const of = (schema: z.ZodType) => tryStrictSchema(answerFormat('it', schema, { scalars: 'wrapped' }).jsonSchema ?? {})
const object = (a: z.ZodType) => z.object({ a })

describe('what only narrows is left out, and the schema checks it', () => {
  test.each<[string, z.ZodType, object]>([
    ['lengths', z.string().min(2).max(9), { type: 'string' }],
    ['a default that is described', z.string().nullable().describe('d'), { description: 'd' }],
    ['several patterns', z.string().regex(/a/).regex(/b/), { type: 'string' }],
    ['a look-behind', z.string().regex(/(?<!a)b/), { type: 'string' }],
    ['a format', z.url(), { type: 'string' }],
    [
      'what users say of it',
      z.string().meta({ title: 'T', examples: ['a'], widget: 'w' }),
      { type: 'string', title: 'T' },
    ],
    ['what may be read only', z.array(z.int()).readonly(), { type: 'array', items: { type: 'integer' } }],
  ])('%s', (_, schema, sent) => {
    expect(of(object(schema)).schema).toMatchObject({ properties: { a: sent } })
    const text = JSON.stringify(of(object(schema)).schema)
    expect(text).not.toMatch(/minLength|allOf|\?<|uri|widget|readOnly/)
  })

  test('an enum of several types says them', () => {
    expect(of(object(z.literal(['a', 1, null]))).schema).toMatchObject({
      properties: { a: { type: ['string', 'number', 'null'], enum: ['a', 1, null] } },
    })
  })

  test('what is said of a reference stands around it', () => {
    const inner = z.object({ b: z.string() }).meta({ id: 'strict.Inner' })
    expect(of(object(inner.describe('d'))).schema).toMatchObject({
      properties: { a: { description: 'd', anyOf: [{ $ref: '#/$defs/strict.Inner' }] } },
    })
  })
})

const deep = (levels: number): z.ZodType => (levels === 0 ? z.string() : object(deep(levels - 1)))
const named = z.object({ b: z.string().optional() }).meta({ id: 'strict.Optional' })

test.each<[string, z.ZodType, string, string]>([
  ['a key that is optional', object(z.string().optional()), 'a', 'is optional'],
  ['a default', object(z.string().default('x')), 'a', 'is optional'],
  ['inside a list', object(z.array(object(z.string().optional()))), 'a[].a', 'is optional'],
  ['inside a definition', object(named), 'strict.Optional.b', 'is optional'],
  ['inside a union', object(z.union([z.string(), object(z.unknown())])), 'a.a', 'may be anything'],
  ['a record', object(z.record(z.string(), z.string())), 'a', 'is a record, whose keys are not known'],
  ['a record of known keys', object(z.record(z.enum(['a']), z.string())), 'a', 'is a record, whose keys are not known'],
  ['a pair', object(z.tuple([z.string()])), 'a', 'is a tuple'],
  ['other keys', object(z.looseObject({ b: z.string() })), 'a', 'allows additional keys'],
  ['anything', object(z.unknown()), 'a', 'may be anything'],
  ['too deep', deep(11), 'a.a.a.a.a.a.a.a.a.a', 'is nested deeper than 10 objects'],
  [
    'too many values',
    object(z.enum(Array.from({ length: 1001 }, (_, at) => `v${at}`))),
    '',
    'has more than 1000 values',
  ],
  [
    'long values',
    object(z.enum(Array.from({ length: 251 }, (_, at) => `${at}`.padEnd(60, 'x')))),
    'a',
    'lists more than 250 values of more than 15000 letters in all',
  ],
  [
    'long values in all',
    z.object(
      Object.fromEntries(
        Array.from({ length: 5 }, (_, at) => [
          `a${at}`,
          z.enum(Array.from({ length: 200 }, (__, v) => `${v}`.padEnd(125, 'x'))),
        ]),
      ),
    ),
    '',
    'has more than 120000 letters in its names and values',
  ],
  ['long names', z.object({ ['x'.repeat(120_001)]: z.string() }), '', 'has more than 120000 letters'],
  ['long literals', z.object({ a: z.literal('x'.repeat(120_001)) }), '', 'has more than 120000 letters'],
  ['long ids', object(object(z.string()).meta({ id: `strict.${'x'.repeat(120_000)}` })), '', 'has more than 120000'],
  [
    'too many properties',
    z.object(Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`a${at}`, z.int()]))),
    '',
    'has more than 5000 properties',
  ],
])('is not strict: %s', (_, schema, at, why) => {
  expect(of(schema).violation).toMatchObject({ at, why: expect.stringContaining(why) })
})

test('long enums and texts within the limits are strict', () => {
  const values = (length: number, letters: number) =>
    z.enum(Array.from({ length }, (_, at) => `${at}`.padEnd(letters, 'x')))
  expect(of(object(values(250, 400))).violation).toBe(undefined)
  expect(of(object(values(1000, 15))).violation).toBe(undefined)
})

test('an object of which no key is known is never closed', () => {
  for (const open of [{ type: 'object' }, { type: ['object', 'null'] }, { type: 'object', required: ['a'] }]) {
    expect(tryStrictSchema({ type: 'object', properties: { a: open }, required: ['a'] }).violation).toMatchObject({
      at: 'a',
    })
  }
  expect(tryStrictSchema({ type: 'object' }).violation).toMatchObject({ at: '', why: 'may have any keys' })
  expect(tryStrictSchema({ type: 'object', additionalProperties: false }).schema).toMatchObject({ properties: {} })
  expect(tryStrictSchema({ type: 'object', properties: {} }).schema).toMatchObject({ additionalProperties: false })
})

test('a schema of another making is closed only where that changes nothing', () => {
  const b = { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] }
  const both = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  expect(tryStrictSchema({ ...both, anyOf: [b] }).violation).toMatchObject({ why: 'is an object with alternatives' })
  expect(tryStrictSchema({ ...both, required: ['a', 'c'] }).violation).toMatchObject({ at: 'c' })
  expect(tryStrictSchema({ ...both, patternProperties: { x: {} } }).violation).toMatchObject({ at: '' })
  expect(tryStrictSchema({ ...both, properties: { a: { type: 'array' } } }).violation).toMatchObject({ at: 'a[]' })
  expect(tryStrictSchema({ ...both, properties: { a: { $ref: '#/properties/x' } } }).violation).toMatchObject({
    at: 'a',
  })
})

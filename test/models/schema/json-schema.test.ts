import { expect, test } from 'vitest'
import { z } from 'zod'
import { convertSchema, jsonSchemaOf } from '../../../src/models/schema/json-schema.ts'

const length = z.object({ text: z.string() }).transform(({ text }) => text.length)
const toLength = length.pipe(z.number())

test('a schema has a JSON Schema of its input, and one of its output', () => {
  expect(jsonSchemaOf(toLength)).toMatchObject({ type: 'object', properties: { text: { type: 'string' } } })
  expect(jsonSchemaOf(toLength, { io: 'input' })).toEqual(jsonSchemaOf(toLength))
  expect(jsonSchemaOf(toLength, { io: 'output' })).toMatchObject({ type: 'number' })
})

test('a default is optional in the input, and required in the output', () => {
  const schema = z.object({ name: z.string().default('Ada') })
  expect(jsonSchemaOf(schema)?.required ?? []).toEqual([])
  expect(jsonSchemaOf(schema, { io: 'output' })?.required).toEqual(['name'])
})

test('an output that JSON Schema cannot express accepts anything', () => {
  expect(jsonSchemaOf(z.object({ at: z.date() }), { io: 'output' })).toMatchObject({ properties: { at: {} } })
})

test('a library that throws is the problem; one without a converter has none', () => {
  const validate = (value: unknown) => ({ value })
  const standard = { version: 1 as const, vendor: 'other', validate }
  const thrown = new Error('not supported')
  const failing = () => {
    throw thrown
  }
  expect(convertSchema({ '~standard': { ...standard, jsonSchema: { input: failing } } } as never)).toEqual({
    problem: thrown,
  })
  expect(convertSchema({ '~standard': standard }, { io: 'output' })).toEqual({ problem: undefined })
})

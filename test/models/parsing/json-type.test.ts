import { llmCall } from 'tinyllm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from '../../../src/models/schema/json-schema.ts'
import { schemaTypes } from '../../../src/models/parsing/json-type.ts'

const Tree: z.ZodType = z.object({
  get kids() {
    return z.array(Tree)
  },
})

test.each<[string, z.ZodType, readonly string[] | undefined]>([
  ['a part with an id', z.union([z.literal([1, 2]), z.string().meta({ id: 'kinds.Other' })]), ['number', 'string']],
  ['the first with an id', z.union([z.number().meta({ id: 'kinds.N' }), z.string()]), ['number', 'string']],
  ['both of two', z.union([z.intersection(z.number(), z.number().min(0)), z.string()]), ['number', 'string']],
  ['what both take', z.intersection(z.union([z.string(), z.number()]), z.union([z.number(), z.null()])), ['number']],
  ['one of two that says nothing', z.intersection(z.unknown(), z.number()), ['number']],
  ['itself', Tree.nullable(), ['object', 'null']],
  ['anything', z.union([z.string(), z.unknown()]), undefined],
  ['JSON', z.json(), ['string', 'number', 'boolean', 'null', 'array', 'object']],
])('kinds follow references and intersections: %s', (_, schema, kinds) => {
  expect(schemaTypes(jsonSchemaOf(schema)!)).toEqual(kinds)
}) // prettier-ignore

test('an id changes nothing of what is read', async () => {
  for (const other of [z.string(), z.string().meta({ id: 'kinds.Read' })]) {
    const it = llmCall({ name: 'it', model: async () => '2', output: z.union([z.literal([1, 2]), other]) })
    expect(await it.run('Hi')).toBe(2)
  }
})

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { draftOf, type Draft, readDraft } from '../../../../../src/observe/inspector/page/panels/form/draft.ts'
import { formFieldOf, mergedSchema } from '../../../../../src/border/schema/form-fields.ts'
import type { JsonSchema } from '../../../../../src/types.ts'
import { primaryEvents, eventLabel } from '../../../../../src/observe/inspector/page/panels/form/event-labels.ts'

const json = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
const field = (schema: JsonSchema) => formFieldOf(mergedSchema(schema, schema), schema)
function read(schema: JsonSchema, draft: Draft) {
  const problems = new Map<string, string>()
  const value = readDraft(schema, draft, { at: '', required: true, root: schema, problems })
  return problems.size > 0 ? Object.fromEntries(problems) : value
}

type Tree = { name: string; below: Tree[] }
const Tree: z.ZodType<Tree> = z.object({ name: z.string(), below: z.lazy(() => z.array(Tree)) })

describe('what is filled in', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['nested objects', z.object({ a: z.object({ b: z.object({ c: z.string() }) }) }), { a: { b: { c: 'x' } } }],
    ['lists of lists', z.object({ rows: z.array(z.array(z.number())) }), { rows: [[1, 2], [], [3]] }],
    ['choices of many kinds', z.object({ a: z.literal(['x', 2, null]), b: z.boolean() }), { a: 2, b: false }],
    ['what may be null', z.object({ a: z.string().nullable(), b: z.number().nullable() }), { a: null, b: 3 }],
    ['alternatives', z.object({ a: z.union([z.array(z.string()), z.literal('all')]) }), { a: ['x'] }],
    [
      'alternatives of alternatives',
      z.object({ a: z.union([z.string(), z.union([z.number(), z.array(z.int())])]) }),
      { a: [1] },
    ],
    [
      'objects told apart by a field',
      z.discriminatedUnion('how', [
        z.object({ how: z.literal('card'), last: z.string() }),
        z.object({ how: z.literal('cash'), coins: z.int() }),
      ]),
      { how: 'cash', coins: 3 },
    ],
    ['a schema that holds itself', Tree, { name: 'a', below: [{ name: 'b', below: [] }] }],
    [
      'parts that are joined',
      z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
      { a: 'x', b: 1 },
    ],
    [
      'what has no fields of its own',
      z.object({ a: z.record(z.string(), z.number()), b: z.tuple([z.int()]) }),
      { a: { x: 1 }, b: [1] },
    ],
    ['anything', z.object({ a: z.any(), b: z.unknown() }), { a: 'plain', b: { c: [1] } }],
    [
      'what is left out',
      z.object({
        a: z.string().optional(),
        b: z.array(z.string()).optional(),
        c: z.object({ d: z.string() }).optional(),
      }),
      {},
    ],
  ])('is the value that it was made of: %s', (_, schema, value) => {
    const form = json(schema)
    expect(read(form, draftOf(form, value, form))).toEqual(value)
    expect(schema.safeParse(value).success).toBe(true)
  })

  test('is looked at before it is sent', () => {
    const schema = json(
      z.object({
        text: z.string().min(2).max(4),
        whole: z.int().min(1),
        part: z.number().gt(0).multipleOf(0.5),
        code: z.string().regex(/^[A-Z]+$/),
        list: z.array(z.string()).max(1),
        data: z.record(z.string(), z.string()),
        way: z.union([z.string(), z.number()]),
      }),
    )
    expect(read(schema, undefined)).toEqual({
      text: 'This is required.',
      whole: 'This is required.',
      part: 'This is required.',
      code: 'This is required.',
      data: 'This is required.',
      way: 'Choose one.',
    })
    const draft = {
      text: 'é',
      whole: '1.5',
      part: '0',
      code: 'a',
      list: ['x', ''],
      data: '{',
      way: { way: '1', of: '' },
    }
    expect(read(schema, draft)).toMatchObject({
      text: 'Write at least 2 characters.',
      whole: 'This must be a whole number.',
      part: 'This must be more than 0.',
      code: 'This must match ^[A-Z]+$.',
      list: 'Leave at most 1 item.',
      'list.1': 'This is required.',
      data: expect.stringContaining('not JSON'),
      way: 'This is required.',
    })
    expect(read(schema, { ...draft, part: '0.3' })).toMatchObject({ part: 'This must be a multiple of 0.5.' })
  })

  test('is nothing of a schema that refers to itself alone, or to nowhere', () => {
    expect(field({ $ref: '#' })).toEqual({ kind: 'json', isAny: true })
    expect(field({ $ref: '#/$defs/none' })).toEqual({ kind: 'json', isAny: true })
    expect(field({ $ref: 'https://example.com/schema' })).toEqual({ kind: 'json', isAny: true })
  })
})

test('the events that lead on stand out, and a no never does', () => {
  const primary = (...types: string[]) => [...primaryEvents(types)]
  expect(primary('APPROVE', 'REJECT')).toEqual(['APPROVE'])
  expect(primary('loan.rejected', 'loan.approved')).toEqual(['loan.approved'])
  expect(primary('ANSWER')).toEqual(['ANSWER'])
  expect(primary('CANCEL')).toEqual([])
  expect(primary('LATER', 'REVISED')).toEqual(['LATER'])
  expect(eventLabel('APPROVE_LOAN')).toBe('Approve loan')
})

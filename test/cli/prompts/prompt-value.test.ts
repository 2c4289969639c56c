import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { promptValue } from '../../../src/cli/prompts/prompt-value.ts'
import { scripted } from './scripted.ts'

/** What a person makes of a schema by typing these lines, and what was said to them. */
async function typed(schema: z.ZodType | object, lines: readonly string[], now?: unknown) {
  const form = (schema instanceof z.ZodType ? z.toJSONSchema(schema, { io: 'input' }) : schema) as Record<
    string,
    unknown
  >
  const person = scripted(lines)
  const value = await promptValue(person, { name: '', schema: form, root: form, now })
  expect(person.left).toEqual([])
  if (schema instanceof z.ZodType) schema.parse(value)
  return { value, said: person.said }
}

const address = z.object({ city: z.string(), zip: z.string().optional() })
type Tree = { n: number; next?: Tree | undefined }
const tree: z.ZodType<Tree> = z.object({ n: z.number(), next: z.lazy(() => tree.optional()) })

describe('a value by its schema', () => {
  test.each<[string, z.ZodType | object, string[], unknown]>([
    ['a text as it is', z.object({ by: z.string() }), [' Grace '], { by: ' Grace ' }],
    ['an empty text', z.object({ by: z.string() }), ['', '""'], { by: '' }],
    ['a text that looks like a number', z.object({ by: z.string() }), ['42'], { by: '42' }],
    ['a length', z.object({ by: z.string().min(2).max(3) }), ['a', 'abcd', 'abc'], { by: 'abc' }],
    ['a format', z.object({ to: z.email() }), ['nope', 'a@b.ch'], { to: 'a@b.ch' }],
    ['a number', z.object({ n: z.number() }), ['', 'many', '1,5', '1.5'], { n: 1.5 }],
    ['a whole number in a range', z.object({ n: z.int().min(1).lt(9) }), ['0', '1.5', '9', '8'], { n: 8 }],
    ['a boolean', z.object({ ok: z.boolean(), no: z.boolean() }), ['maybe', 'y', 'No'], { ok: true, no: false }],
    ['a choice by number', z.object({ size: z.enum(['small', 'large']) }), ['3', '2'], { size: 'large' }],
    ['a choice by word', z.object({ size: z.enum(['small', 'large']) }), ['Large'], { size: 'large' }],
    ['a choice of numbers', z.object({ n: z.union([z.literal(3), z.literal(1)]) }), ['2', '1'], { n: 1 }],
    ['a constant, which is not asked', z.object({ v: z.literal('x'), n: z.number() }), ['1'], { v: 'x', n: 1 }],
    ['an optional one left out', z.object({ note: z.string().optional() }), [''], {}],
    ['an optional constant', z.object({ v: z.literal('x').optional() }), [''], {}],
    ['a default, left to the schema', z.object({ n: z.number().default(3) }), [''], {}],
    [
      'a default of what must be there',
      { properties: { n: { type: 'number', default: 3 } }, required: ['n'] },
      [''],
      { n: 3 },
    ],
    ['null', z.object({ n: z.number().nullable(), t: z.string().nullish() }), ['', 'null'], { n: null, t: null }],
    ['a nullable choice', z.object({ c: z.enum(['a', 'b']).nullable() }), ['3'], { c: null }],
    ['an object', z.object({ address }), ['Bern', ''], { address: { city: 'Bern' } }],
    [
      'an optional object, filled in',
      z.object({ address: address.optional() }),
      ['y', 'Bern', '3000'],
      { address: { city: 'Bern', zip: '3000' } },
    ],
    ['an optional object, left out', z.object({ address: address.optional() }), [''], {}],
    ['a list', z.object({ tags: z.array(z.string()) }), ['red', 'blue', ''], { tags: ['red', 'blue'] }],
    ['an empty list', z.object({ tags: z.array(z.string()) }), [''], { tags: [] }],
    [
      'a list of at least and at most',
      z.object({ n: z.array(z.number()).min(1).max(2) }),
      ['', '1', '2'],
      { n: [1, 2] },
    ],
    ['a list of objects', z.object({ to: z.array(address) }), ['y', 'Bern', '', 'n'], { to: [{ city: 'Bern' }] }],
    ['a list of choices', z.object({ c: z.array(z.enum(['a', 'b'])) }), ['2', ''], { c: ['b'] }],
    [
      'one of several objects',
      z.object({
        u: z.discriminatedUnion('k', [
          z.object({ k: z.literal('a'), a: z.string() }),
          z.object({ k: z.literal('b'), b: z.number() }),
        ]),
      }),
      ['2', '5'],
      { u: { k: 'b', b: 5 } },
    ],
    [
      'one of several objects, as the whole',
      z.union([z.object({ a: z.string() }), z.object({ b: z.number() })]),
      ['1', 'x'],
      { a: 'x' },
    ],
    [
      'what has to meet two schemas',
      z.object({ a: z.string() }).and(z.object({ b: z.number() })),
      ['x', '1'],
      { a: 'x', b: 1 },
    ],
    ['a record, as JSON', z.object({ m: z.record(z.string(), z.number()) }), ['a', '{"a":1}'], { m: { a: 1 } }],
    ['a tuple, as JSON', z.object({ at: z.tuple([z.number(), z.number()]) }), ['[1,2]'], { at: [1, 2] }],
    ['anything, as JSON', z.object({ any: z.unknown() }), ['{"a":[1]}'], { any: { a: [1] } }],
    ['a text or a number', z.object({ v: z.union([z.string(), z.number()]) }), ['"5"'], { v: '5' }],
    ['a text or a number, plainly', z.object({ v: z.union([z.string(), z.number()]) }), ['five'], { v: 'five' }],
    ['a schema that refers to itself', tree, ['1', 'y', '2', 'n'], { n: 1, next: { n: 2 } }],
    [
      'a key called __proto__',
      { properties: JSON.parse('{"__proto__":{"type":"string"}}') },
      ['x'],
      JSON.parse('{"__proto__":"x"}'),
    ],
  ])('%s', async (_, schema, lines, value) => {
    expect((await typed(schema, lines)).value).toEqual(value)
  })

  test('each is asked by its name, its kind, its description, and what an empty answer means', async () => {
    const schema = z.object({
      by: z.string().describe('Who decides.'),
      n: z.int().default(3),
      address: z.object({ city: z.string().optional() }),
      tags: z.array(z.string()),
      to: z.email().nullable(),
    })
    expect((await typed(schema, ['Grace', '', '', '', ''])).said).toBe(`  Who decides.
  by (text): Grace
  n (whole number; empty is 3): 
  address.city (text; empty leaves it out): 
  tags[0] (text; empty ends the list): 
  to (email or null; empty is null): 
`)
  })

  test('what does not fit is asked for again, with what is wrong', async () => {
    const schema = z.object({ n: z.int().max(9), size: z.enum(['s', 'l']), to: z.email() })
    const { said } = await typed(schema, ['x', '10', '9', 'm', 's', 'a', 'a@b.ch'])
    expect(said.match(/✖ .*/g)).toEqual([
      '✖ n must be a number.',
      '✖ n must be at most 9.',
      '✖ size must be one of s, l, or the number of one (1-2).',
      '✖ to is not a valid email.',
    ])
  })
})

describe('a value that is changed', () => {
  const schema = z.object({ n: z.number(), to: address, tags: z.array(z.string()), note: z.string().optional() })
  const now = { n: 1, to: { city: 'Bern', zip: '3000' }, tags: ['a'] }

  test('is kept where nothing is typed', async () => {
    const { value, said } = await typed(schema, ['', '', '', '', ''], now)
    expect(value).toEqual(now)
    expect(said).toContain('  n (number; empty keeps 1): \n')
    expect(said).toContain('  to.city (text; empty keeps Bern): \n')
    expect(said).toContain('  tags (JSON; empty keeps ["a"]): \n')
  })

  test('is what was typed, in each of its parts', async () => {
    const { value } = await typed(schema, ['2', '', '3001', '["a","b"]', 'urgent'], now)
    expect(value).toEqual({ n: 2, to: { city: 'Bern', zip: '3001' }, tags: ['a', 'b'], note: 'urgent' })
  })
})

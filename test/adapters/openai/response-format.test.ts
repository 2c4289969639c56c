import type { StandardSchema } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { completionServer, mockServer } from './server.ts'

const model = 'gpt-4o-mini'

async function answered(content: string) {
  const { mock, access } = await mockServer()
  mock.onMessage(/.*/, { content })
  return { mock, access: { name: 'chat' as const, model, ...access } }
}

class Mine {
  readonly own = true
}
const loan = z.object({ risk: z.number(), reasons: z.array(z.string()), grade: z.enum(['a', 'b']).nullable() })

describe('openAIChat with an object as output', () => {
  test('asks for structured output, strict, and parses it', async () => {
    const { mock, access } = await answered('{"risk":0.3,"reasons":["debt"],"grade":null}')
    expect(await openAIChat({ output: loan, ...access }).run('Hi')).toEqual({
      risk: 0.3,
      reasons: ['debt'],
      grade: null,
    })
    expect(mock.getLastRequest()?.body).toMatchObject({
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'chat',
          strict: true,
          schema: {
            type: 'object',
            additionalProperties: false,
            required: ['risk', 'reasons', 'grade'],
            properties: { risk: { type: 'number' }, reasons: { type: 'array', items: { type: 'string' } } },
          },
        },
      },
    })
  })

  test.each<[string, z.ZodType, boolean]>([
    ['nested objects, unions and references', z.object({ a: z.object({ b: z.union([z.string(), z.null()]) }) }), true],
    ['a union by a key', z.object({ u: z.discriminatedUnion('k', [z.object({ k: z.literal('x') })]) }), true],
    ['an optional key', z.object({ a: z.string().optional() }), false],
    ['a default', z.object({ a: z.string().default('x') }), false],
    ['a record', z.object({ a: z.record(z.string(), z.number()) }), false],
    ['a length', z.object({ a: z.string().min(3) }), true],
    ['an e-mail address', z.object({ a: z.email() }), true],
    ['a format that is not known', z.object({ a: z.url() }), true],
    ['a look-around in a pattern', z.object({ a: z.string().regex(/^(?!a)/) }), true],
    ['anything', z.object({ a: z.unknown() }), false],
    ['a date', z.object({ a: z.coerce.date() }), false],
    ['open objects', z.looseObject({ a: z.string() }), false],
  ])('is strict where it can be: %s', async (_, output, strict) => {
    const { mock, access } = await answered('{}')
    await openAIChat({ output, ...access }).safeRun('Hi')
    expect(mock.getLastRequest()?.body).toMatchObject({ response_format: { json_schema: { strict } } })
  })

  test('gives what the schema makes of it', async () => {
    const { access } = await answered('```json\n{"at":"2024-05-01"}\n```')
    const output = z.object({ at: z.string().transform((text) => text.length), lang: z.string().default('en') })
    expect(await openAIChat({ output, ...access }).run('Hi')).toEqual({ at: 10, lang: 'en' })
  })

  test.each([
    ['{"risk":"high"}', 'risk'],
    ['The risk is low.', 'expected JSON, and the model returned'],
    ['{"risk":0.3', 'expected JSON'],
  ])('refuses %s as output_validation', async (content, words) => {
    const { access } = await answered(content)
    const result = await openAIChat({ output: loan, ...access }).safeRun('Hi')
    expect(result).toMatchObject({
      error: { code: 'output_validation', state: 'validatingOutput', message: expect.stringContaining(words) },
    })
  })

  test('a response_format of your own goes before', async () => {
    const { mock, access } = await answered('{"a":"x"}')
    const chat = openAIChat({
      output: z.object({ a: z.string() }),
      response_format: { type: 'json_object' },
      ...access,
    })
    expect(await chat.run('Hi')).toEqual({ a: 'x' })
    expect(mock.getLastRequest()?.body).toMatchObject({ response_format: { type: 'json_object' } })
  })
})

describe('openAIChat with a list or a union of objects as output', () => {
  const union = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })])
  const nullable = z.object({ a: z.string() }).nullable()

  test.each<[string, z.ZodType, string, unknown]>([
    ['{"elements":["a","b"]}', z.array(z.string()), 'elements', ['a', 'b']],
    ['["a","b"]', z.array(z.string()), 'elements', ['a', 'b']],
    ['{"result":{"kind":"a"}}', union, 'result', { kind: 'a' }],
    ['{"kind":"b"}', union, 'result', { kind: 'b' }],
    ['{"result":null}', nullable, 'result', null],
    ['null', nullable, 'result', null],
    ['{"result":{"result":"x"}}', z.union([z.string(), z.object({ result: z.string() })]), 'result', { result: 'x' }],
    ['{"result":{"a":1}}', z.union([z.string(), z.object({ a: z.number() })]), 'result', { a: 1 }],
  ])('asks for an object around it, and takes it off: %s', async (content, output, wrapper, value) => {
    const { mock, access } = await answered(content)
    expect(await openAIChat({ output, ...access }).run('Hi')).toEqual(value)
    expect(mock.getLastRequest()?.body).toMatchObject({
      response_format: { json_schema: { strict: true, schema: { type: 'object', required: [wrapper] } } },
    })
  })

  test('says what is wrong with what is inside', async () => {
    const { access } = await answered('{"elements":["a",7]}')
    const result = await openAIChat({ output: z.array(z.string()), ...access }).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'output_validation', issues: [{ path: [1] }] } })
  })
})

test.each<[string, z.ZodType, RegExp]>([
  ['a date', z.date(), /takes a date, and a model writes JSON/],
  ['a date inside', z.object({ at: z.object({ day: z.date() }) }), /at at\.day it takes a date/],
  ['a set', z.set(z.string()), /takes a set/],
  ['a map', z.map(z.string(), z.number()), /takes a map/],
  ['a bigint', z.object({ n: z.bigint() }), /at n it takes a bigint/],
  ['an instance', z.object({ m: z.instanceof(URL) }), /at m it takes a URL/],
  ['an own class', z.instanceof(Mine), /takes a Mine/],
  ['a symbol', z.object({ s: z.symbol() }), /at s it takes a symbol/],
  ['undefined', z.object({ u: z.undefined() }), /at u it takes an undefined/],
  ['a union of both', z.union([z.date(), z.set(z.string())]), /takes a date/],
  ['a list with one at least', z.array(z.date()).min(1), /at \* it takes a date/],
  [
    'a recursive schema',
    z.object({
      d: z.date().meta({ id: 'D' }),
      get kids() {
        return z.array(z.unknown())
      },
    }),
    /at d it takes a date/,
  ],
  ['a default', z.date().default(new Date(0)), /takes a date/],
  ['a pair', z.tuple([z.string(), z.date()]), /at 1 it takes a date/],
])('what no JSON can meet is refused when it is defined: %s', (_, output, message) => {
  expect(() => openAIChat({ name: 'chat', model, output })).toThrow(message)
})

test.each<[string, z.ZodType, string, unknown]>([
  ['a coerced date', z.coerce.date(), '2024-05-01', new Date('2024-05-01')],
  [
    'a codec',
    z.object({
      at: z.codec(z.string(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }),
    }),
    '{"at":"2024-05-01"}',
    { at: new Date('2024-05-01') },
  ],
  ['preprocessing', z.object({ n: z.preprocess((n) => BigInt(n as number), z.bigint()) }), '{"n":1}', { n: 1n }],
  ['a transform', z.object({ s: z.string().transform((s) => new Set(s)) }), '{"s":"a"}', { s: new Set('a') }],
  ['a date that may be left out', z.object({ a: z.string(), at: z.date().optional() }), '{"a":"x"}', { a: 'x' }],
  ['a date or a text', z.object({ at: z.union([z.date(), z.string()]) }), '{"at":"x"}', { at: 'x' }],
  ['a check of your own', z.object({ a: z.custom((a) => a === 1) }), '{"a":1}', { a: 1 }],
  ['an instance of Object', z.object({ a: z.instanceof(Object) }), '{"a":{}}', { a: {} }],
])('what JSON can be made into is fine: %s', async (_, output, content, value) => {
  const { access } = await answered(content)
  expect(await openAIChat({ output, ...access }).run('Hi')).toEqual(value)
})

describe('openAIChat with another output reads the text', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['good', z.enum(['good', 'bad']), 'good'],
    [' "Good." \n', z.enum(['good', 'bad']), 'good'],
    ['BAD', z.enum(['good', 'Bad']), 'Bad'],
    ['yes.', z.union([z.literal('Yes'), z.literal('No')]), 'Yes'],
    ['42', z.number(), 42],
    [' 0.5. ', z.number().min(0).max(1), 0.5],
    ['7', z.int(), 7],
    ['true', z.boolean(), true],
    ['42', z.string(), '42'],
    [' Good. ', z.string(), ' Good. '],
    ['anything.', z.unknown(), 'anything.'],
  ])('%j', async (content, output, value) => {
    const { mock, access } = await answered(content)
    expect(await openAIChat({ output, ...access }).run('Hi')).toEqual(value)
    expect(mock.getLastRequest()?.body).not.toHaveProperty('response_format')
  })

  test.each<[string, z.ZodType, string]>([
    ['It depends', z.enum(['good', 'bad']), 'the model returned "It depends"'],
    ['about forty', z.number(), 'the model returned "about forty"'],
    ['', z.number(), 'the model returned ""'],
    ['12', z.number().max(10), '<=10'],
  ])('refuses %j and says what was said', async (content, output, words) => {
    const { access } = await answered(content)
    const result = await openAIChat({ output, ...access }).safeRun('Hi')
    expect(result).toMatchObject({ error: { code: 'output_validation', message: expect.stringContaining(words) } })
  })

  test('checks each of several answers', async () => {
    const choices = ['Good.', 'bad'].map((content, index) => ({ index, finish_reason: 'stop', message: { content } }))
    const { access } = await completionServer(choices)
    const base = { name: 'chat', model, n: 2, ...access } as const
    const votes: ('good' | 'bad')[] = await openAIChat({ ...base, output: z.enum(['good', 'bad']) }).run('Hi')
    expect(votes).toEqual(['good', 'bad'])
    expect(await openAIChat({ ...base, output: z.enum(['good']) }).safeRun('Hi')).toMatchObject({
      error: { code: 'output_validation', issues: [{ path: [1] }] },
    })
  })

  const other: StandardSchema<{ a: string }> = {
    '~standard': {
      version: 1,
      vendor: 'other',
      validate: (value) =>
        typeof value === 'object' && value !== null && 'a' in value
          ? { value: value as { a: string } }
          : { issues: [{ message: 'expected { a }' }] },
    },
  }

  test('a schema without a JSON Schema is refused when it is defined, in words', () => {
    expect(() => openAIChat({ name: 'chat', model, output: other })).toThrow(
      /^openAIChat chat: the schema of its output has no JSON Schema.* Use zod 4, or .*or give response_format\.$/,
    )
  })

  test('a schema without a JSON Schema is read where the model is asked in your own way', async () => {
    const { access } = await answered('{"a":"x"}')
    const chat = openAIChat({ output: other, response_format: { type: 'json_object' }, ...access })
    expect(await chat.run('Hi')).toEqual({ a: 'x' })
  })

  test('an asynchronous schema is refused with a clear error', async () => {
    const { access } = await answered('good')
    const result = await openAIChat({ output: z.string().refine(async () => true), ...access }).safeRun('Hi')
    expect(result).toMatchObject({
      error: { code: 'output_validation', message: expect.stringContaining('asynchronous') },
    })
  })

  test('an override gives what the chat would give', async () => {
    const chat = openAIChat({ name: 'chat', model, output: loan })
    const scripted = chat.override('chat', () => ({ risk: 1, reasons: [], grade: 'a' as const }))
    expect(await scripted.run('Hi')).toEqual({ risk: 1, reasons: [], grade: 'a' })
  })
})

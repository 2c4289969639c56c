import type { StandardSchema } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { completionServer, mockServer } from './openai-server.ts'

const model = 'gpt-4o-mini'

async function answered(content: string) {
  const { mock, access } = await mockServer()
  mock.onMessage(/.*/, { content })
  return { mock, access: { name: 'chat' as const, model, ...access } }
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
    ['a length', z.object({ a: z.string().min(3) }), false],
    ['an e-mail address', z.object({ a: z.email() }), true],
    ['a format that is not known', z.object({ a: z.url() }), false],
    ['a look-around in a pattern', z.object({ a: z.string().regex(/^(?!a)/) }), false],
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
    ['The risk is low.', 'expected JSON, and the model said'],
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
    ['["a","b"]', z.array(z.string()), ['a', 'b']],
    ['42', z.string(), '42'],
    [' Good. ', z.string(), ' Good. '],
    ['{"kind":"a"}', z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), { kind: 'a' }],
    ['anything.', z.unknown(), 'anything.'],
  ])('%j', async (content, output, value) => {
    const { mock, access } = await answered(content)
    expect(await openAIChat({ output, ...access }).run('Hi')).toEqual(value)
    expect(mock.getLastRequest()?.body).not.toHaveProperty('response_format')
  })

  test.each<[string, z.ZodType, string]>([
    ['It depends', z.enum(['good', 'bad']), 'the model said "It depends"'],
    ['about forty', z.number(), 'the model said "about forty"'],
    ['', z.number(), 'the model said ""'],
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

  test('takes a schema of another library, also one that has no JSON Schema', async () => {
    const output: StandardSchema<{ a: string }> = {
      '~standard': {
        version: 1,
        vendor: 'other',
        validate: (value) =>
          typeof value === 'object' && value !== null && 'a' in value
            ? { value: value as { a: string } }
            : { issues: [{ message: 'expected { a }' }] },
      },
    }
    const { access } = await answered('{"a":"x"}')
    expect(await openAIChat({ output, ...access }).run('Hi')).toEqual({ a: 'x' })
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

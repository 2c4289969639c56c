import { llmCall, type ModelRequest } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const name = 'own'
const kinds = z.object({ kind: z.enum(['a', 'b']), n: z.number().default(1) })

describe('what a model of your own gives is read by the input of its schema', () => {
  test.each([
    ['a number', llmCall({ name, model: async () => 5, output: z.coerce.number() }), 5],
    ['a text that is a number', llmCall({ name, model: async () => '5', output: z.coerce.number() }), 5],
    ['JSON', llmCall({ name, model: async () => '{"a":"x"}', output: z.object({ a: z.string() }) }), { a: 'x' }],
    ['an object', llmCall({ name, model: async () => ({ kind: 'a' }), output: kinds }), { kind: 'a', n: 1 }],
    ['a choice', llmCall({ name, model: async () => 'good', output: z.enum(['good', 'bad']) }), 'good'],
    ['what is transformed', llmCall({ name, model: () => 'abc', output: z.string().transform((t) => t.length) }), 3],
    [
      'one of a union',
      llmCall({
        name,
        model: () => ({ c: ['p'] }),
        output: z.union([z.string(), z.object({ c: z.array(z.string()) })]),
      }),
      { c: ['p'] },
    ],
    [
      'what is preprocessed',
      llmCall({ name, model: () => ({ b: 1 }), output: z.preprocess(() => ({ a: 1 }), z.object({ a: z.number() })) }),
      { a: 1 },
    ],
    [
      'nothing, where it may',
      llmCall({ name, model: async () => undefined, output: z.number().optional() }),
      undefined,
    ],
    [
      'a list',
      llmCall({ name, model: () => [{ k: 'a' }], output: z.array(z.object({ k: z.enum(['a']) })) }),
      [{ k: 'a' }],
    ],
  ])('%s', async (_, call, output) => {
    expect(await call.run('Hi')).toEqual(output)
  })

  test('its third argument has the JSON Schema of that input', async () => {
    const requests: ModelRequest[] = []
    const model = async (_: unknown, __: unknown, request: ModelRequest) => {
      requests.push(request)
      return '{"kind":"a"}'
    }
    await llmCall({ name, model, output: kinds }).run('Hi')
    expect(requests[0]?.schema).toMatchObject({
      type: 'object',
      properties: { kind: { enum: ['a', 'b'] }, n: { type: 'number' } },
    })
    expect(requests[0]?.messages).toEqual([{ role: 'user', content: 'Hi' }])
    await llmCall({ name, model: async (_, __, request) => void requests.push(request) }).run('Hi')
    expect(requests[1]).not.toHaveProperty('schema')
  })

  test.each(['elements', 'result'])('wrapped, as it was asked for: %s', async (key) => {
    const output = key === 'elements' ? z.array(z.number()) : z.number()
    const value = key === 'elements' ? [1] : 1
    expect(await llmCall({ name, model: async () => JSON.stringify({ [key]: value }), output }).run('Hi')).toEqual(
      value,
    )
    const result = await llmCall({ name, model: async () => ({ [key]: value }) as never, output }).safeRun('Hi')
    expect(result.output).toEqual(value)
  })
})

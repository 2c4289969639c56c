import { llmCall, type ModelRequest, type PromptMessage } from 'tinyllm'
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

describe('a model of your own', () => {
  test('may change its messages: another attempt has those that came', async () => {
    const seen: unknown[] = []
    const own = llmCall({
      name,
      retry: { attempts: 2, backoff: { initial: 1, max: 1 } },
      model: async (messages) => {
        seen.push(structuredClone(messages))
        messages.push({ role: 'user', content: 'More' })
        messages[0]!.content = 'Else'
        if (seen.length === 1) throw new Error('503')
        return 'ok'
      },
    })
    expect(await own.run('Hi')).toBe('ok')
    expect(seen).toEqual([[{ role: 'user', content: 'Hi' }], [{ role: 'user', content: 'Hi' }]])
  })

  test.each([
    ['an async generator', async function* () {}],
    ['a generator', function* () {}],
    ['a stream', async () => new ReadableStream()],
  ])('that returns %s has no answer', async (_, model) => {
    const { error } = await llmCall({ name, model: model as never }).safeRun('Hi')
    expect(error).toMatchObject({
      code: 'run',
      message: expect.stringContaining('the model returned a stream. Read it'),
    })
  })

  test('is given all that may be in a message', async () => {
    const messages: PromptMessage[] = [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], name: 'rules' },
      { role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }], name: 'Ada' },
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] },
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: '1' }] },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    ]
    const echo = llmCall({ name, model: (given) => given })
    expect(await echo.run(messages)).toEqual([
      ...messages.slice(0, 3),
      { ...messages[3], content: null },
      ...messages.slice(4),
    ])
  })

  test.each<[string, PromptMessage, string]>([
    [
      'function',
      { role: 'function', name: 'a', content: '' },
      'expected one of system, developer, user, assistant, tool',
    ],
    [
      'custom tool',
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'a', input: '' } }] },
      'expected the name of a tool',
    ],
  ])('is not asked about a %s of the SDK', async (_, message, problem) => {
    const { error } = await llmCall({ name, model: async () => 'ok' }).safeRun([message])
    expect(error).toMatchObject({ code: 'input_validation', message: expect.stringContaining(problem) })
  })
})

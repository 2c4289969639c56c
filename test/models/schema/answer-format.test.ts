import { agent, type ChatModel, llmCall, type ModelRequest } from 'tinyllm'
import { check } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toStrictSchema } from '../../../src/models/schema/strict-mode.ts'

/** What a function of one's own is told, and what becomes of its answer. */
async function called(output: z.ZodType, answer: unknown) {
  const requests: ModelRequest[] = []
  const model = async (_: unknown, __: unknown, request: ModelRequest) => {
    requests.push(request)
    return answer as string
  }
  const result = await llmCall({ name: 'own', model, output }).safeRun('Hi')
  return { schema: requests[0]?.schema, result }
}

async function acted(output: z.ZodType, content: string) {
  const requests: ModelRequest[] = []
  const model: ChatModel = async (request) => {
    requests.push(request)
    return { role: 'assistant', content }
  }
  const result = await agent({ name: 'own', model, tools: [], output }).safeRun('Hi')
  return { schema: requests[0]?.schema, words: String(requests[0]?.messages[0]?.content), result }
}

const record = z.record(z.string(), z.number()).nullable()
const shapes: [string, z.ZodType, unknown, string | undefined][] = [
  ['a list', z.array(z.number()), [1, 2], 'elements'],
  ['an enum', z.enum(['good', 'bad']), 'good', 'result'],
  ['a number', z.number(), 5, 'result'],
  ['a union', z.union([z.object({ a: z.number() }), z.null()]), { a: 1 }, 'result'],
  ['a record or null', record, { a: 1 }, 'result'],
  ['an object', z.object({ a: z.number() }), { a: 1 }, undefined],
]

describe.each(shapes)('a model of one own is told the form of %s as any model is', (_, output, value, wrapper) => {
  const whole = wrapper ? { [wrapper]: value } : value
  const bare = typeof value === 'string' ? value : JSON.stringify(value)

  test.each([
    ['in the wrapper', JSON.stringify(whole)],
    ['in the wrapper and in a block', `Here:\n\`\`\`json\n${JSON.stringify(whole)}\n\`\`\``],
    ['bare', bare],
  ])('and its answer is read %s', async (__, text) => {
    const { schema, result } = await called(output, text)
    expect(schema).toMatchObject({ type: 'object', ...(wrapper && { required: [wrapper] }) })
    expect(result).toMatchObject({ success: true, output: value })
    const told = await acted(output, text)
    expect(told.schema).toEqual(schema)
    expect(told.words).toContain(JSON.stringify(schema))
    expect(told.result).toMatchObject({ success: true, output: value })
  })

  test.each([
    ['in the wrapper', whole],
    ['bare', value],
  ])('and its data is taken %s', async (__, data) => {
    expect((await called(output, data)).result).toMatchObject({ success: true, output: value })
  })
})

test('a strict API takes what it is told', async () => {
  const { schema } = await called(z.array(z.object({ a: z.enum(['x']).nullable() })), '[]')
  expect(toStrictSchema(schema!)).toMatchObject({ type: 'object', additionalProperties: false })
})

const plain = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } }

test.each<[string, z.ZodType]>([
  ['a text', z.string()],
  ['what has no JSON Schema', plain as never],
  ['what no JSON can meet', z.object({ a: z.date() })],
])('nothing is said of %s', async (_, output) => {
  expect((await called(output, 'x')).schema).toBe(undefined)
  expect((await acted(output, 'x')).words).toBe('Hi')
})

test('a function may give what no JSON can hold, and it is checked', async () => {
  const at = new Date(0)
  expect((await called(z.date(), at)).result).toMatchObject({ success: true, output: at })
  expect((await called(z.date(), 'x')).result).toMatchObject({ error: { code: 'output_validation' } })
})

test.each<[string, z.ZodType, string]>([
  ['a date', z.date(), 'takes a date, and'],
  ['a field', z.object({ a: z.bigint() }), 'takes a bigint at a,'],
  ['a map', z.object({ a: z.map(z.string(), z.string()) }), 'takes a map at a,'],
  ['a pair', z.tuple([z.date()]), 'takes a date at 0,'],
  ['nothing', z.never(), 'takes nothing at all, and'],
  ['a list of dates', z.array(z.date()), 'takes a date at []'],
])('check finds what a text can never meet: %s', (_, output, words) => {
  const model: ChatModel = async () => ({ role: 'assistant', content: '{}' })
  const nodes = [
    agent({ name: 'own', model, tools: [], output, timeout: 1 }),
    llmCall({ name: 'own', model: async () => '{}', output, timeout: 1 }),
  ]
  for (const node of nodes) {
    const found = check(node).filter(({ code }) => code !== 'not-json')
    expect(found).toMatchObject([{ code: 'never-met', message: expect.stringContaining(words) }])
  }
})

test('a schema that cannot check is refused', () => {
  const output = { '~standard': { version: 1, vendor: 'own' } } as never
  const model: ChatModel = async () => ({ role: 'assistant', content: '{}' })
  expect(() => llmCall({ name: 'own', model: async () => 'x', output })).toThrow(/llmCall own: .* has no validate/)
  expect(() => agent({ name: 'own', model, tools: [], output })).toThrow(/agent own: .* has no validate/)
})

test('an agent hears what was wrong in the form that was asked for', async () => {
  const heard: unknown[] = []
  const model: ChatModel = async ({ messages }) => {
    heard.push(messages.at(-1)?.content)
    return { role: 'assistant', content: heard.length === 1 ? '{"elements":[1,"2"]}' : '{"elements":[1,2]}' }
  }
  const output = z.array(z.number())
  const it = agent({
    name: 'it',
    model,
    tools: [],
    output,
    retry: { attempts: 2, feedback: true, backoff: { initial: 1 } },
  })
  expect(await it.run('Hi')).toEqual([1, 2])
  expect(heard[1]).toContain('elements.1: ')
})

test('so does a function of your own', async () => {
  const heard: unknown[] = []
  const own = llmCall({
    name: 'own',
    model: async (messages) => {
      heard.push(messages.at(-1)?.content)
      return heard.length === 1 ? '{"elements":[1,"2"]}' : '{"elements":[1,2]}'
    },
    output: z.array(z.number()),
    retry: { attempts: 2, feedback: true, backoff: { initial: 1 } },
  })
  expect(await own.run('Hi')).toEqual([1, 2])
  expect(heard[1]).toContain('elements.1: ')
})

import fc from 'fast-check'
import { agent, fn, llmCall, receive, type StandardSchema, validator } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { coverPaths, paths } from 'tinyllm/testing'
import { runInNewContext } from 'node:vm'
import { waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'

const any = (value: unknown) => value as never
/** A schema of whatever library, by what its `validate` does. */
const schemaOf = (validate: (value: unknown) => unknown, more: object = {}): StandardSchema =>
  ({ '~standard': { version: 1, vendor: 'made by hand', validate, ...more } }) as StandardSchema
const late = () => Promise.reject(new Error('late'))

let calls = 0
/** The everyday failure with a model's text. */
const parse = (text: unknown): unknown => {
  calls++
  return JSON.parse(text as string)
}

/** As zod 3 is, whose `~standard.validate` tries again, too. */
const zod3 = (transform: (value: unknown) => unknown) => ({
  ...schemaOf(
    async (value) => {
      try {
        return { value: transform(value) }
      } catch {
        return { value: transform(value) }
      }
    },
    { vendor: 'zod' },
  ),
  safeParse: (value: unknown) => {
    const data = transform(value)
    if (data instanceof Promise) throw new Error('Synchronous parse encountered promise. Use .parseAsync instead.')
    return data === null
      ? { success: false, error: { issues: [{ message: 'no null', path: ['x'] }] } }
      : { success: true, data }
  },
})

const throwing: [string, StandardSchema<any, any>][] = [
  ['a transform of zod', z.string().transform(parse)],
  ['a refinement of zod', z.string().refine(parse)],
  ['a superRefine of zod', z.string().superRefine(any(parse))],
  ['a preprocess of zod', z.preprocess(parse, z.unknown())],
  [
    'a pipe of zod',
    z
      .string()
      .transform(parse)
      .pipe(z.object({ a: z.number() })),
  ],
  [
    'a transform of zod mini',
    mini.pipe(
      mini.string(),
      mini.transform((text: string) => parse(text)),
    ),
  ],
  ['a transform of zod 3', any(zod3(parse))],
  ['valibot, arktype, effect, which let it through', schemaOf((value) => ({ value: parse(value) }))],
]

describe.each(throwing)('what is thrown by %s', (_, schema) => {
  test('is told as an issue, and runs once', async () => {
    calls = 0
    const result = await fn({ name: 'f', input: schema, run: (input: unknown) => input }).safeRun('{')
    expect(result).toMatchObject({
      success: false,
      error: {
        code: 'input_validation',
        path: 'f',
        message: expect.stringMatching(/^f rejected its input: the schema threw SyntaxError: .*JSON/),
        issues: [{ message: expect.stringMatching(/^the schema threw SyntaxError: .*JSON/), path: [] }],
        cause: { name: 'SyntaxError' },
      },
    })
    expect(calls).toBe(1)
  })

  test('is an output that does not fit where it is an output', async () => {
    await expect(fn({ name: 'f', output: schema, run: () => '{' as never }).run(1)).rejects.toMatchObject({
      code: 'output_validation',
      issues: [{ message: expect.stringContaining('SyntaxError') }],
      cause: { name: 'SyntaxError' },
    })
  })
})

describe('the code of a schema may stand anywhere', () => {
  const schema = z.string().transform(parse)

  test('in a validator of its own', async () => {
    await expect(validator(schema).run('{')).rejects.toMatchObject({
      issues: [{ message: expect.stringContaining('SyntaxError') }],
    })
  })

  test('in the payload of an event, which is refused with these words', async () => {
    const wait = receive({ name: 'wait', events: { SAY: z.object({ text: schema }) } })
    const actor = wait.start(1)
    const refused: unknown[] = []
    actor.on('refused', (event) => refused.push(event))
    expect(actor.getSnapshot().can({ type: 'SAY', text: '{' })).toBe(false)
    actor.send({ type: 'SAY', text: '{' })
    expect(refused).toMatchObject([{ reason: expect.stringContaining('the schema threw SyntaxError') }])
    actor.send({ type: 'SAY', text: '1' })
    await waitFor(actor, (state) => state.status === 'done')
  })

  const answering = (message: object) => ({
    chat: { completions: { create: async () => ({ choices: [{ message, finish_reason: 'stop' }] }) } },
  })
  test.each([
    ['a text', schema, '{'],
    ['a field', z.object({ text: schema }), '{"text":"{"}'],
  ])('in what a model must answer: %s', async (_, output, content) => {
    const chat = openAIChat({ name: 'chat', model: 'm', output, client: answering({ content }) })
    await expect(chat.run('x')).rejects.toMatchObject({
      code: 'output_validation',
      issues: [{ message: expect.stringContaining('SyntaxError') }],
      cause: { name: 'SyntaxError' },
    })
  })

  test('in the arguments of a tool', async () => {
    const call = { id: '1', type: 'function', function: { name: 'look', arguments: '{"text":"{"}' } }
    const tools = { look: { description: 'Looks.', input: z.object({ text: z.string().refine(parse) }) } }
    const chat = openAIChat({
      name: 'chat',
      model: 'm',
      tools,
      client: answering({ content: null, tool_calls: [call] }),
    })
    await expect(chat.run('x')).rejects.toMatchObject({
      code: 'output_validation',
      issues: [{ message: expect.stringContaining('SyntaxError'), path: ['tool_calls', 0, 'arguments'] }],
      cause: { name: 'SyntaxError' },
    })
  })

  test('in the last words of an agent', async () => {
    const asked = agent({ name: 'asked', model: async () => '{' as never, tools: [], output: schema })
    await expect(asked.run('x')).rejects.toMatchObject({
      issues: [{ message: expect.stringContaining('SyntaxError') }],
    })
  })

  test('and a schema inside the schema may say what does not fit', async () => {
    const inner = z.object({ a: z.number() })
    const outer = z.string().transform((text) => inner.parse(JSON.parse(text)))
    await expect(validator(outer).run('{"a":"x"}')).rejects.toMatchObject({
      issues: [{ message: expect.stringMatching(/^the schema threw \w*ZodError: a: Invalid input: expected number/) }],
    })
  })

  test('simulated, it refuses as it does in a run', async () => {
    const strict = fn({ name: 'strict', input: z.string().refine(parse), run: (text: string) => text })
    const ways = paths(strict, { inputs: ['1', '{'] }).map(({ description }) => description)
    expect(ways).toContainEqual(expect.stringContaining('failed at strict (input_validation)'))
    expect((await coverPaths(strict, { inputs: ['1', '{'] })).ok).toBe(true)
  })
})

// What rejects unheard would end this test run.
describe.each<[string, StandardSchema<any, any>]>([
  ['an asynchronous refinement of zod', z.string().refine(late)],
  ['an asynchronous transform of zod', z.string().transform(late)],
  ['an asynchronous superRefine of zod', z.string().superRefine(late)],
  ['an asynchronous field of zod', z.object({ a: z.string().default('x').transform(late) })],
  ['an asynchronous part of a union of zod', z.number().or(z.string().check(late))],
  ['a promise of zod', z.promise(z.string())],
  [
    'an asynchronous transform of zod mini',
    mini.pipe(
      mini.string(),
      mini.transform(async () => 1),
    ),
  ],
  ['an asynchronous transform of zod 3', any(zod3(async () => 1))],
  ['a promise that rejects', schemaOf(late)],
  ['a promise of another realm', schemaOf(() => runInNewContext('Promise.reject(new Error("late"))'))],
  ['a thenable', schemaOf(() => ({ then: (_: unknown, no: (error: Error) => void) => no(new Error('late')) }))],
  ['a promise for its value, as valibot and arktype give', schemaOf(() => ({ value: late() }))],
])('%s', (_, schema) => {
  test('is refused as asynchronous', async () => {
    const input = 'a' in (((schema as any).shape ?? {}) as object) ? { a: 'x' } : 'x'
    await expect(fn({ name: 'f', input: schema, run: String }).run(input)).rejects.toMatchObject({
      code: 'input_validation',
      message: expect.stringMatching(/the schema is asynchronous.*move the asynchronous check into run/),
    })
    await new Promise((resolve) => setTimeout(resolve, 1))
  })
})

describe('what is malformed', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /must return { value } or { issues }, but it returned undefined: fix the schema/],
    ['null', null, /but it returned null/],
    ['a boolean', true, /but it returned true/],
    ['an empty object', {}, /but it returned an object with neither/],
    ['issues that are a text', { issues: 'too short' }, /^too short$/],
    ['an issue that is a text', { issues: ['too short'] }, /^too short$/],
    ['one issue for issues', { issues: { message: 'too short' } }, /^too short$/],
    ['no issue', { issues: [] }, /the schema rejected it without a message/],
    ['an issue of nothing', { issues: [null] }, /the schema rejected it without a message/],
    ['a message that is no text', { issues: [{ message: { en: 'no' } }] }, /the schema rejected it without a message/],
    [
      'a stack for a message',
      { issues: [{ message: 'Error: no\n    at parse (file:///a/b.js:1:2)\n    at b.js:3:4' }] },
      /^Error: no$/,
    ],
  ])('%s', async (_, given, message) => {
    const error = await validator(schemaOf(() => given))
      .run(1)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'input_validation',
      issues: [{ message: expect.stringMatching(message), path: [] }],
    })
  })

  test.each<[string, unknown, unknown[]]>([
    ['keyed', ['a', { key: 'b' }, { key: 0 }], ['a', 'b', 0]],
    ['odd', [null, NaN, Symbol('s'), { key: { toString: null } }], ['null', 'NaN', 'Symbol(s)', '?']],
    ['-0', [-0, { key: -0 }], [0, 0]],
    ['a text', 'a.b', ['a.b']],
    ['a Set', new Set(['a', 1]), ['a', 1]],
    ['a number', 7, [7]],
    ['an object', { a: 1 }, []],
    ['null', null, []],
  ])('a path that is %s', async (_, path, plain) => {
    const error = await validator(schemaOf(() => ({ issues: [{ message: 'no', path }] })))
      .run(1)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ issues: [{ message: 'no', path: plain }] })
  })

  test('whatever a schema does, a run ends with its value or with issues that are data', async () => {
    const part = fc.oneof(fc.anything(), fc.constantFrom(-0, NaN, Infinity, -Infinity))
    const path = fc.oneof(part, fc.array(fc.oneof(part, fc.record({ key: part }))))
    const result = fc.oneof(
      fc.anything({ withSparseArray: true, withNullPrototype: true }),
      fc.record({ issues: fc.anything() }),
      fc.record({ issues: fc.array(fc.record({ message: fc.anything(), path }, { requiredKeys: [] })) }),
      fc.record({ value: fc.anything() }),
    )
    await fc.assert(
      fc.asyncProperty(result, fc.boolean(), async (given, throws) => {
        const schema = schemaOf(() => {
          if (throws) throw given
          return given
        })
        const end = await validator(schema).safeRun('x')
        if (end.success) {
          expect(end.output).toBe((given as { value: unknown }).value)
          return
        }
        expect(end.error).toMatchObject({ code: 'input_validation', path: 'validator' })
        const issues = end.error.issues ?? []
        expect(issues.length).toBeGreaterThan(0)
        expect(JSON.parse(JSON.stringify(issues))).toEqual(issues)
      }),
    )
  })
})

test('the words of zod are zod’s own', async () => {
  const schema = z.object({
    a: z.string('a text, please').refine(() => true),
    b: z.string().trim().min(3),
    c: z.union([z.string().refine(() => false, 'never'), z.number()]),
    d: z
      .string()
      .min(5, { error: (issue) => `short: ${issue.code}` })
      .refine(() => true),
    e: z.array(z.email()).default([]),
  })
  for (const input of [
    {},
    null,
    { a: 1, b: ' x ', c: true, d: '', e: ['x'] },
    { a: '', b: 'xxxx', c: 'x', d: 'xxxxxx', e: [1] },
  ]) {
    const end = await validator(schema).safeRun(any(input))
    const issues = schema.safeParse(input).error?.issues.map(({ message, path }) => ({ message, path }))
    expect(end.success ? undefined : end.error.issues).toEqual(issues)
  }
})

test('a model of your own is asked once for what its schema takes at once', async () => {
  calls = 0
  const own = llmCall({ name: 'own', model: async () => '1', output: z.string().transform(parse) as never })
  expect(await own.run('x')).toBe(1)
  expect(calls).toBe(1)
})

describe('a value that throws when a schema of zod reads it', () => {
  const node: z.ZodType = z.object({
    get a() {
      return node.optional()
    },
  })
  const deep = () => {
    let value: object = {}
    for (let level = 0; level < 20_000; level++) value = { a: value }
    return value
  }
  const lazy = () => ({
    get a() {
      throw new SyntaxError('lazy relation')
    },
  })

  test.each<[string, z.ZodType, () => unknown, RegExp]>([
    ['a getter', z.object({ a: z.any() }), lazy, /the schema threw SyntaxError: lazy relation/],
    ['a getter, strictly', z.strictObject({ a: z.number() }), lazy, /the schema threw SyntaxError: lazy relation/],
    ['data too deep for the stack', node, deep, /the schema threw RangeError/],
  ])('is told as an issue, and not as an asynchronous schema: %s', async (_, schema, make, said) => {
    const taking = fn({ name: 'f', input: schema, run: () => 1 })
    const giving = fn({ name: 'f', output: schema, run: make as never })
    for (const [{ error }, code] of [
      [await taking.safeRun(make() as never), 'input_validation'],
      [await giving.safeRun(1), 'output_validation'],
    ] as const) {
      expect(error).toMatchObject({ code, path: 'f', issues: [{ message: expect.stringMatching(said) }] })
    }
  })
})

describe('a schema that does not keep to Standard Schema, or is asynchronous', () => {
  test('an asynchronous schema is refused where it stands', async () => {
    const schema = z.string().refine(async () => true)
    await expect(fn({ name: 'f', input: schema, run: String }).run('x')).rejects.toMatchObject({
      code: 'input_validation',
      path: 'f',
      message: expect.stringMatching(/the schema is asynchronous.*move the asynchronous check into run/),
    })
  })

  test('so is one that gives a thenable, and its rejection is nobody’s concern', async () => {
    const late = { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('late')) }
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => late as never } } as const
    await expect(fn({ name: 'f', input: schema, run: String }).run('x')).rejects.toMatchObject({
      code: 'input_validation',
      message: expect.stringContaining('the schema is asynchronous'),
    })
  })

  test('the place of an issue is told in plain keys, however the schema tells it', async () => {
    const issues = [{ message: 'whole' }, { message: 'inside', path: ['a', 0, { key: 'b' }, { key: 1 }, Symbol('s')] }]
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } } as const
    await expect(fn({ name: 'f', input: schema, run: String }).run('x')).rejects.toMatchObject({
      code: 'input_validation',
      issues: [
        { message: 'whole', path: [] },
        { message: 'inside', path: ['a', 0, 'b', 1, 'Symbol(s)'] },
      ],
    })
  })
})

import { decision, llmCall } from 'tinyllm'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { parseJson } from '../../../src/models/parsing/parse-json.ts'
import { decisionMatcher } from '../../../src/models/parsing/decision.ts'
import { findJson } from '../../../src/models/parsing/find-json.ts'
import { outputSchema, type OutputParsing } from '../../../src/models/parsing/output-schema.ts'
import { jsonSchemaOf } from '../../../src/models/schema/json-schema.ts'

/** What a text may be full of: what is left open, what is closed at once, what cannot be seen. */
const units = [
  '{',
  '[',
  '}',
  ']',
  '{}',
  '[]',
  '[1]',
  '{"a":',
  '{"a":{',
  '{"a":{},',
  '[1,',
  '[[]',
  '{"',
  '["',
  '["\\"',
  '"{',
  '[-',
  '[t',
  '"',
  '\\',
  '`',
  '```',
  '```json\n',
  '~~~\n',
  ' ',
  '\n',
  '\xA0',
  '​',
  '​‌',
  '.',
  '-',
  '# ',
  '*',
  '…',
  '<think>',
  '</think>',
  '<think></think>',
  '<think>{"a":1}',
  '1',
  '0',
  '-0',
  'x ',
  'é',
  'ạ́',
  '²a',
  '👍',
  '🏴\u{e0067}',
  '{a:',
  "{'",
  ': ',
  '[ ]',
  '\n[1]\n',
  '{ "result"',
  '{"result":',
]
/** Reads what is said for a schema, which knows what it takes. */
const reader = (schema: z.ZodType, rest: Omit<OutputParsing, 'jsonSchema'>) =>
  outputSchema(schema, { jsonSchema: jsonSchemaOf(schema) ?? {}, ...rest })
const objects = reader(z.object({ a: z.number() }), { json: true, texts: [], many: false })
const lists = reader(z.array(z.string()).max(1), { json: false, texts: [], many: false })
const numbers = reader(z.number(), { json: false, texts: [], many: false })
const words = reader(z.enum(['good', 'bad']), { json: false, texts: ['good', 'bad'], many: false })
const wrapped = reader(z.union([z.string(), z.number()]), {
  json: false,
  texts: [],
  many: false,
  wrapper: 'result',
})
const dates = reader(z.coerce.date(), { json: false, texts: [], many: false })
const choose = decisionMatcher(['good', 'bad', 'C++'])

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'the one JSON value of a text': (text) => findJson(text, '{['),
  'an object': (text) => objects['~standard'].validate(text),
  'a list': (text) => lists['~standard'].validate(text),
  'a number': (text) => numbers['~standard'].validate(text),
  'one of some texts': (text) => words['~standard'].validate(text),
  'an answer in a wrapper': (text) => wrapped['~standard'].validate(text),
  'a date': (text) => dates['~standard'].validate(text),
  // It remembers what it was asked last.
  'a choice': (text) => [choose(text), choose('')],
}

/** Processor time (ms), the best of some. */
function time(work: () => unknown, tries: number): number {
  let best = Infinity
  for (let index = 0; index < tries; index++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

describe.each(Object.entries(readers))('reading %s', (_, read) => {
  test('takes a time in proportion to the text, whatever the text', () => {
    const slow: string[] = []
    for (const unit of units) {
      for (const [start, end] of [
        ['', ''],
        ['x', 'y'],
        ['{"a":', '1}'],
        ['["', '"]'],
      ] as const) {
        const attack = (length: number) => start + unit.repeat(Math.ceil(length / unit.length)) + end
        // The long one may need five times as long for its room in memory; quadratic, it needs 256 times as long.
        const [short, long] = [attack(20_000), attack(320_000)]
        // Quadratic, this length takes seconds.
        if (time(() => read(long), 1) < 60) continue
        // What else the machine does makes a quick one look slow now and then, but not each time that it is looked at.
        const looks = Array.from({ length: 5 })
        if (looks.every(() => time(() => read(long), 3) > 130 * time(() => read(short), 5)))
          slow.push(`${JSON.stringify(attack(10))}: more than 130 times as long for 16 times as much`)
      }
    }
    expect(slow).toEqual([])
  })
})

test('blanks in an answer do not hold up a run', async () => {
  const blanks = ' '.repeat(200_000)
  const d = decision({ name: 'd', decide: () => `x${blanks}y` as 'good', branches: { good: () => 1, bad: () => 2 } })
  expect(await d.safeRun(0)).toMatchObject({ error: { code: 'invalid_choice' } })
  const chat = llmCall({ name: 'chat', output: z.object({ a: z.number() }), model: () => `{"a":${blanks}1}` })
  expect(await chat.run('Hi')).toEqual({ a: 1 })
}, 10_000)

test.each([
  ['as it is', undefined, (items: string) => items],
  ['in a wrapper', 'elements', (items: string) => `{"elements":${items}}`],
] as const)(
  'a list that is wrong in every item, %s, is checked once, and its first issues are told',
  (_, wrapper, said) => {
    let asked = 0
    const item = z.number().refine(() => {
      asked++
      return false
    }, 'too odd')
    const schema = reader(z.array(item), { json: false, texts: [], many: false, wrapper })
    const { issues = [] } = schema['~standard'].validate(said(JSON.stringify(Array(500).fill(1)))) as {
      issues?: { message: string }[]
    }
    expect(asked).toBe(500)
    expect(issues.length).toBe(20)
    expect(issues.at(-1)?.message).toContain('; and 480 more')
  },
)

test('JSON is read by a function only where it has what that is for', () => {
  const parse = vi.spyOn(JSON, 'parse')
  onTestFinished(() => parse.mockRestore())
  for (const text of ['-0', '-0.0', '-0e5', '-1e-400', '-0.1E-400', '-0.00'])
    expect(parseJson(`[${text},"e-mail"]`), text).toEqual([0, 'e-mail'])
  parse.mockClear()
  for (const text of ['["an e-mail"]', '["2024-05-01"]', '[-0.5]', '[1e-5]', '["-05"]']) parseJson(text)
  expect(parse.mock.calls.every(([, reviver]) => reviver === undefined)).toBe(true)
})

import { chain, decision, fn, pass } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from '../../src/models/schema/json-schema.ts'
import { parseInput } from '../../src/cli/input.ts'
import { pipelineParts } from '../../src/cli/pipeline.ts'

const one = z.object({ text: z.string(), lang: z.string().default('en'), n: z.number().optional() })
const two = z.object({ a: z.string(), b: z.string() })

describe('--input', () => {
  test.each<[string, z.ZodType | undefined, unknown]>([
    ['Hello', undefined, 'Hello'],
    ['42', undefined, 42],
    ['true', undefined, true],
    ['null', undefined, null],
    ['"42"', undefined, '42'],
    ['{"a":1}', undefined, { a: 1 }],
    ['[1,2]', undefined, [1, 2]],
    ['[Applicant] John', undefined, '[Applicant] John'],
    ['', undefined, ''],
    ['Hello', z.string(), 'Hello'],
    ['42', z.string(), '42'],
    ['"quoted"', z.string(), 'quoted'],
    ['42', z.number(), 42],
    ['Hello', one, { text: 'Hello' }],
    ['42', one, { text: '42' }],
    ['"{}"', one, { text: '{}' }],
    ['{"text":"Hello"}', one, { text: 'Hello' }],
    ['Hello', z.object({ only: z.string().optional(), n: z.number() }), { only: 'Hello' }],
    ['Hello', two, 'Hello'],
  ])('%j for %#', (text, schema, value) => {
    expect(parseInput(text, schema && jsonSchemaOf(schema as never))).toEqual(value)
  })

  test.each(['{"a":', '{', '[1, 2,]'])('%j is rejected: it begins like JSON', (text) => {
    expect(() => parseInput(text, undefined)).toThrow('is not valid JSON')
  })

  test('goes by the schema of the first function that gets the input', () => {
    const first = fn({ name: 'first', input: one, run: () => 'good' })
    const classify = chain({ name: 'classify', children: [first, (word: string) => word] })
    const credit = decision({ name: 'credit', decide: classify, branches: { good: pass() } })
    expect(pipelineParts(credit)[0]?.schema).toBe(one)
    expect(pipelineParts(fn({ name: 'none', run: () => 1 }))[0]?.schema).toBeUndefined()
  })
})

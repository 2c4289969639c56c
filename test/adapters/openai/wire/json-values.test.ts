import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSuperlinear } from '../../../proportion.ts'
import { ToolCallAccumulator } from '../../../../src/adapters/openai/wire/tool-call-accumulator.ts'
import { splitLines } from '../../../../src/adapters/openai/wire/lines.ts'
import { htmlExcerpt } from '../../../../src/adapters/openai/wire/html-text.ts'
import { readTokenUsage } from '../../../../src/adapters/openai/wire/usage.ts'
import { DOCUMENT_END, STREAM_DONE, NonJsonBody, jsonValues } from '../../../../src/adapters/openai/wire/json-values.ts'

const all = async <T>(of: AsyncIterable<T>): Promise<T[]> => {
  const values: T[] = []
  for await (const one of of) values.push(one)
  return values
}

describe('the values of a body', () => {
  test.each<[string, string, unknown[]]>([
    ['one document', '{"a":1}', [{ a: 1 }, DOCUMENT_END]],
    ['a pretty one', '\n{\n  "a": [\n    {}\n  ]\n}\n', [{ a: [{}] }, DOCUMENT_END]],
    ['one a line', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['one a line, and [DONE]', '{"a":1}\n[DONE]\n', [{ a: 1 }, STREAM_DONE]],
    ['events', 'data: {"a":1}\n\ndata: {"a":2}\n\ndata: [DONE]\n\n', [{ a: 1 }, { a: 2 }, STREAM_DONE]],
    ['an event of several lines', 'data: {"a":\ndata: 1}\n\n', [{ a: 1 }]],
    ['events without blank lines, and no end', 'data:{"a":1}\rdata:{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['comments, pings and other fields', ':\n\nid: 1\nretry: 2\ndata: ping\ndata:\n\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['an error without its field', 'data: {"a":1}\n\n{"error":"x"}\n', [{ a: 1 }, { error: 'x' }]],
    ['nothing after the end', 'data: [DONE]\n\ndata: {"a":1}\n\n', [STREAM_DONE]],
    ['a page', '<html>\n<h1>x</h1>', [new NonJsonBody('<html>\n<h1>x</h1>')]],
    ['nothing', ' \n\n', []],
  ])('%s, cut anywhere', async (_, text, values) => {
    for (let at = 0; at <= text.length; at++) {
      expect(await all(jsonValues([text.slice(0, at), text.slice(at)]))).toEqual(values)
    }
  })

  test('what is broken is an error', async () => {
    await expect(all(jsonValues(['data: {"a":\n\n']))).rejects.toThrow(SyntaxError)
  })

  test('lines are those of the whole, however it is cut', async () => {
    const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'ü', ''))
    await fc.assert(
      fc.asyncProperty(text, async (pieces) => {
        expect(await all(splitLines(pieces))).toEqual(pieces.join('').split(/\r\n|\r|\n/))
      }),
    )
  })
})

test.each<[string, (size: number) => unknown]>([
  ['a line in many pieces', (size) => all(jsonValues(Array<string>(size).fill('{"a":')))],
  ['a value on many lines', (size) => all(jsonValues(['data: {\n', ...Array<string>(size / 2).fill('data: }\n')]))],
  ['many events in one piece', (size) => all(jsonValues([`data: {"a":1}\n\n`.repeat(size / 4)]))],
  [
    'arguments in many pieces',
    (size) => {
      const calls = new ToolCallAccumulator(new Set(['t']))
      const piece = (text: string) => [{ index: 0, id: 'a', function: { name: 't', arguments: text } }]
      for (let at = 0; at < size; at++) for (const _ of calls.add(piece(at ? '"x",' : '{"a":['))) continue
    },
  ],
  ['a page that ends nothing', (size) => htmlExcerpt(['<script', '<!--', '< ', '<a', '&amp'].join('').repeat(size))],
])('%s is read in the time that it takes to read it once', async (_, work) => {
  // The sizes are divided by up to four.
  const whole = (size: number) => work(Math.ceil(size / 4) * 4)
  expect(await isSuperlinear((size) => Promise.resolve(whole(size)).catch(() => {}), 200_000)).toBe(false)
})

describe('usage', () => {
  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [null, undefined],
    [{}, undefined],
    [{ prompt_tokens: null, completion_tokens: null, total_tokens: null }, undefined],
    [{ prompt_tokens: 'many' }, undefined],
    [{ prompt_tokens: 3 }, { inputTokens: 3, outputTokens: 0 }],
    [{ completion_tokens: '4' }, { inputTokens: 0, outputTokens: 4 }],
    [
      { prompt_tokens: 3, total_tokens: 7 },
      { inputTokens: 3, outputTokens: 4 },
    ],
    [{ total_tokens: 7 }, { inputTokens: 7, outputTokens: 0 }],
    [
      { input_tokens: 3, output_tokens: 4 },
      { inputTokens: 3, outputTokens: 4 },
    ],
    [
      { prompt_tokens: 0, completion_tokens: 0 },
      { inputTokens: 0, outputTokens: 0 },
    ],
    [
      { prompt_tokens: 5, completion_tokens: -1, prompt_cache_hit_tokens: 2 },
      { inputTokens: 5, outputTokens: 0, cachedInputTokens: 2 },
    ],
    [{ cost: 0.5 }, { inputTokens: 0, outputTokens: 0, cost: 0.5 }],
  ])('%j is %j', (given, tokens) => {
    expect(readTokenUsage(given)).toEqual(tokens)
  })
})

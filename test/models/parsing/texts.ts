import type { StandardSchema } from 'tinyllm'
import { z } from 'zod'

/** What a model says, the schema that it is read by, and what comes out: a value, or words of the refusal. */
export type SpokenText = {
  readonly schema: StandardSchema
  readonly text: string
  readonly value?: unknown
  readonly refused?: string
}

const object = z.object({ a: z.number() })
const list = z.array(z.string())
const numbers = z.array(z.number())
const optional = z.object({ a: z.number().optional() })
const verdict = z.enum(['good', 'bad'])
const { coerce } = z

const gives = (schema: StandardSchema, ...rows: readonly (readonly [text: string, value: unknown])[]): SpokenText[] =>
  rows.map(([text, value]) => ({ schema, text, value }))
const refuses = (schema: StandardSchema, ...rows: readonly (readonly [text: string, words: string])[]): SpokenText[] =>
  rows.map(([text, refused]) => ({ schema, text, refused }))

/** A schema of a library that has no JSON Schema. */
export const other = (validate: (value: any) => unknown): StandardSchema =>
  ({
    '~standard': {
      version: 1,
      vendor: 'other',
      validate: (value: unknown) => {
        const made = validate(value)
        return made === undefined ? { issues: [{ message: 'it does not fit' }] } : { value: made }
      },
    },
  }) as StandardSchema
const otherBoolean = other((value) => Boolean(value))
const otherNumber = other((value) => (Number.isNaN(Number(value)) ? undefined : Number(value)))
const otherObject = other((value) => (typeof value === 'object' && value !== null && 'a' in value ? value : undefined))
const otherText = other((value) => (typeof value === 'string' ? value : undefined))
const otherSum = other((value) => (Array.isArray(value) ? value.reduce((sum, each) => sum + each, 0) : undefined))

const tick = '`'.repeat(3)
const fenced = (json: string, info = 'json', line = '\n') => `${tick}${info}${line}${json}${line}${tick}`

export const texts: Readonly<Record<string, readonly SpokenText[]>> = {
  'marks that tell one from another': [
    ...gives(z.enum(['A+', 'A', 'A-']), ['A -', 'A-'], ['A +', 'A+'], ['**A**', 'A'], ['A.', 'A'], ['A–', 'A-']),
    ...gives(z.enum(['C', 'C#', 'C++']), ['C #', 'C#'], ['C + +', 'C++'], ['C', 'C'], ['`C++`', 'C++']),
    ...gives(z.enum(['<5', '5', '>5']), ['< 5', '<5'], ['> 5', '>5'], ['5.', '5']),
    ...gives(z.enum(['A+', 'A']), ['- A+', 'A+'], ['A', 'A'], ['A!', 'A']),
    ...refuses(z.enum(['A+', 'A']), ['A -', 'A -'], ['A ++', 'A ++']),
    ...refuses(z.enum(['5', '10']), ['< 5', '< 5'], ['≥ 10', '≥ 10']),
    ...gives(z.enum(['-1', '0', '1']), ['–1', '-1'], ['—1', '-1'], ['- 1', '-1'], ['1', '1']),
    ...refuses(z.enum(['spam', 'ham']), ['!spam', '!spam']),
    ...gives(z.number(), ['–1', -1], ['−2.5', -2.5], ['-3', -3]),
    ...refuses(z.number(), ['< 5', '< 5'], ['~5', '~5'], ['- 5', '- 5'], ['5 +', '5 +']),
  ],
  'JSON before text': [
    ...gives(coerce.boolean(), ['false', false], ['true', true], ['False', false], ['"false"', false], ['TRUE.', true]),
    ...refuses(coerce.boolean(), ['maybe', 'expected a boolean'], ['null', 'boolean'], ['1', 'boolean'], [' ', 'bool']),
    ...gives(z.boolean(), ['True', true], ['"False."', false], ['**true**', true], ['true\n', true]),
    ...refuses(
      z.boolean(),
      ['yes', 'the model returned "yes"'],
      ['it is true', 'boolean'],
      ['true or false', 'boolean'],
    ),
    ...gives(z.string().nullable(), ['null', null], ['nothing', 'nothing'], ['true', 'true'], ['{"a":1}', '{"a":1}']),
    ...gives(verdict.nullable(), ['null', null], ['Null.', null], ['Good', 'good']),
    ...gives(z.literal(null), ['null', null], ['NULL', null]),
    ...gives(z.null(), ['null', null]),
    ...gives(z.any(), ['{"a":1}', { a: 1 }], ['[1]', [1]], ['null', null], ['true', true], ['42', '42'], ['Hi', 'Hi']),
    ...gives(z.unknown(), ['{"a":1}', { a: 1 }], [fenced('{"a":1}'), { a: 1 }], ['Say {"a":1}', 'Say {"a":1}']),
    ...gives(z.union([z.string(), object]), ['{"a":1}', { a: 1 }], ['{"b":1}', '{"b":1}'], ['a: 1', 'a: 1']),
    ...gives(z.union([z.boolean(), z.string()]), ['true', true], ['True', 'True']),
    ...gives(otherBoolean, ['false', false], ['true', true]),
    ...refuses(otherBoolean, ['maybe', 'expected a boolean'], ['[]', 'expected a boolean']),
    ...gives(otherObject, ['{"a":1}', { a: 1 }], [`Here: ${fenced('{"a":1}')}`, { a: 1 }]),
    ...gives(otherText, ['{"a":1}', '{"a":1}'], ['null', 'null']),
    ...gives(otherSum, ['[5]', 5], ['[]', 0]),
  ],
  'text as it is': [
    ...gives(z.string(), ['{"a":1}', '{"a":1}'], ['null', 'null'], ['42', '42'], ['"Hi"', '"Hi"'], [' Hi. ', ' Hi. ']),
    ...gives(z.string(), [fenced('{"a":1}'), fenced('{"a":1}')], ['<think>a</think>b', '<think>a</think>b']),
    ...gives(coerce.string(), ['{"a":1}', '{"a":1}'], ['["a"]', '["a"]'], ['null', 'null'], ['1.0', '1.0']),
    ...gives(z.string().catch('x'), ['null', 'null'], ['{}', '{}']),
    ...gives(z.stringbool(), ['yes', true], ['false', false], ['true', true], ['off', false], ['"Yes."', true]),
    ...gives(
      z.iso.date(),
      ['2024-05-01', '2024-05-01'],
      ['"2024-05-01".', '2024-05-01'],
      ['**2024-05-01**', '2024-05-01'],
    ),
    ...gives(z.email(), [' (a@b.org)\n', 'a@b.org']),
    ...gives(z.string().endsWith('!'), ['Hi! \n', 'Hi!']),
    ...gives(z.string().regex(/^a\n"b$/), [String.raw`"a\n\"b"`, 'a\n"b']),
    ...gives(
      z.string().transform((text) => text.length),
      ['null', 4],
    ),
    ...gives(z.codec(z.string(), z.number(), { decode: Number, encode: String }), ['42', 42]),
    ...gives(
      z.preprocess((said) => said === 'yes', z.boolean()),
      ['yes', true],
      ['no', false],
    ),
    ...gives(
      z.preprocess((said) => (typeof said === 'string' ? said.split(',') : said), list),
      ['a,b', ['a', 'b']],
    ),
    ...gives(
      z.preprocess((said) => (typeof said === 'string' ? said.split(',') : said), list),
      ['["a"]', ['a']],
    ),
  ],
  numbers: [
    ...gives(
      z.number(),
      ['42', 42],
      ['42.', 42],
      [' -0.5. ', -0.5],
      ['+3', 3],
      ['1e3', 1000],
      ['**7**', 7],
      ['"7"', 7],
    ),
    ...gives(z.number(), ['\u22125', -5], [fenced('42'), 42], ['<think>5?</think> 42', 42], ['-0', 0]),
    ...refuses(
      z.number(),
      ['1,000', '"1,000"'],
      ['5%', 'number'],
      ['5 km', 'number'],
      ['5²', 'number'],
      ['0x10', 'number'],
    ),
    ...refuses(z.number(), ['Infinity', 'number'], ['five', 'number'], ['1 or 2', 'number'], ['true', 'number']),
    ...refuses(z.number().max(10), ['12', '<=10']),
    ...gives(coerce.number(), ['42', 42], ['42.', 42]),
    ...refuses(
      coerce.number(),
      [' ', 'number'],
      ['true', 'number'],
      ['null', 'number'],
      ['\n', 'number'],
      ['[]', 'number'],
    ),
    ...gives(otherNumber, ['42', 42]),
    ...refuses(otherNumber, [' ', 'expected a number'], ['null', 'expected a number'], ['[]', 'expected a number']),
    ...gives(z.number().catch(3), ['42', 42], ['none', 3]),
    ...gives(z.union([z.number(), z.string()]), ['42', 42], ['about 42', 'about 42']),
    ...gives(z.union([z.string(), z.number()]), ['42', '42']),
    ...gives(z.union([z.literal('auto'), z.number()]), ['42', 42], ['Auto.', 'auto']),
    ...gives(z.literal([1, 2]), ['2.', 2]),
    ...gives(coerce.date(), ['2024-05-01T00:00:00Z', new Date('2024-05-01')]),
    ...gives(coerce.date(), ['1714521600000', new Date(1_714_521_600_000)]),
    ...gives(coerce.date(), ['May 1, 2024 UTC', new Date('2024-05-01')], ['2024-05', new Date('2024-05-01')]),
    ...gives(coerce.date(), ['Wed, 01 May 2024 00:00:00 GMT', new Date('2024-05-01')]),
    ...refuses(coerce.date(), ['null', 'expected'], ['true', 'expected'], ['someday', 'date'], ['5', 'date']),
    ...refuses(
      coerce.date(),
      ['I think it was around 5', 'date'],
      ['Sorry, I cannot say 3', 'date'],
      ['May 5', 'date'],
    ),
    ...refuses(coerce.date(), ['not before 2020', 'date'], ['maybe 1', 'date'], ['not 1 May 2024', 'date']),
    ...gives(coerce.bigint(), ['42', 42n], ['-7.', -7n]),
    ...refuses(coerce.bigint(), [' ', 'bigint'], ['true', 'bigint'], ['false', 'bigint'], ['[]', 'bigint']),
  ],
  'one of some choices': [
    ...gives(
      verdict,
      ['good', 'good'],
      ['Good.', 'good'],
      ['**good**', 'good'],
      ['good!', 'good'],
      ['« good »', 'good'],
    ),
    ...gives(
      verdict,
      ['ｇｏｏｄ。', 'good'],
      ['\u200bgood\u00a0', 'good'],
      [fenced('bad', ''), 'bad'],
      ['# Good', 'good'],
    ),
    ...gives(verdict, ['<think>bad?</think>good', 'good'], [`The verdict: ${fenced('"bad"')}`, 'bad']),
    ...gives(z.enum(['café', 'bar']), ['cafe\u0301', 'café']),
    ...gives(z.enum(['C', 'C++', 'C#']), ['C++.', 'C++'], ['`c#`', 'C#'], ['"C"', 'C']),
    ...gives(z.enum(['true', 'false']), ['True', 'true'], ['false', 'false']),
    ...gives(z.union([z.literal('Yes'), z.literal('No')]), ['yes.', 'Yes']),
    ...refuses(
      verdict,
      ['I think it is good', 'I think it is good'],
      ['goods', '"goods"'],
      ['good or bad', 'good or bad'],
    ),
  ],
  'what stands beside a block, or in its lines': [
    ...gives(z.number(), [`The sum:\n${fenced('5', '')}`, 5], [`**Sum:** ${fenced('5', '')}.`, 5]),
    ...refuses(z.number(), [`${tick}5${tick} or 6?`, 'number'], [`It is not\n${fenced('5', '')}\nbut 6.`, 'number']),
    ...refuses(
      z.number(),
      [`6: ${fenced('5', '')}`, 'number'],
      [fenced('5\n6', ''), 'number'],
      [fenced('5', '6'), 'number'],
    ),
    ...refuses(z.number(), ['[ ] 5', 'number'], ['~~5~~', 'number']),
    ...refuses(z.boolean(), [`In general\n${fenced('true')}\nbut here it is false`, 'boolean'], ['!true', 'boolean']),
    ...refuses(z.boolean(), ['~~true~~', 'boolean'], ['[ ] true', 'boolean']),
    ...refuses(z.stringbool(), [`I say ${tick}no${tick} to that claim: yes`, 'yes'], [`yes: ${fenced('no')}`, 'yes']),
    ...refuses(
      verdict,
      [`bad ${tick}good${tick}`, 'bad'],
      [`bad: ${fenced('good')}`, 'bad'],
      [fenced('good', 'bad'), 'bad'],
    ),
    ...refuses(z.iso.date(), [`not ${tick}2020-01-01${tick}, but 2021-01-01`, 'date']),
    ...refuses(z.number().nullable(), [`${tick}null${tick} is not right, it is 5`, 'it is 5']),
  ],
  'brackets in words': [
    ...gives(
      numbers,
      ['[1]', [1]],
      ['So:\n[1, 2].\nBye', [1, 2]],
      ['The list: `[1]`', [1]],
      ['- [1]', [1]],
      ['<list>[1]</list>', [1]],
    ),
    ...gives(numbers, [`Here ${tick}json [1]${tick} it is`, [1]], [`Here you are\n${fenced('[1]')}\nBye`, [1]]),
    ...refuses(
      numbers,
      ['According to [1], there are none.', 'text around its JSON'],
      ['a[0] is the first', 'text around its JSON'],
    ),
    ...refuses(numbers, ['array[5] holds it', 'text around its JSON'], ['- [1](http://x)', 'text around its JSON']),
    ...refuses(
      numbers,
      ['[2024] was a good year', 'text around its JSON'],
      ['The range is [0, 1]. My list is: 1, 2', 'text around its JSON'],
    ),
    ...refuses(list, ['[ ] none of them; still to do: a, b', 'text around its JSON']),
    ...gives(optional, ['{}', {}], ['{}.', {}], [fenced('{}'), {}], ['None: {}', {}], ['I say {"a":1} here', { a: 1 }]),
    ...refuses(
      optional,
      ['use {} for none; a is 5', 'text around its JSON'],
      ['function f() {}', 'text around its JSON'],
    ),
    ...refuses(object, ['{"a":1}\n{"a":2,}', 'broken'], ['{"a":1} is wrong; it is { "a": 2, }', 'broken']),
    ...refuses(object, ['{"a":1} is wrong; it is {\'a\': 2}', 'broken'], ['{"a":1} vs {a: 2}', 'broken']),
    ...refuses(object, ['{a: 2} vs {"a":1}', 'broken'], ['{"a":2,} vs {"a":1}', 'broken']),
    ...refuses(list, ['["a"]\n["b",]', 'broken']),
    ...refuses(object, ['<think>a<think>b</think>{"a":2}</think> I cannot say', 'expected JSON']),
    ...refuses(
      object,
      ['<think>a<think>b</think>{"a":2}', 'reasoning'],
      ['<think>a</think>{"a":2}</think> No.', 'reasoning'],
    ),
    ...gives(object, ['<think>a<think>b</think>{"a":2}</think> {"a":1}', { a: 1 }]),
  ],
  'objects and lists': [
    ...gives(
      object,
      ['{"a":1}', { a: 1 }],
      [' {"a":1}\n', { a: 1 }],
      ['\ufeff{"a":1}', { a: 1 }],
      ['{"a":1}.', { a: 1 }],
    ),
    ...gives(list, ['["a","b"]', ['a', 'b']], ['[]', []], ['Tags: ["a"].', ['a']], ['{"x":1} has\n["a"]', ['a']]),
    ...gives(z.record(z.string(), z.number()), ['{"x":1}', { x: 1 }]),
    ...gives(z.tuple([z.string(), z.number()]), ['["a",1]', ['a', 1]]),
    ...gives(object.nullable(), ['null', null], ['{"a":1}', { a: 1 }], ['It is {"a":1}', { a: 1 }]),
    ...gives(z.discriminatedUnion('k', [z.object({ k: z.literal('x') })]), ['So: {"k":"x"}', { k: 'x' }]),
    ...refuses(object, ['{"a":"x"}', 'a: '], ['42', 'object'], ['["a"]', 'object'], ['No.', 'expected JSON']),
    ...refuses(object, ["{'a': 1}", 'expected JSON'], ['{a: 1}', 'expected JSON'], ['{"a":1,}', 'broken']),
  ],
  'JSON with something around it': [
    ...gives(object, [fenced('{"a":1}'), { a: 1 }], [fenced('{"a":1}', '', '\r\n'), { a: 1 }]),
    ...gives(object, [`Sure:\n\n~~~ json5 x\n{"a":1}\n~~~\nBye {curly}.`, { a: 1 }]),
    ...gives(object, [`Here ${tick}json {"a":1}${tick} it is`, { a: 1 }], [`${tick}json\n{"a":1}`, { a: 1 }]),
    ...gives(object, ['<think>{"a":2} or {"a":3}?</think>\n{"a":1}', { a: 1 }]),
    ...gives(object, ['<Thinking>\n[1, 2</Thinking>So: {"a":1}', { a: 1 }], ['hm {"a":2}</think>{"a":1}', { a: 1 }]),
    ...gives(object, ['<reasoning>x</reasoning> <think></think>{"a":1}', { a: 1 }]),
    ...gives(object, ['Use {curly} braces: {"a":1}', { a: 1 }], ['[see {x}] {"a":1} [end]', { a: 1 }]),
    ...gives(object, ['As in [1], {"a":1} :-}', { a: 1 }], [':-{ {"a":1}', { a: 1 }], ['{" begins {"a":1}', { a: 1 }]),
    ...gives(object, ['The key {"name"} is for {"a":1}', { a: 1 }], ['\u200b{"a":1}\u200b', { a: 1 }]),
    ...gives(z.object({ s: z.string() }), [`Here: {"s":"} ${tick} {\\" ["}.`, { s: `} ${tick} {" [` }]),
    ...gives(z.object({ s: z.string() }), ['Tags: {"s":"<think>x</think>"}', { s: '<think>x</think>' }]),
    ...refuses(object, ['{"a":1} or {"a":2}', 'more than one'], [`${fenced('{"a":1}')}\n${fenced('{"a":2}')}`, 'more']),
    ...refuses(object, ['{"a":1', 'cut off'], ['Here: {"a":{"a":1}', 'cut off'], ['So {"a": tru', 'cut off']),
    ...refuses(object, ['[{"a":1}', 'cut off'], ['{"a":1} {"a":"x', 'cut off']),
    ...refuses(object, ['{"x":NaN,"y":{"a":1}}', 'broken'], ['{ // all\n"y":{"a":1}}', 'broken']),
    ...refuses(object, ['[{"a":1}, oops', 'expected JSON'], [`${tick}json\n{"x":{"a":1},\n${tick}\nSorry`, 'broken']),
    ...refuses(object, ['<think>{"a":1}', 'reasoning'], ['<think>{"a":1}</think> Sorry', 'expected JSON']),
    ...refuses(list, ['["a"', 'cut off'], ['["a"] or ["b"]', 'more than one']),
  ],
}

/** The same, of what stands in the wrapper that was asked for. */
const either = (...schemas: [z.ZodType, ...z.ZodType[]]) => z.union(schemas)
const note = optional.nullable()
const record = z.record(z.string(), z.unknown()).nullable()
export const wrapped: Readonly<Record<string, readonly SpokenText[]>> = {
  'a value, as it is first': [
    ...gives(either(z.number(), z.string()), ['{"result":"01234"}', '01234'], ['{"result":"+41"}', '+41']),
    ...gives(either(z.number(), z.string()), ['{"result":5}', 5], ['{"result":""}', '']),
    ...gives(
      z.string().nullable(),
      ['{"result":"null"}', 'null'],
      ['{"result":null}', null],
      ['{"result":" a "}', ' a '],
    ),
    ...gives(either(z.string(), z.boolean()), ['{"result":"true"}', 'true'], ['{"result":true}', true]),
    ...gives(either(z.string(), list), ['{"result":"[]"}', '[]'], ['{"result":[]}', []]),
    ...gives(either(z.string(), object), [String.raw`{"result":"{\"a\":1}"}`, '{"a":1}']),
    ...gives(either(z.literal(5), z.literal('5')), ['{"result":"5"}', '5'], ['{"result":5}', 5]),
    ...gives(z.enum(['null', 'x']).nullable(), ['{"result":"null"}', 'null'], ['{"result":"X."}', 'x']),
    ...gives(verdict.nullable(), ['{"result":"Good"}', 'good']),
    ...gives(z.number().nullable(), ['{"result":"5"}', 5], ['{"result":"–5"}', -5]),
  ],
  'no value that JavaScript made': [
    ...refuses(
      coerce.number(),
      ['{"result":null}', 'number'],
      ['{"result":true}', 'number'],
      ['{"result":[]}', 'number'],
    ),
    ...refuses(coerce.number(), ['{"result":" "}', 'number'], ['{"result":"about 5"}', 'number']),
    ...gives(coerce.number(), ['{"result":5}', 5], ['{"result":"5"}', 5]),
    ...refuses(
      coerce.boolean(),
      ['{"result":[]}', 'boolean'],
      ['{"result":null}', 'boolean'],
      ['{"result":"maybe"}', 'bool'],
    ),
    ...gives(coerce.boolean(), ['{"result":"false"}', false], ['{"result":true}', true]),
  ],
  'ways of a union': [
    ...refuses(either(z.object({ city: z.string() }), numbers), [
      '{"result":{"city":5}}',
      'input: city: Invalid input: exp',
    ]),
    ...refuses(either(object, numbers), ['{"result":["x"]}', 'Invalid input: 0: Invalid input: expected number']),
    ...refuses(z.array(either(z.string(), z.number())), [
      '{"elements":["a",null]}',
      '1: Invalid input: expected string',
    ]),
  ],
  'with something beside it, twice, or not to be read': [
    ...gives(either(z.string(), z.number()), ['{"result":5,"unit":"km"}', 5], ['{"unit":"km","result":"x"}', 'x']),
    ...gives(numbers, ['{"elements":[1],"n":2}', [1]], ['{"elements":{"elements":[1]}}', [1]]),
    ...gives(z.string().nullable(), ['{"result":{"result":"x"}}', 'x'], ['{"result":"{\\"x"}', '{"x']),
    ...gives(
      note,
      ['{"result":{"result":{"a":1}}}', { a: 1 }],
      ['{"result":{"a":1}}', { a: 1 }],
      ['{"a":1}', { a: 1 }],
    ),
    ...gives(
      record,
      ['{"result":{"result":{"a":1}}}', { result: { a: 1 } }],
      ['{"result":5,"n":1}', { result: 5, n: 1 }],
    ),
    ...gives(
      z.object({ result: z.number() }).nullable(),
      ['{"result":5}', { result: 5 }],
      ['{"result":{"result":5}}', { result: 5 }],
    ),
    ...refuses(
      note,
      ['{"result":{"a":1},"note":"x"}', 'something beside it'],
      ['{"result":{"result":{"result":{}}}}', 'once more'],
    ),
    ...refuses(note, ['{"result":{"result":5}}', 'expected'], ['{"result":5}', 'expected']),
    ...refuses(record, ['{"result":{"a":1},"note":"x"}', 'something beside it']),
    ...refuses(
      either(z.string(), z.number()),
      ['{"result":5', 'cut off'],
      ['{"result":5} {"result":6}', 'more than one'],
    ),
    ...refuses(
      either(z.string(), z.number()),
      ['{"result":[1]}', 'expected string, received array, or expected number'],
      ['{"result":5,}', 'broken'],
    ),
    ...refuses(
      z.string().nullable(),
      ['{"result":"The list of', 'expected { "result": … }'],
      ['{"result":"a\nb"}', 'expected {'],
    ),
    ...refuses(
      numbers,
      ['{"items":[1]}', 'expected { "elements": [ … ] }'],
      ['{"elements":["x"],"n":2}', 'expected number'],
    ),
    ...gives(
      either(z.string(), z.number()),
      ['<think>{"result":1} or {"result":2}</think>{"result":3}', 3],
      ['Five', 'Five'],
    ),
  ],
}

import fc from 'fast-check'
import { decision, fn, pass, receive } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { check, coverPaths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { decisionMatcher } from '../../src/models/parsing/decision.ts'

const branches = { true: () => 'yes', false: () => 'no' }
const any = (value: unknown) => value as never

describe('a boolean is a choice', () => {
  test.each<[string, unknown, string]>([
    ['true', true, 'yes'],
    ['false', false, 'no'],
    ['a decision of true', { decision: true }, 'yes'],
    ['a decision of false', { decision: false }, 'no'],
    ['a type of false', { type: false }, 'no'],
    ['true as a model says it', 'True.', 'yes'],
  ])('%s', async (_, said, output) => {
    const d = decision({ name: 'd', decide: async () => any(said), branches })
    expect(await d.run(1)).toBe(output)
    expect(await d.run(1, { engine: 'stock' })).toBe(output)
  })

  test('that choices may name, with branches and without', async () => {
    const alone = decision({ name: 'd', choices: [true, false], decide: (n: number) => n > 3 })
    expect([await alone.run(4), await alone.run(3)]).toEqual([{ decision: true }, { decision: false }])
    const both = decision({ name: 'd', choices: [true, false], decide: (n: number) => n > 3, branches })
    expect([await both.run(4), await both.run(3)]).toEqual(['yes', 'no'])
  })

  test('that must be one of them', async () => {
    const d = decision({ name: 'd', decide: () => any(false), branches: { true: pass(), no: pass() } })
    await expect(d.run(1)).rejects.toMatchObject({
      code: 'invalid_choice',
      message: expect.stringContaining('d was given false, which is not one of its choices: true, no'),
    })
  })

  test('and matches the text of the same words', () => {
    expect(() => decision({ name: 'd', choices: any([true, 'True']), decide: any(() => true) })).toThrow(
      'the choices true and "True" match the same text',
    )
    expect(() =>
      decision({ name: 'd', choices: [true, false], decide: () => true, branches: any({ true: pass() }) }),
    ).toThrow('the choice false has no branch')
  })

  test('that a model gives by a schema', async () => {
    for (const [content, output] of [
      ['true', 'yes'],
      ['"False."', 'no'],
      ['TRUE', 'yes'],
      ['{"decision":false}', undefined],
    ] as const) {
      const client = {
        chat: { completions: { create: async () => ({ choices: [{ message: { content }, finish_reason: 'stop' }] }) } },
      }
      const chat = openAIChat({ name: 'chat', model: 'm', output: z.boolean(), client })
      const result = await decision({ name: 'd', decide: chat, branches }).safeRun('Good?')
      expect(result.success ? result.output : undefined).toBe(output)
    }
  })

  test('that an event decides', async () => {
    const wait = receive({ name: 'wait', events: { ANSWER: z.object({ decision: z.boolean() }) } })
    const d = decision({
      name: 'd',
      decide: wait,
      branches,
    })
    const actor = d.start(1)
    actor.send({ type: 'ANSWER', decision: false })
    await new Promise((resolve) => actor.subscribe({ complete: () => resolve(0) }))
    expect(actor.getSnapshot().output).toBe('no')
  })
})

describe('what is tested without a run', () => {
  const asks = fn({ name: 'asks', run: (n: number) => n > 3, output: z.boolean() })
  const holds = fn({
    name: 'holds',
    run: (n: number) => ({ decision: n > 3 }),
    output: z.object({ decision: z.boolean() }),
  })
  const counts = fn({ name: 'counts', run: (n: number) => n, output: z.number() })

  test.each([
    ['booleans', decision({ name: 'd', decide: asks, branches })],
    ['booleans in an object', decision({ name: 'd', decide: holds, branches })],
    ['booleans by name', decision({ name: 'd', decide: asks, choices: [true, false], branches })],
    ['numbers, whose keys are texts', decision({ name: 'd', decide: counts, branches: { 1: pass(), 2: pass() } })],
  ])('goes every way of %s', async (_, d) => {
    expect(check(d)).toEqual([])
    const report = await coverPaths(d)
    expect([report.states, report.transitions]).toEqual([100, 100])
  })

  test('and a way that a boolean never goes is found', () => {
    const d = decision({ name: 'd', decide: asks as any, branches: { true: pass(), maybe: pass() } })
    expect(
      check(d)
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual(['choice-never', 'choice-unknown'])
  })
})

const decide = (said: unknown, choices: readonly (string | number | boolean)[]) =>
  decision({ name: 'd', decide: () => any(said), choices }).safeRun(1)

describe('what a model says is a choice', () => {
  const verdicts = ['good', 'bad']
  const tick = '`'.repeat(3)

  test.each([
    '**good**',
    '_good_',
    '`good`',
    'good!',
    '“good”',
    '(good)',
    '# good',
    '- good',
    'good…',
    '¿good?',
    '> good',
    '「good」',
    '« good »',
    '﻿good​',
    '\xA0good　',
    'GOOD،',
    'ｇｏｏｄ！',
    '==good==',
    '<good>',
    'g­ood',
    '*"Good"*.',
    ' "good" ',
    '• good',
    '[good]',
    '{good}',
    'good -',
    `${tick}\ngood\n${tick}`,
    `${tick}json\n"good"\n${tick}`,
    '<think>bad?</think>good',
    '<thinking>\nbad</thinking>\n\n**Good.**',
    'so it is bad … </think> good',
    '{"decision":"good"}',
    '{"type":"Good."}',
    'It is: {"decision":"good"}.',
    `My verdict:\n${tick}text\ngood\n${tick}\n`,
    '"good"',
    `${tick}json {"decision":"good"}${tick}`,
    `Here:\n${tick}json\r\n{"decision":"good"}\r\n${tick}`,
  ])('%j', async (said) => {
    expect((await decide(said, verdicts)).output).toEqual({ decision: 'good' })
  })

  test.each([
    'I think it is good',
    'good, but not bad',
    'good bad',
    'not good',
    'goodness',
    '',
    '...',
    'good 2',
    'go od',
    '{"decision":"good"} or {"decision":"bad"}',
    '{"decision":"goo',
    '{"verdict":"good"}',
    '["good"]: yes or no',
    '<think>good',
    '<think>good</think> I cannot tell',
    `${tick}\ngood\n${tick}\n${tick}\nbad\n${tick}`,
    'It is {"decision":"good"}, I think',
    'I will not say {"decision":"good"}.',
    'bad. (The format is {"decision":"good"}, as you said.)',
    `The answer is not\n${tick}\ngood\n${tick}`,
    `Never answer ${tick}good${tick} here. My answer: bad.`,
    `bad ${tick}good${tick}`,
    `bad: ${tick}good${tick}`,
    `bad: {"decision":"good"}`,
    `${tick}good\nbad\n${tick}`,
    `${tick}\ngood\nbad\n${tick}`,
    '~~good~~',
    '~good~',
    '[ ] good',
    '- [ ] **good**',
    '¬good',
    '<think>x<think>y</think>good</think> bad or good',
    '<think>x</think>good</think> I cannot say',
  ])('%j is none', async (said) => {
    expect((await decide(said, verdicts)).error?.code).toBe('invalid_choice')
  })

  test.each<[readonly (string | number)[], Readonly<Record<string, string | number | undefined>>]>([
    [['C', 'C++', 'C#'], { C: 'C', 'c.': 'C', 'C++': 'C++', '`c++`.': 'C++', '**C#**': 'C#', 'C+': undefined }],
    [['+', '-'], { '+': '+', '-': '-', '`-`': '-', '"+".': '+', '+-': undefined }],
    [['.NET', 'Java'], { '.net': '.NET', '`.NET`.': '.NET', 'java!': 'Java' }],
    [['a', 'a!'], { a: 'a', 'a!': 'a!', 'A!': 'a!', 'A.': 'a', '"a!".': 'a!' }],
    [['👍', '👎'], { '👍': '👍', '👎.': '👎', ' 👍️ ': '👍' }],
    [['?', '!'], { '?': '?', '"!"': '!', '?!': undefined }],
    [['<', '<=', '>'], { '<': '<', '`<=`': '<=', '=': undefined }],
    [['AAA', 'BB', 'B'], { 'BB+': undefined, 'B-': undefined, 'bb.': 'BB', '(B)': 'B' }],
    [[1, 2, -1], { '1.': 1, '-1': -1, '**2**': 2, '\u22121': -1, '1²': undefined, '.1': undefined, '10': undefined }],
    [['x²', 'x2'], { 'x²': 'x²', 'X2.': 'x2', '"x²"': 'x²' }],
    [['café', 'straße'], { 'cafe\u0301': 'café', 'CAFÉ!': 'café', STRASSE: 'straße' }],
    [
      ['ΟΔΟΣ', "don't know", 'follow-up'],
      { 'οδος.': 'ΟΔΟΣ', 'Don’t know': "don't know", 'Follow\u2011up': 'follow-up' },
    ],
    [['No', 'Yes'], { '№': undefined, '№.': undefined, Nº: undefined, 'no.': 'No' }],
    [['TM', 'A'], { '™': undefined, 'Ⓐ': undefined }],
    [['Yes.', 'No.'], { No: 'No.', '**yes**': 'Yes.', 'no!': 'No.', 'no.': 'No.', '!no': undefined }],
    [
      ['👍', '👎'],
      { [`${tick}\n👍\n${tick}`]: '👍', [`👎: ${tick}👍${tick}`]: undefined, [`${tick}👍${tick} 👎`]: undefined },
    ],
    [['Yes!', 'Yes?'], { yes: undefined, 'yes?': 'Yes?' }],
    [['a.m.', 'p.m.'], { 'a.m': 'a.m.', 'P.M.': 'p.m.', '"p.m"': 'p.m.' }],
    [['A+', 'B*'], { A: undefined, B: undefined }],
    [['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'other'], { '🏴󠁧󠁢󠁥󠁮󠁧󠁿.': '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿': undefined, '🏴': undefined }],
    [['好', '坏'], { '好。': '好', '「坏」': '坏' }],
    [['a  b'], { 'A b': 'a  b', 'a\u00a0b.': 'a  b', 'a\nb': 'a  b' }],
  ])('of %j, each is told from the others', async (choices, said) => {
    for (const [text, choice] of Object.entries(said)) {
      const { output, error } = await decide(text, choices)
      expect(output ?? error?.code, text).toEqual(choice === undefined ? 'invalid_choice' : { decision: choice })
    }
  })

  test('and with what stands around it, whatever is said', () => {
    const around = fc.string({
      unit: fc.constantFrom(...' .!?…。！？«»“”"\'`*_(){}\n\u00a0\u200b\ufeff'),
      maxLength: 6,
    })
    const choices = ['good', 'Bad', 'très bien', 'C++', '好', '42']
    const choose = decisionMatcher(choices)
    fc.assert(
      fc.property(around, fc.constantFrom(...choices), around, fc.boolean(), (before, choice, after, isUpper) => {
        // That says the opposite.
        fc.pre(!/[!！]/.test(before))
        // A point before a digit is a part of a number.
        fc.pre(choice !== '42' || !/\.[\u200b\ufeff]*$/.test(before))
        expect(choose(before + (isUpper ? choice.toUpperCase() : choice).normalize('NFD') + after)).toBe(choice)
      }),
      { numRuns: 2000 },
    )
  })

  test('of an enum, too, a decision knows what its model may say', () => {
    const asks = fn({ name: 'asks', run: () => any('C'), output: z.enum(['C', 'C#', 'good', 'good!']) })
    expect(check(any(decision({ name: 'd', decide: any(asks), choices: ['C', 'C#', 'good'] })))).toEqual([])
    expect(check(any(decision({ name: 'd', decide: any(asks), choices: ['C#', 'good'] })))).toMatchObject([
      { code: 'choice-unknown' },
    ])
  })

  test('a long one is quoted at its beginning', async () => {
    const { error } = await decide('x'.repeat(5000), verdicts)
    expect(error?.message.length).toBeLessThan(400)
    expect((await decide({ decision: 'y'.repeat(5000) }, verdicts)).error?.message.length).toBeLessThan(400)
  })
})

test.each<[unknown, string]>([
  [new Map([['a', 1]]), '{"a":1}'],
  [new Set(['a']), '["a"]'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [new RangeError('no'), 'no'],
  ['maybe', '"maybe"'],
])('what was decided is quoted as it is: %o', async (said, quoted) => {
  const { error } = await decision({ name: 'd', decide: () => said as string, branches: { x: () => 1 } }).safeRun(1)
  expect(error?.code).toBe('invalid_choice')
  expect(error?.message).toContain(quoted)
})

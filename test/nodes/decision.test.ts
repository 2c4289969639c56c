import { decision, fn, pass, receive } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { check, coverPaths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

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
      message: expect.stringContaining('d was given false, which is none of its choices: true, no'),
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

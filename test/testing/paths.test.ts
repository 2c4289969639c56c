import { agent, type AnyFn, branch, chain, decision, flow, fn, llmCall, loop, parallel, receive } from 'tinyllm'
import { coverPaths, paths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { creditAnalysis } from '../../machines/credit-analysis.ts'

const words = (fn: AnyFn, options?: Parameters<typeof paths>[1]) =>
  paths(fn, options).map(({ description }) => description)
const step = (name: string) => fn({ name, run: (text: string) => text })

describe('paths', () => {
  test('of a loan application: every choice, failure, retry and timeout', () => {
    const all = words(creditAnalysis)
    expect(all).toContain("deciding.chat answers 'good' → complete")
    expect(all).toContain(
      "deciding.chat answers 'bad' → emailNotification fails → failed at creditAnalysis.bad.emailNotification (run)",
    )
    expect(all).toContain("deciding.chat answers 'none of these' → failed at creditAnalysis (invalid_choice)")
    expect(all).toContain("deciding.chat times out, then answers 'good' → complete")
    expect(all).toContain('it is cancelled → failed at creditAnalysis (aborted)')
  })

  test('simple ones join what may happen', () => {
    const retry = { attempts: 3 }
    const ask = llmCall({ name: 'ask', model: async (): Promise<string> => 'good', retry })
    const credit = decision({ name: 'credit', decide: ask, branches: { good: step('file'), bad: step('email') } })
    expect(words(credit, { mode: 'simple' })).toContain(
      "credit.deciding: ask fails twice, then answers 'bad' → bad: email fails → failed at credit.bad: email (run)",
    )
  })

  test('are found for predicates by what they look at, and by samples', () => {
    const size = branch({
      name: 'size',
      cases: [
        { name: 'small', when: ({ items }: { items: string[] }) => items.length < 3, then: () => 's' },
        { name: 'large', when: ({ items }: { items: string[] }) => items.length >= 3, then: () => 'l' },
      ],
    })
    const inputs = new Set(paths(size).map(({ input }) => (input as { items?: string[] } | undefined)?.items?.length))
    expect([...inputs].filter((length) => length !== undefined).length).toBeGreaterThan(1)

    const secret = branch({
      name: 'secret',
      cases: [
        {
          name: 'open',
          when: (text: string) => text.length === 7 && text.endsWith('sesame'.slice(3)),
          then: step('open'),
        },
      ],
      otherwise: step('closed'),
    })
    const given = words(secret, { inputs: ['abcsame', 'no'] })
    expect(given).toContainEqual(expect.stringContaining('open fails'))
  })

  test('have values that mappers and schemas can work with', async () => {
    const pipeline = flow({
      name: 'pipeline',
      input: z.object({ topic: z.string().min(3), count: z.number().int().min(2) }),
      steps: (s) =>
        s
          .step('facts', ({ input }) => Array.from({ length: input.count }, () => ({ text: input.topic })))
          .step('titles', ({ value }) => value.map(({ text }) => text.toUpperCase()))
          .step(
            fn({ name: 'count', input: z.number(), output: z.number().positive(), run: (n) => n + 1 }),
            ({ value }) => value.length,
          )
          .step(receive({ name: 'ok', events: { OK: z.object({ by: z.email() }) }, timeout: 1000 }), () => undefined),
    })
    const report = await coverPaths(pipeline)
    expect(report.ok, String(report)).toBe(true)
  })

  test('end where a loop runs out of rounds', () => {
    const refine = loop({
      name: 'refine',
      body: fn({ name: 'improve', output: z.object({ score: z.number() }), run: (draft: { score: number }) => draft }),
      until: ({ value }) => value.score > 8,
      maxIterations: 4,
    })
    expect(words(refine)).toContainEqual(expect.stringMatching(/ 4 times → failed at refine \(max_iterations\)$/))
  })

  test('are plain data: steps, input and end', () => {
    const [first] = paths(chain({ name: 'it', children: [step('a'), step('b')] }))
    expect(first).toMatchObject({ description: 'no failures → complete', end: { state: 'complete' } })
    expect(first?.steps.map(({ type }) => type)).toEqual(['start', 'done', 'done'])
  })
})

/** The same pipeline, whose machine goes another way than its chart: a guard that never holds. */
function sabotaged(fn: AnyFn, guard: string): AnyFn {
  const { machine } = fn
  const provide = (given: object) => machine.provide({ ...given, guards: { [guard]: () => false } } as never)
  const wrong = new Proxy(machine, { get: (target, key) => (key === 'provide' ? provide : Reflect.get(target, key)) })
  return new Proxy(fn, { get: (target, key) => (key === 'machine' ? wrong : Reflect.get(target, key)) })
}

describe('coverPaths', () => {
  test('finds a run that does not go as its chart says', async () => {
    const both = parallel({ name: 'both', children: { a: step('a'), b: step('b') } })
    const report = await coverPaths(sabotaged(both, 'both#failBy:b'))
    expect(report.ok).toBe(false)
    expect(report.paths.filter(({ problem }) => problem).map(({ description }) => description)).toEqual([
      'b fails → failed at both.b (run)',
    ])
    expect(() => report.verify()).toThrow('different from the chart')
  })

  test('takes samples by path: values, and errors', async () => {
    const report = await coverPaths(creditAnalysis, {
      samples: {
        'creditAnalysis.deciding.chat': [
          'Good.',
          'Bad.',
          'Hm',
          Object.assign(new Error('529'), { status: 529 }),
          new Error('no'),
        ],
      },
    })
    expect(report.states).toBe(100)
    expect(report.paths.map(({ description }) => description)).toContain(
      "deciding.chat fails with '529', then answers 'Good.' → complete",
    )
  })
})

test('an agent that may be tried again still calls its tools', () => {
  const look = fn({ name: 'look', description: 'Looks.', input: z.object({ id: z.string() }), run: ({ id }) => id })
  const model = async (): Promise<string> => 'done'
  const helper = agent({
    name: 'helper',
    model: llmCall({ name: 'model', model }),
    tools: [look],
    retry: { attempts: 2 },
  })
  expect(words(helper)).toContain("think: model calls look → look works → think: model answers 'text' → complete")
  expect(words(helper)).toContainEqual(expect.stringContaining('look fails → think'))
})

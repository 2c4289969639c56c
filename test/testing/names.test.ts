import {
  actor,
  agent,
  type AnyFn,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  llmCall,
  loop,
  map,
  parallel,
  pass,
} from 'tinyllm'
import { check, coverPaths, diff, paths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { createMachine, fromPromise } from 'xstate'
import { z } from 'zod'
import { configChart } from '../../src/observe/inspector/stately/config-chart.ts'
import { allDefinitions, definitionOf } from '../../src/analysis/definition.ts'

const step = <const N extends string>(name: N) => fn({ name, run: (text: string) => text })
const classify = step('classify')
function improve(text: string) {
  return text
}
const tool = fn({ name: 'look', description: 'Looks.', input: z.object({ id: z.string() }), run: ({ id }) => id })
const ask = async () => ({ role: 'assistant' as const, content: 'hi' })
const machine = createMachine({ id: 'approvalMachine', initial: 'done', states: { done: { type: 'final' } } })
const nameless = createMachine({ initial: 'done', states: { done: { type: 'final' } } })

const labels = (root: AnyFn): string[] => allDefinitions(definitionOf(root)).map(({ label }) => label)
const until = () => true

describe('the name of a user stands beside the key', () => {
  const named: Record<string, [root: AnyFn, label: string]> = {
    'a decider': [decision({ name: 'd', decide: classify, choices: ['a'] }), 'deciding: classify'],
    'a named function that decides': [decision({ name: 'd', decide: improve, choices: ['a'] }), 'deciding: improve'],
    'a branch of a decision': [
      decision({ name: 'd', decide: classify, branches: { bad: step('refuse') } }),
      'bad: refuse',
    ],
    'a choice that is no name': [
      decision({ name: 'd', decide: classify, branches: { 'gpt-4.1': step('small') } }),
      'gpt-4.1: small',
    ],
    'a case of a branch': [
      branch({
        name: 'b',
        cases: [{ name: 'large', when: () => true, then: step('review') }],
        otherwise: step('file'),
      }),
      'large: review',
    ],
    otherwise: [
      branch({
        name: 'b',
        cases: [{ name: 'large', when: () => true, then: step('review') }],
        otherwise: step('file'),
      }),
      'otherwise: file',
    ],
    'the item of a map': [map({ name: 'm', each: step('summarise') }), 'each: summarise'],
    'the body of a loop': [loop({ name: 'l', body: improve, until, maxIterations: 2 }), 'body: improve'],
    'a child of a parallel': [parallel({ name: 'p', children: { left: step('mail') } }), 'left: mail'],
    'a renamed step of a chain': [chain({ name: 'c', children: [step('loud').as('again')] }), 'again: loud'],
    'a renamed step of a flow': [
      flow({ name: 'f', input: z.string(), steps: (s) => s.step(step('loud').as('again')) }),
      'again: loud',
    ],
    'a function of a step': [
      flow({ name: 'f', input: z.string(), steps: (s) => s.step('better', function tidy() {}) }),
      'better: tidy',
    ],
    'a renamed child of a fallback': [fallback({ name: 'f', children: [step('big').as('first')] }), 'first: big'],
    'the model of an agent': [
      agent({ name: 'a', model: llmCall({ name: 'chat', model: ask }), tools: [tool] }),
      'think: chat',
    ],
    'a function that is a model': [agent({ name: 'a', model: ask, tools: [tool] }), 'think: ask'],
    'a tool': [agent({ name: 'a', model: ask, tools: [tool] }), 'look'],
    'the machine of an actor': [actor({ name: 'approval', logic: machine }), 'approval: approvalMachine'],
    'an actor under a key': [
      parallel({ name: 'p', children: { left: actor({ name: 'approval', logic: machine }) } }),
      'left: approval: approvalMachine',
    ],
    'a replacement': [
      decision({ name: 'd', decide: classify, choices: ['a'] }).override('d.deciding', step('fake')),
      'deciding: fake',
    ],
  }
  test.each(Object.entries(named))('%s', (_, [root, label]) => {
    expect(labels(root)).toContain(label)
  })

  const silent: Record<string, [root: AnyFn, labels: readonly string[]]> = {
    'nothing where the names are the same': [chain({ name: 'c', children: [step('a')] }), ['c', 'a']],
    'nothing for a function without a name': [
      decision({ name: 'd', decide: () => 'a', branches: { a: (text: string) => text } }),
      ['d', 'deciding', 'a'],
    ],
    'nothing for what JavaScript names after an option': [map({ name: 'm', each: (n: number) => n }), ['m', 'each']],
    'nothing for a pass': [decision({ name: 'd', decide: () => 'a', branches: { a: pass() } }), ['d', 'deciding', 'a']],
    'nothing for logic without an id': [actor({ name: 'x', logic: fromPromise(async () => 1) }), ['x']],
    'nothing for a machine without one': [actor({ name: 'x', logic: nameless }), ['x']],
    'nothing for a plain model that stands in': [
      agent({ name: 'a', model: llmCall({ name: 'chat', model: ask }), tools: [] }).override('a.think', ask),
      ['a', 'think', 'act'],
    ],
  }
  test.each(Object.entries(silent))('%s', (_, [root, all]) => {
    expect(labels(root)).toEqual(all)
  })
})

describe('a name', () => {
  const said: z.ZodType<string> = z.enum(['good', 'ill'])
  const credit = (body = improve) =>
    decision({
      name: 'credit',
      decide: fn({ name: 'classify', output: said, run: () => 'good' }),
      branches: { good: loop({ name: 'refine', body, until, maxIterations: 2 }), bad: step('refuse') },
    })

  test('is in the data of the chart, for whoever draws it elsewhere, and changes no path and no version', () => {
    const { machine: chart } = credit() as unknown as { machine: { config: { version: string } } }
    const config = JSON.stringify(chart.config)
    const { root } = configChart(config, 'credit')
    const states = root.states?.find(({ key }) => key === 'running')?.states ?? []
    expect(states.map(({ path, ownName }) => [path, ownName])).toEqual([
      ['credit.deciding', 'classify'],
      ['credit.good', 'refine'],
      ['credit.bad', 'refuse'],
    ])
    function other(text: string) {
      return text
    }
    const { machine: renamed } = credit(other) as unknown as { machine: { config: { version: string } } }
    expect(JSON.stringify(renamed.config)).not.toBe(config)
    expect(renamed.config.version).toBe(chart.config.version)
  })

  test('of the item of a map is in the data of the map', () => {
    const { machine: chart } = map({ name: 'm', each: step('summarise') })
    expect(chart.config.meta).toMatchObject({ item: 'summarise' })
  })

  test('stands in what check finds, in the paths and in the table', async () => {
    expect(check(credit()).map(({ path, message }) => [path, message])).toContainEqual([
      'credit',
      expect.stringContaining('credit.deciding: classify can only return "good", "ill"'),
    ])
    const found = paths(credit()).map(({ description }) => description)
    expect(found.join('\n')).toContain('credit.deciding: classify fails → failed at credit.deciding: classify (run)')
    expect(found.join('\n')).toContain('body: improve')
    const table = String(await coverPaths(credit()))
    expect(table).toMatch(/^ {2}deciding: classify +\d/m)
    expect(table).toMatch(/^ {4}body: improve +\d/m)
    expect(table).toContain('credit.bad: refuse')
  })

  test('that changed is a change', () => {
    const [a, b] = [step('classify'), step('judge')].map((decide) => decision({ name: 'd', decide, choices: ['x'] }))
    expect(diff(a as AnyFn, b as AnyFn).changes).toContainEqual({
      path: 'd.deciding',
      what: 'name',
      before: 'classify',
      after: 'judge',
    })
  })
})

describe('paths of odd names are told as those of plain ones', () => {
  const odd = [
    'say "hi"',
    'プ "ロ" <é> 🎉 --> ; %% end',
    'when:x',
    'endWhen:x',
    'isNeeded:x',
    'a, b',
    "it's",
    'a → b',
    'line\nbreak',
  ]
  const make = (name: string) => {
    const fails = fn({
      name,
      input: z.string(),
      output: z.string(),
      retry: { attempts: 2 },
      timeout: 10,
      run: (text) => text,
    })
    const inner = flow({
      name: `${name}1`,
      input: z.string(),
      steps: (s) =>
        s
          .when(({ input }) => input === 'a', fails)
          .when(
            ({ input }) => input === 'b',
            `${name}2`,
            ({ input }) => input,
          )
          .endWhen(({ input }) => input === 'c')
          .step(
            loop({
              name: `${name}3`,
              body: step('plain'),
              until: () => true,
              next: ({ value }) => value,
              maxIterations: 2,
            }),
          ),
    })
    return chain({ name: `${name}4`, children: [inner, step(`${name}5`)] })
  }
  const told = (name: string) => paths(make(name)).map(({ description }) => description)

  test.each(odd)('%j', (name) => {
    expect(told(name)).toEqual(told('ZZ').map((text) => text.replaceAll('ZZ', name)))
  })

  test('also where a step has the name of the question about another one', async () => {
    const it = flow({
      name: 'it',
      input: z.string(),
      steps: (s) =>
        s
          .when(
            ({ input }) => input === 'a',
            'x',
            () => '',
          )
          .step('when:x', () => '')
          .step('endWhen:x', () => ''),
    })
    const told = paths(it).map(({ description }) => description)
    expect(told.join()).toContain(' → the predicate of x throws → failed at it.x (run)')
    expect(told.join()).not.toContain('x:')
    ;(await coverPaths(it)).verify()
  })
})

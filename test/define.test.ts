import { actor, branch, chain, decision, flow, fn, llmCall, parallel, validator } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

// Bad input at the definition: each mistake is a TypeError there and then, that says where it is and what to do.
const ok = fn({ name: 'ok', run: (input: string) => input })
const any = (value: unknown) => value as never

describe.each<[string, () => unknown, RegExp]>([
  ['no name', () => fn({ name: '', run: ok.run }), /A function needs a name: a non-empty string.*Give it as/],
  ['a name that is no text', () => chain({ name: any(7), children: [ok] }), /A chain needs a name/],
  ...['a.b', '#a', 'a*', 'a\\b', '__proto__'].map(
    (name) =>
      [`the name ${name}`, () => fn({ name, run: ok.run }), /cannot be named .* Use a dash/] as [
        string,
        () => unknown,
        RegExp,
      ],
  ),
  [
    'two siblings of one name in a chain',
    () => chain({ name: 'c', children: [ok, ok] }),
    /chain c has two children named "ok". Rename one: child.as\('other'\)/,
  ],
  [
    'two siblings of one name in a list',
    () => parallel({ name: 'p', children: [ok, ok] }),
    /parallel p has two children named "ok"/,
  ],
  [
    'two steps of one name',
    () => flow({ name: 'f', input: z.string(), steps: (s) => s.step(ok).step('ok', () => 1) }),
    /flow f has two children named "ok"/,
  ],
  [
    'no children in a chain',
    () => chain({ name: 'c', children: any([]) }),
    /chain c has no children. Give it at least one/,
  ],
  ['no children in a parallel', () => parallel({ name: 'p', children: {} }), /parallel p has no children/],
  ['no steps', () => flow({ name: 'f', input: z.string(), steps: any((s: unknown) => s) }), /flow f has no children/],
  [
    'a child that is not a function',
    () => chain({ name: 'c', children: any([7]) }),
    /chain c: step1 is not a function but 7. Give the result of fn\(\)/,
  ],
  [
    'a record key that is no name',
    () => parallel({ name: 'p', children: { 'a.b': ok } }),
    /A child of parallel p cannot be named "a.b"/,
  ],
  [
    'an input for a child that is not there',
    () => parallel({ name: 'p', children: { ok }, inputs: any({ no: String }) }),
    /inputs has "no", which is not a child. The children are ok/,
  ],
  [
    'an unknown mode',
    () => parallel({ name: 'p', children: { ok }, mode: any('some') }),
    /no mode "some". Use 'all' or 'settled'/,
  ],
  ['no choices', () => decision(any({ name: 'd', decide: ok })), /decision d has no choices. Give it branches/],
  [
    'a choice without a branch',
    () => decision({ name: 'd', decide: ok, choices: any(['a', 'b']), branches: any({ a: ok }) }),
    /the choice "b" has no branch. Add one; pass\(\) does nothing/,
  ],
  [
    'a branch that is no choice',
    () => decision({ name: 'd', decide: ok, choices: any(['a']), branches: any({ a: ok, b: ok }) }),
    /the branch "b" is not one of the choices/,
  ],
  [
    'two choices of the same text',
    () => decision({ name: 'd', decide: ok, branches: { good: ok, 'Good.': ok } }),
    /"good" and "Good\." match the same text/,
  ],
  [
    'a case without a predicate',
    () => branch({ name: 'b', cases: any([{ name: 'x', then: ok }]) }),
    /the case x has no predicate/,
  ],
  [
    'two cases of one name',
    () =>
      branch({
        name: 'b',
        cases: [
          { name: 'x', when: () => true, then: ok },
          { name: 'x', when: () => true, then: ok },
        ],
      }),
    /branch b has two children named "x"/,
  ],
  [
    'nothing to run',
    () => fn({ name: 'f', run: any(undefined) }),
    /function f has no run: run is undefined. Give it run/,
  ],
  [
    'a schema that is none',
    () => fn({ name: 'f', input: any({ type: 'string' }), run: ok.run }),
    /function f: input is not a schema but .*. Give a Standard Schema/,
  ],
  [
    'a schema of nothing',
    () => fn({ name: 'f', output: any(null), run: ok.run }),
    /function f: output is not a schema but .*. Give a Standard Schema/,
  ],
  ['a validator without one', () => validator(any(undefined)), /validator validator: input is not a schema/],
  [
    'an actor without logic',
    () => actor({ name: 'a', logic: any({}) }),
    /actor a has no actor logic: logic is an object. Give it logic/,
  ],
  [
    'a model that is none',
    () => llmCall({ name: 'l', model: any('gpt') }),
    /llmCall l: model is "gpt", not a model\. Give a model object/,
  ],
  [
    'no attempts',
    () => fn({ name: 'f', run: ok.run, retry: { attempts: 0 } }),
    /retry.attempts is 0. It counts all attempts/,
  ],
  [
    'a negative delay',
    () => fn({ name: 'f', run: ok.run, retry: { attempts: 2, backoff: { initial: -1 } } }),
    /retry.backoff.initial is -1/,
  ],
  [
    'half an attempt',
    () => fn({ name: 'f', run: ok.run, retry: { attempts: 1.5 } }),
    /retry.attempts is 1.5. It counts all attempts/,
  ],
  [
    'a delay that is no number',
    () => fn({ name: 'f', run: ok.run, retry: { attempts: 2, backoff: { initial: 1, max: NaN } } }),
    /retry.backoff.max is NaN/,
  ],
  [
    'a retry predicate that is none',
    () => fn({ name: 'f', run: ok.run, retry: { attempts: 2, when: any('run') } }),
    /function f: retry.when is not a function but .*. Give \(error\) => boolean/,
  ],
  ['a limit of nothing', () => fn({ name: 'f', run: ok.run, limit: any(null) }), /function f: limit is not a limit/],
  ...[NaN, Infinity, -1, '5'].map(
    (timeout) =>
      [
        `a timeout of ${String(timeout)}`,
        () => fn({ name: 'f', run: ok.run, timeout: any(timeout) }),
        new RegExp(`function f: timeout is ${timeout}. Give milliseconds`),
      ] as [string, () => unknown, RegExp],
  ),
  [
    'a timeout of nothing',
    () => chain({ name: 'c', children: [ok], timeout: 0 }),
    /chain c: timeout is 0. Give milliseconds/,
  ],
])('%s', (_, define, message) => {
  test('is refused, with the remedy', () => {
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })
})

describe('what may look like a mistake and is none', () => {
  test('a choice may be free text, or called deciding', async () => {
    const d = decision({
      name: 'd',
      decide: (x: string) => x,
      branches: { 'gpt-4.1': () => 1, deciding: () => 2, '': () => 3, '#*\\%': () => 4, ['__proto__']: () => 5 },
    })
    expect(await Promise.all(['gpt-4.1', '"Deciding".', ' ', '#*\\%', '__proto__'].map((said) => d.run(said)))).toEqual(
      [1, 2, 3, 4, 5],
    )
    const paths = Object.keys(d.machine.config.states?.running?.states ?? {})
    expect(paths).toEqual(['deciding', 'gpt-4%2E1', '%deciding', '%', '%23%2A%5C%25', '%__proto__'])
    await expect(d.override('d.gpt-4%2E1', () => Promise.reject(new Error('no'))).run('gpt-4.1')).rejects.toMatchObject(
      { path: 'd.gpt-4%2E1' },
    )
  })

  test('one try in all, and delays of nothing, are a retry', async () => {
    const retry = { attempts: 1, backoff: { initial: 0, factor: 0, max: 0 } }
    expect(await fn({ name: 'f', run: ok.run, retry }).run('x')).toBe('x')
  })
})

import { branch, fn, parallel } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { Held, restored } from './saved.ts'

const ok = fn({ name: 'ok', run: (input: number) => `ok ${input}` })
const above = (limit: number) => (input: number) => input > limit

describe('a branch', () => {
  const size = branch({
    name: 'b',
    cases: [
      { name: 'huge', when: above(100), then: (n: number) => `huge ${n}` },
      { name: 'large', when: above(10), then: (n: number) => `large ${n}` },
    ],
    otherwise: ok,
  })

  test('runs the first case whose predicate holds, on its own input', async () => {
    expect(await size.run(500)).toBe('huge 500')
    expect(await size.run(50)).toBe('large 50')
  })

  test('else runs otherwise', async () => {
    expect(await size.run(5)).toBe('ok 5')
  })

  test('asks the predicates in order, and none after the one that holds', async () => {
    const asked: string[] = []
    const predicate = (name: string, holds: boolean) => () => (asked.push(name), holds)
    const it = branch({
      name: 'b',
      cases: [
        { name: 'a', when: predicate('a', false), then: ok },
        { name: 'b', when: predicate('b', true), then: ok },
        { name: 'c', when: predicate('c', true), then: ok },
      ],
    })
    expect(await it.run(1)).toBe('ok 1')
    expect(asked).toEqual(['a', 'b'])
  })

  test('without otherwise, an input that no case matches fails it with invalid_choice', async () => {
    const it = branch({ name: 'b', cases: [{ name: 'large', when: above(10), then: ok }] })
    await expect(it.run(1)).rejects.toMatchObject({
      code: 'invalid_choice',
      path: 'b',
      state: 'running',
      message: expect.stringContaining('no otherwise. Add one'),
    })
  })

  test('a predicate that throws, or returns a promise, fails the branch and not the actor', async () => {
    const boom = (): never => {
      throw new Error('boom')
    }
    await expect(branch({ name: 'b', cases: [{ name: 'x', when: boom, then: ok }] }).run(1)).rejects.toMatchObject({
      code: 'run',
      path: 'b',
      state: 'running',
      cause: { message: 'boom' },
    })
    const asynchronous = branch({ name: 'b', cases: [{ name: 'x', when: (async () => true) as never, then: ok }] })
    await expect(asynchronous.run(1)).rejects.toMatchObject({
      message: expect.stringContaining('predicate of x returned a promise'),
    })
  })

  test('a failure has the path of its case', async () => {
    const broken = fn({ name: 'broken', run: () => Promise.reject<string>(new Error('no')) })
    const it = branch({ name: 'b', cases: [{ name: 'large', when: above(10), then: broken }], otherwise: broken })
    await expect(it.run(50)).rejects.toMatchObject({ path: 'b.large' })
    await expect(it.run(5)).rejects.toMatchObject({ path: 'b.otherwise' })
  })

  test('a case may have the name of the state in which the predicates are asked', async () => {
    const it = branch({ name: 'b', cases: [{ name: 'deciding', when: above(10), then: ok }], otherwise: ok })
    expect(await it.run(50)).toBe('ok 50')
    expect(Object.keys((it.machine.config as any).states.running.states)).toEqual([
      'deciding',
      '%deciding',
      'otherwise',
    ])
  })

  describe('restored', () => {
    const held = new Held<string>()
    const when = vi.fn(above(10))
    const it = branch({ name: 'b', cases: [{ name: 'large', when, then: (_: number) => held.run() }] })

    test('in a case, it does not ask the predicates again', async () => {
      const saved = await held.saved(it, 50)
      when.mockClear()
      const run = restored(it, saved)
      await held.resolve('done')
      expect(await toPromise(run)).toBe('done')
      expect(when).not.toHaveBeenCalled()
    })

    test('with another choice than the case that it is in, it is rejected', async () => {
      const saved = await held.saved(it, 50)
      const edited = saved.replace('"choice":"large"', '"choice":"x"')
      expect(edited).not.toBe(saved)
      await expect(toPromise(restored(it, edited))).rejects.toMatchObject({ code: 'snapshot_mismatch', path: 'b' })
    })
  })

  test('regions decide by themselves', async () => {
    expect(await parallel({ name: 'p', children: { size, again: size }, inputs: { again: () => 50 } }).run(5)).toEqual({
      size: 'ok 5',
      again: 'large 50',
    })
  })

  test.each<[string, object, string]>([
    ['without cases', { cases: [] }, 'branch b has no children'],
    ['with cases that are not a list', { cases: {} }, 'branch b: cases is not an array'],
    ['with a case without a predicate', { cases: [{ name: 'x', then: ok }] }, 'the case x has no predicate'],
    ['with a case without a function', { cases: [{ name: 'x', when: above(1) }] }, 'branch b: x is not a function'],
    [
      'with two cases of one name',
      {
        cases: [
          { name: 'x', when: above(1), then: ok },
          { name: 'x', when: above(2), then: ok },
        ],
      },
      'branch b has two children named "x"',
    ],
  ])('%s is a TypeError where it is defined', (_, config, message) => {
    const define = () => branch({ name: 'b', ...config } as never)
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })
})

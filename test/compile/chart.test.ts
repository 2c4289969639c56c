import { type AnyFn, chain, decision, fallback, fn, loop, map, parallel, pass, validator } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { chartOf, reachable, states } from '../contract/chart.ts'

const unreached = (pipeline: AnyFn) => {
  const reached = reachable(chartOf(pipeline))
  return states(chartOf(pipeline)).flatMap(({ at }) => (reached.has(at.join('.')) ? [] : [at.join('.')]))
}

describe('a chart', () => {
  test('draws no edge that can never be taken, and no state that nothing leads to', () => {
    const quiet = chain({
      name: 'quiet',
      children: [pass(), parallel({ name: 'both', children: { a: pass(), b: pass() } })],
    })
    const pipeline = chain({ name: 'c', children: [quiet, quiet.as('again')] })
    expect(unreached(pipeline)).toEqual([])
    const keys = states(chartOf(pipeline)).map(({ at }) => at.at(-1))
    expect(keys.filter((key) => key === 'failed')).toEqual(['failed'])
  })

  test('has a failed state wherever something can fail', () => {
    const one = fn({ name: 'one', run: (n: number) => n })
    for (const child of [
      one,
      validator(z.number()),
      chain({ name: 'x', children: [one] }),
      decision({ name: 'x', decide: () => 'a', branches: { a: pass() } }),
      fallback({ name: 'x', children: [one] }),
      loop({ name: 'x', body: pass<number>(), until: () => true, maxIterations: 1 }),
      map({ name: 'x', each: pass<number>() }),
    ] as AnyFn[]) {
      const outer = chain({ name: 'c', children: [pass(), child] as never })
      expect(unreached(outer)).toEqual([])
      expect(states(chartOf(outer)).map(({ at }) => at.join('.'))).toContain(`running.${child.name}.failed`)
    }
  })

  test('begins every root in a transient state, and enters no parallel state at once', () => {
    const pipeline = parallel({ name: 'p', children: { a: pass(), b: pass() } })
    expect(chartOf(pipeline).initial).toBe('starting')
  })

  test('says of every function where it is, what it is, and which slot of the context it has', () => {
    const pipeline = chain({
      name: 'c',
      children: [fn({ name: 'a', run: (n: number) => n, tags: ['x'], description: 'adds', meta: { mine: 1 } })],
    })
    const { state } = states(chartOf(pipeline)).find(({ at }) => at.join('.') === 'running.a') ?? expect.unreachable()
    expect(state).toMatchObject({
      description: 'adds',
      tags: ['x'],
      meta: { mine: 1, path: 'c.a', kind: 'function', slot: [0, 1] },
    })
  })

  test('carries the schemas of each function for whoever shows it, outside of its JSON', () => {
    const [input, output] = [z.number(), z.string()]
    const run = String
    const pipeline = parallel({
      name: 'p',
      children: [
        fn({ name: 'both', input, output, run }),
        fn({ name: 'in', input, run }),
        fn({ name: 'out', output, run }),
        fn({ name: 'none', run }),
      ],
    })
    const schemas = (key: string) =>
      (chartOf(pipeline).states?.running?.states?.[key] as { meta?: { schemas?: object } } | undefined)?.meta?.schemas
    expect(schemas('both')).toEqual({ input, output })
    expect(schemas('in')).toEqual({ input })
    expect(schemas('out')).toEqual({ output })
    expect(schemas('none')).toBeUndefined()
    expect(JSON.stringify(chartOf(pipeline))).not.toContain('schemas')
  })

  test('gives regions slots of their own, and lets a chain reuse one', () => {
    const leaf = (name: string) => fn({ name, run: (n: number) => n })
    const slots = (pipeline: AnyFn) =>
      states(chartOf(pipeline)).flatMap(
        ({ state }) => (state as { meta?: { slot?: number[] } }).meta?.slot?.join('.') ?? [],
      )
    expect(slots(chain({ name: 'c', children: [leaf('a'), leaf('b')] }))).toEqual(['0.0', '0.1', '0.1'])
    const children = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`r${n}`, chain({ name: 'c', children: [leaf('a')] })]),
    )
    const wide = slots(parallel({ name: 'p', children }))
    expect(new Set(wide).size).toBe(81)
    expect(wide.at(-1)).toBe('2.16')
  })
})

import { chain, fn, flow, loop } from 'tinyllm'
import { coverPaths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const v = z.object({ v: z.number() })
const q = z.object({ q: z.number() })
const n = z.object({ n: z.number() })
const add = fn({ name: 'b', input: v, run: async ({ v }) => v + 1 })
const inc = fn({ name: 'inc', run: async (value: number) => value + 1 })
const inner = loop({ name: 'i', body: inc, until: ({ value }) => value > 2, maxIterations: 3 })
const steps = flow({
  name: 'fl',
  input: n,
  steps: (s) => s.step(inner, ({ input }) => input.n).step('x', ({ value }) => ({ n: value })),
})
const maxIterations = 4

const loops = {
  'a body with an input': loop({
    name: 'l',
    body: add,
    until: ({ value }) => value > 3,
    next: ({ value }) => ({ v: value }),
    maxIterations,
  }),
  'a result': loop({
    name: 'l',
    body: add,
    until: ({ value }) => value > 3,
    next: ({ value }) => ({ v: value }),
    result: ({ value, iteration }) => [value, iteration],
    maxIterations,
  }),
  'a body with an input and an output': loop({
    name: 'l',
    body: fn({ name: 'b', input: v, output: q, run: async ({ v }) => ({ q: v + 1 }) }),
    until: ({ value }) => value.q > 3,
    next: ({ value }) => ({ v: value.q }),
    maxIterations,
  }),
  'a body whose output nobody knows': loop({
    name: 'l',
    body: fn({ name: 'b', input: v, run: async ({ v }) => ({ deep: { q: v + 1, isDone: v > 7 } }) }),
    until: ({ value }) => value.deep.isDone,
    next: ({ value }) => ({ v: value.deep.q }),
    maxIterations,
  }),
  'a text for the next round': loop({
    name: 'l',
    body: fn({ name: 'b', input: z.object({ text: z.string().min(2) }), run: async ({ text }) => text }),
    until: ({ value }) => value === 'done',
    next: ({ value, input }) => ({ text: `${input.text} ${value}` }),
    maxIterations,
  }),
  'the input of the loop in the next round': loop({
    name: 'l',
    body: fn({ name: 'b', input: z.object({ v: z.number(), t: z.string() }), run: async ({ v }) => v + 1 }),
    until: ({ value }) => value > 3,
    next: ({ value, input }) => ({ ...input, v: value }),
    maxIterations,
  }),
  'a flow as its body': loop({
    name: 'l',
    body: steps,
    until: ({ value }) => value.n >= 6,
    next: ({ value }) => ({ n: value.n }),
    maxIterations,
  }),
  'a chain as its body': loop({
    name: 'l',
    body: chain({ name: 'c', children: [add, inc] }),
    until: ({ value }) => value > 3,
    next: ({ value }) => ({ v: value }),
    maxIterations,
  }),
  'a loop as its body': loop({
    name: 'l',
    body: loop({
      name: 'inside',
      body: add,
      until: ({ value }) => value > 3,
      next: ({ value }) => ({ v: value }),
      maxIterations,
    }),
    until: ({ value }) => value > 100,
    next: ({ value }) => ({ v: value }),
    maxIterations,
  }),
}

describe('every path of a loop with next', () => {
  test.each(Object.entries(loops))('%s', async (_, it) => {
    const report = await coverPaths(it)
    report.verify()
    expect(report).toMatchObject({ states: 100, transitions: 100 })
  })

  test('after a step that makes its first input', async () => {
    const it = chain({
      name: 'it',
      children: [
        fn({ name: 'first', run: async (text: string) => ({ v: text.length }) }),
        loops['a body with an input'],
      ],
    })
    expect((await coverPaths(it)).missing).toEqual([])
  })
})

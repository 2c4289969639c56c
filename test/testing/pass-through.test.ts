import { chain, flow, fn, loop, pass } from 'tinyllm'
import { coverPaths, paths } from 'tinyllm/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'

type Count = { n: number }
const rounds = { until: ({ value }: { value: Count }) => value.n > 5, maxIterations: 3 }

// What a function needs that returns its input is what follows it needs, and in a loop it follows itself.
test.each([
  ['a pass', loop({ name: 'again', body: pass<Count>(), ...rounds })],
  ['a chain of them', loop({ name: 'again', body: chain({ name: 'all', children: [pass<Count>()] }), ...rounds })],
])('a loop around %s is walked through, each state of it', async (_, pipeline) => {
  const report = await coverPaths(pipeline)
  expect(report.states).toBe(100)
  expect(report.paths.filter(({ problem }) => problem !== undefined)).toEqual([])
})

test('steps that return their input, and may all be left out, take no more time together than one by one', () => {
  const last = fn({ name: 'last', input: z.object({ n: z.number() }), run: (count) => count })
  const pipeline = flow({
    name: 'skipping',
    input: z.object({ n: z.number() }),
    steps: (s) =>
      Array.from({ length: 24 }, (_, index) => index)
        .reduce(
          (all, index) =>
            all.when(({ value }) => (value as Count).n > index, pass<Count, string>({ name: `p${index}` })) as never,
          s,
        )
        .step(last),
  })
  expect(paths(pipeline, { maxPaths: 1 })).toHaveLength(1)
})

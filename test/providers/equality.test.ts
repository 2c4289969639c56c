import { describe, expect, test } from 'vitest'
import { ours, oursRestored, type Talk, theirs } from './conversation.ts'
import { differences } from './difference.ts'
import { specimens } from './models.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { withoutWords } from './words.ts'

// The measure of what an agent sends: the AI SDK's own agent, on the same answers of the same server.

const modes = [
  ['whole', false],
  ['streamed', true],
] as const

describe.each(specimens)('$name', (specimen) => {
  const fitting = scenarios.filter(({ fits }) => fits?.(specimen) ?? true)

  describe.each(modes)('%s', (_, stream) => {
    test.each(fitting)('$name: the requests are those of the AI SDK', async (scenario) => {
      const [mine, yardstick] = [await ours(specimen, scenario, stream), await theirs(specimen, scenario, stream)]
      expectSame(mine, yardstick, scenario)
    })

    const held = fitting.filter(({ name }) => ['one call', 'a signed thought, a text, two calls'].includes(name))
    test.each(held)('$name: saved while the tool runs, it goes on as it would have', async (scenario) => {
      const [mine, yardstick] = [
        await oursRestored(specimen, scenario, stream),
        await theirs(specimen, scenario, stream),
      ]
      expectSame(mine, yardstick, scenario)
    })
  })
})

function expectSame(ours: Talk, theirs: Talk, { turns, ownWords }: Scenario): void {
  expect(theirs.problem, 'the AI SDK itself').toBe(undefined)
  expect(theirs.requests).toHaveLength(turns.length)
  expect(ours.problem).toBe(undefined)
  const [mine, yardstick] = ownWords
    ? [withoutWords(ours.requests), withoutWords(theirs.requests)]
    : [ours.requests, theirs.requests]
  const found = differences(mine, yardstick, 'requests')
  if (found.length > 0) expect.fail(found.join('\n'))
}

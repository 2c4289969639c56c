import { agent, fn } from 'tinyllm'
import { expect, test } from 'vitest'
import { z } from 'zod'

const step = fn({ name: 'step', description: 'Steps.', input: z.object({ n: z.number() }), run: ({ n }) => `${n}` })
/** How long so many turns take, in ms. */
async function timeOf(turns: number): Promise<number> {
  let turn = 0
  const model = () =>
    turn++ < turns
      ? {
          role: 'assistant' as const,
          content: null,
          tool_calls: [
            { id: `c${turn}`, type: 'function' as const, function: { name: 'step', arguments: `{"n":${turn}}` } },
          ],
        }
      : 'Done.'
  const it = agent({ name: 'it', model, tools: [step], maxTurns: turns + 1 })
  const before = performance.now()
  expect(await it.run('Go')).toBe('Done.')
  expect(turn).toBe(turns + 1)
  return performance.now() - before
}

test('3,200 turns of an agent take a time in proportion to their number', { timeout: 120_000 }, async () => {
  await timeOf(200)
  const few = Math.min(await timeOf(400), await timeOf(400))
  const many = await timeOf(3200)
  // Eight times as many; in proportion to the square it would be 64.
  expect(many / few).toBeLessThan(30)
})

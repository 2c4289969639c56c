import { agent, fn, PipelineError, type RunContext } from 'tinyllm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { scriptedModel, type Turn } from './server.ts'

/** Numbers between 0 and 1 that are the same on every run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

test('200 agents on a server and with tools that fail in every way end with an output or a typed error', async () => {
  const roll = dice(7)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(roll() * items.length)] as T
  const calls: Exclude<Turn, string>[number][] = [
    ['steady', { n: 1 }],
    ['steady', { n: 'one' }],
    ['steady', '{"n":'],
    ['failing', {}],
    ['hanging', {}],
    ['unknown', {}],
    ['flaky', {}],
  ]
  const script = (): Turn =>
    roll() < 0.4 ? 'Done.' : Array.from({ length: 1 + Math.floor(roll() * 3) }, () => pick(calls))
  const { mock, model } = await scriptedModel(script, { retry: { attempts: 2 }, timeout: 2000 })
  mock.setChaos({ dropRate: 0.08, malformedRate: 0.08, disconnectRate: 0.08 })

  const tool = { description: 'A tool.', input: z.object({}) }
  const steady = fn({ ...tool, name: 'steady', input: z.object({ n: z.number() }), run: ({ n }) => ({ n }) })
  const failing = fn({ ...tool, name: 'failing', run: (): string => pick([JSON.parse('{'), () => 1]) as string })
  const hang = (_: unknown, { signal }: RunContext) =>
    new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const hanging = fn({ ...tool, name: 'hanging', timeout: 5, run: hang })
  const flaky = fn({
    ...tool,
    name: 'flaky',
    retry: { attempts: 3 },
    run: async () => (roll() < 0.5 ? Promise.reject(new Error('not yet')) : 'ok'),
  })
  const it = agent({ name: 'it', model, tools: [steady, failing, hanging, flaky], maxTurns: 4 })

  const ends = new Map<string, number>()
  const one = async () => {
    const options = roll() < 0.1 ? { signal: AbortSignal.timeout(Math.floor(roll() * 60)) } : {}
    const result = await it.safeRun('Go', options)
    if (!result.success) expect(result.error).toBeInstanceOf(PipelineError)
    const end = result.success ? result.output : result.error.code
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 20 }, one))

  expect([...ends.values()].reduce((sum, count) => sum + count)).toBe(200)
  expect(
    [...ends.keys()].filter((end) => !['Done.', 'run', 'max_iterations', 'aborted', 'timeout'].includes(end)),
  ).toEqual([])
  // Chaos that never leads anywhere would show nothing.
  for (const end of ['Done.', 'run', 'max_iterations', 'timeout']) expect(ends.has(end), end).toBe(true)
}, 60_000)

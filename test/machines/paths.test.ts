import { check, coverPaths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { extractor } from '../../machines/extractor.ts'
import { researcher } from '../../machines/researcher.ts'
import { supportAgent } from '../../machines/support-agent.ts'
import { supervisor } from '../../machines/supervisor.ts'
import { toolAgent } from '../../machines/tool-agent.ts'

describe.each(
  [extractor, researcher, supervisor, supportAgent, toolAgent].map((agent) => [agent.name, agent] as const),
)('%s', (_, agent) => {
  test('has nothing that check finds', () => {
    expect(check(agent)).toEqual([])
  })

  test('goes every way of its chart as it says', { timeout: 60_000 }, async () => {
    // A conversation that is long from the beginning, for the researcher's notes; its beforeTurn never stops it.
    const inputs = ['Who?', 'Who? '.repeat(9000)]
    const report = agent === researcher ? await coverPaths(researcher, { inputs }) : await coverPaths(agent)
    expect(() => report.verify(agent === researcher ? 98 : 100)).not.toThrow()
  })
})

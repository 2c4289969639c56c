import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { read, root } from './tools/repository.ts'

/** What `main` of each example gives. */
const results: Record<string, unknown> = {
  '01-function': {
    greeting: 'Hello Ada',
    refused: { code: 'input_validation', issues: [{ path: ['who'], message: expect.any(String) }] },
  },
  '02-chain': 'Zustandsdiagramm',
  '03-parallel': {
    all: { summary: 'I love statech…', sentiment: 'positive' },
    first: 'positive',
    second: 'attempt.translation failed while running: The translator is on holiday.',
  },
  '04-decision': {
    queue: 'billing',
    lost: 'invalid_choice: support was given "I am not sure", which is none of its choices: refund, repair. Ask for one of them, or add it.',
  },
  '05-flow': { text: 'Statecharts: statecharts are pictures, statecharts are programs.', sources: 2 },
  '06-credit-analysis': {
    good: { emailNotification: { sent: true }, backgroundCheck: { completed: true, words: 8 } },
    bad: { loanApplication: 'Three defaults in two years' },
  },
  '07-embedding': { translation: 'GOOD MORNING', problem: 'input_validation' },
  '08-streaming': {
    deltas: ['poem.poet: Roses ', 'poem.poet: are ', 'poem.poet: red'],
    tokens: 3,
    states: 14,
    output: 'Roses are red.',
  },
  '09-cancelling': {
    codes: ['aborted', 'timeout'],
    log: [
      // XState leaves the last region first.
      'searches.archive was told to stop',
      'searches.web was told to stop',
      'searches.archive was told to stop',
      'searches.web was told to stop',
    ],
  },
  '10-retry-and-timeout': {
    currency: 'EUR',
    rate: 1.08,
    attempt: 3,
    idempotencyKey: 'rate-1:fetchRate',
    waits: ['attempt 1 failed', 'attempt 2 failed'],
  },
  '11-persisting': {
    output: 'Statecharts are old, and Statecharts are useful.',
    log: ['research', 'write essay-1:essay.write', 'write essay-1:essay.write'],
  },
}

const names = readdirSync(`${root}examples`).map((file) => file.replace(/\.ts$/, ''))

describe.each(names)('examples/%s.ts', (name) => {
  test('gives what it is meant to give', async () => {
    const { main } = (await import(`../examples/${name}.ts`)) as { main: () => Promise<unknown> }
    expect(results).toHaveProperty(name)
    expect(await main()).toEqual(results[name])
  })

  test('is short, and says how to run it', () => {
    const lines = read(`examples/${name}.ts`).trimEnd().split('\n')
    expect(lines.length).toBeLessThan(60)
    expect(lines[1]).toBe(`// Run it: npx jiti examples/${name}.ts (from Node 22.18 on also: node examples/${name}.ts)`)
  })
})

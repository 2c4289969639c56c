import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ModuleExports } from '../src/cli/load.ts'
import { pickPipeline, providedBy } from '../src/cli/pipeline.ts'
import { read, root } from './tools/repository.ts'

/** What `main` of each example returns. */
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
    lost: 'invalid_choice: support was given "I am not sure", which is not one of its choices: refund, repair. Return one of them, or add it.',
  },
  '05-flow': { text: 'Statecharts: statecharts are pictures, statecharts are programs.', sources: 2 },
  '06-credit-analysis': {
    good: { emailNotification: { sent: true }, backgroundCheck: { completed: true, words: 8 } },
    bad: { loanApplication: 'Three defaults in two years' },
  },
  '07-inside-an-xstate-app': { translation: 'GOOD MORNING', problem: 'input_validation' },
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
      'searches.archive was aborted',
      'searches.web was aborted',
      'searches.archive was aborted',
      'searches.web was aborted',
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
  '12-structured-output': { product: 'router', urgent: true, since: 2024 },
  '13-waiting-for-a-person': { paid: 420, reference: 'refund-A-18:refund.pay' },
  '14-conversation': {
    first: 'I looked it up: rain in Oslo.',
    second: 'I looked it up: rain in Oslo.',
    roles: ['user', 'assistant', 'tool', 'assistant', 'user', 'assistant'],
  },
  '15-tokens-and-cost': {
    id: 'essay-1',
    usage: { inputTokens: 2000, outputTokens: 200, cost: expect.closeTo(0.00141) },
    steps: { 'essay.draft': 1100, 'essay.polish': 1100 },
  },
  '16-sse-to-a-browser': ['event: token', 'event: token', 'event: token', 'event: output'],
  '17-retrieval': {
    answer: 'It says: A model is paid by the token; the price varies.',
    sources: ['A model is paid by the token; the price varies.'],
  },
  '18-other-providers': {
    output: 'Bonjour',
    usage: { inputTokens: 5, outputTokens: 2, cost: expect.closeTo(0.000009, 9) },
  },
  '19-images': { total: 25, currency: 'EUR' },
  '20-guardrails': ['Ask the front desk.', 'I cannot help with that.'],
  '21-agents-as-tools': {
    output: '0.7, [{"text":"0.7 million","language":"fr"}]',
    calls: [
      'supervisor.act[researcher].researcher',
      'supervisor.act[researcher].researcher.act[population].population',
      'supervisor.act[translator].translator',
    ],
  },
  '23-review-many': {
    refused: ['ambiguous'],
    open: [
      {
        path: 'refunds[1].review',
        input: { order: 'A-18', amount: 420, risk: 'high' },
        types: ['APPROVE', 'REJECT'],
      },
    ],
    output: [
      { type: 'APPROVE', by: 'Ada' },
      { type: 'REJECT', reason: 'too much' },
    ],
  },
  '24-approving-calls': {
    asked: [
      { path: 'clerk.act[c0].pay', id: 'c0', input: { to: 'Ada', amount: 500 } },
      { path: 'clerk.act[c1].pay', id: 'c1', input: { to: 'Bob', amount: 900 } },
    ],
    output:
      'A person changed the arguments of this call to {"to":"Ada","amount":50}. 50 to Ada / A person rejected this call. Their reason: paid already / 20 to Eve',
  },
  '22-request-data': { ada: 'You ordered ["a lathe"]', bob: 'You ordered []' },
}

const names = readdirSync(`${root}examples`).map((file) => file.replace(/\.ts$/, ''))

describe.each(names)('examples/%s.ts', (name) => {
  test('returns what it is meant to return', async () => {
    const { main } = (await import(`../examples/${name}.ts`)) as { main: () => Promise<unknown> }
    expect(results).toHaveProperty(name)
    expect(await main()).toEqual(results[name])
  })

  test('runs with its sample, as `tinyllm run` runs it', async () => {
    const module = (await import(`../examples/${name}.ts`)) as ModuleExports
    const pipeline = pickPipeline(module, name, undefined)
    const result = await pipeline.safeRun(module.sample, { timeout: 10_000, ...providedBy(module) })
    expect(result.error).toBeUndefined()
  })

  test('is short, and says how to run it', () => {
    const lines = read(`examples/${name}.ts`).trimEnd().split('\n')
    expect(lines.length).toBeLessThan(60)
    expect(lines[1]).toBe(`// Run it: npx tinyllm run examples/${name}.ts`)
    expect(lines.at(-2)).toBe(`// node examples/${name}.ts (before Node 22.18: npx jiti examples/${name}.ts)`)
  })
})

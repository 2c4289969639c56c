import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { root } from './tools/repository.ts'

/*
 * The programs that people write with other libraries, as a user would write them: no casts, and no annotations that
 * the compiler could do without. That they compile is tested with every compiler; here they run.
 */

const results: Record<string, unknown> = {
  'code-review': {
    findings: ['security: + eval(input)', 'style: + eval(input)'],
    missing: ['codeReview.reviewers.tests failed while running: No runner for + eval(input).'],
  },
  'corrective-retrieval': {
    answer: 'Answer: A statechart has states within states.\n\nWhat nests?',
    query: 'statechart',
  },
  'customer-support': {
    replies: ['Dear Bob, read the manual.', 'Dear Ada, you get 42 € for A-17.', 'Sorry, Ada, there is no refund.'],
    paid: 1,
  },
  'evaluator-optimizer': { text: 'Guten Morgen, Ada!', attempts: 2 },
  'map-reduce': { summary: 'All in all: Harel: A …\nSCXML: A …', parts: 2 },
  'orchestrator-workers': 'Past\nAbout Harel.\n\nPresent\nAbout XState.',
  'plan-and-execute': { answer: 'It is 42.', steps: 2, rounds: 3 },
  'react-agent': {
    answer: 'It is 14 °C in Oslo.',
    tools: [
      'capitalOf {"country":"Norwegen"}',
      'failed',
      'capitalOf {"country":"Norway"}',
      'ok',
      'temperature {"city":"Oslo"}',
      'ok',
    ],
  },
  reflection: { text: 'Statecharts are nested, with an example', rounds: 2 },
  routing: 'YOU ARE A PHYSICIST. WHY DO THINGS FALL?',
  'structured-output': { output: 'Ada Lovelace, 1815', tokens: 70, requests: 1 },
  supervisor: '2.1, 0.7, 2.8',
  'tool-review': {
    reply: 'A person rejected this call. Their reason: Bob is on holiday',
    sent: ['ada@example.com: hello'],
    refused: [],
  },
}

const names = readdirSync(`${root}test/types/programs`).map((file) => file.replace(/\.ts$/, ''))

describe.each(names)('test/types/programs/%s.ts', (name) => {
  test('runs, and returns what it is meant to return', async () => {
    const { main } = (await import(`./types/programs/${name}.ts`)) as { main: () => Promise<unknown> }
    expect(results).toHaveProperty(name)
    expect(await main()).toEqual(results[name])
  })
})

import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtCheckout } from './built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
const machine = 'machines/credit-analysis.ts'

beforeAll(async () => {
  checkout = await builtCheckout()
  checkout.write('poor.ts', poor('Why, {name}?', 1e6))
  checkout.write('better.ts', poor('Why so, {name}?', 5))
  checkout.write('empty.ts', 'export const nothing: number = 1')
})
afterAll(() => rmSync(checkout.folder, { recursive: true, force: true }))

const poor = (text: string, maxIterations: number) => `
import { chain, fn, loop } from 'tinyllm'
import { openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
export const ask = openAIPromptTemplate({ name: 'ask', sections: [openAIUserMessage('${text}')] })
export const round = loop({ name: 'round', body: (n: number) => n + 1, until: ({ value }) => value > 3, maxIterations: ${maxIterations} })
`

describe('tinyllm check', () => {
  test('says that a sound pipeline is, and ends with 0', async () => {
    const { code, stdout } = await checkout.tinyllm(['check', machine])
    expect(stdout).toBe('✔ creditAnalysis: no problems found.\n')
    expect(code).toBe(0)
  })

  test('says what is wrong, where and what to do, and ends with 1', async () => {
    const ask = await checkout.tinyllm(['check', 'poor.ts', '--export', 'ask'])
    expect(ask).toMatchObject({ code: 0, stdout: '✔ ask: no problems found.\n' })
    const { code, stdout } = await checkout.tinyllm(['check', 'poor.ts', '--export', 'round'])
    expect(stdout).toContain(
      '✖ round may run 1,000,000 iterations, which is not an effective bound. loop-unbounded\n    Make maxIterations',
    )
    expect(stdout).toContain('round: 1 error\n')
    expect(code).toBe(1)
    const json = await checkout.tinyllm(['check', 'poor.ts', '--export', 'round', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, findings: [{ code: 'loop-unbounded', path: 'round' }] })
  })
})

describe('tinyllm paths', () => {
  test('shows every path in words', async () => {
    const { code, stdout } = await checkout.tinyllm(['paths', machine])
    expect(stdout).toMatch(/^✔ .*answers 'good' → complete$/m)
    expect(stdout).toMatch(
      /^✖ .*answers 'bad' → emailNotification fails → failed at creditAnalysis.bad.emailNotification \(run\)$/m,
    )
    expect(stdout).toMatch(/\n\d+ paths\n$/)
    expect(code).toBe(0)
  })

  test('says where a bound was met', async () => {
    const { stdout } = await checkout.tinyllm(['paths', machine, '--simple', '--max', '3'])
    expect(stdout).toContain('3 paths\n\nBounded: there are more than 3 paths (maxPaths).')
  })

  test('runs each, and tells the coverage', async () => {
    const { code, stdout } = await checkout.tinyllm(['paths', machine, '--cover'])
    expect(stdout).toMatch(/paths, all end where the chart says/)
    expect(stdout).toMatch(/100 % +100 %/)
    expect(code).toBe(0)
  })
})

describe('tinyllm graph', () => {
  test.each([
    [[], /^flowchart LR\n {2}subgraph f0 \["creditAnalysis/],
    [['--format', 'svg'], /^<svg [\s\S]*<\/svg>\n$/],
    [['--format', 'json'], /^\{\n {2}"id": "creditAnalysis"/],
  ])('%j', async (options, expected) => {
    const { code, stdout } = await checkout.tinyllm(['graph', machine, ...options])
    expect(stdout).toMatch(expected)
    expect(code).toBe(0)
  })
})

describe('tinyllm diff', () => {
  test('shows what changed, and ends with 1; with 0 if nothing did', async () => {
    const changed = await checkout.tinyllm(['diff', 'poor.ts', 'better.ts', '--export', 'ask'])
    expect(changed.stdout).toContain('~ ask: prompt\n    − user: Why, {name}?\n    + user: Why so, {name}?')
    expect(changed.stdout).toContain('A saved run of the first continues with the second.')
    expect(changed.code).toBe(1)
    const same = await checkout.tinyllm(['diff', machine, machine])
    expect(same).toMatchObject({ code: 0, stdout: 'creditAnalysis and creditAnalysis are the same.\n' })
  })
})

test.each([
  [['check'], 'No file was given.'],
  [['check', 'empty.ts'], 'exports no pipeline'],
  [['paths', machine, '--max', 'many'], 'is not a number of paths'],
  [['graph', machine, '--format', 'png'], '--format does not take png. Give one of mermaid, svg, json'],
  [['graph', machine, '--fromat', 'svg'], 'Unknown option --fromat'],
  [['diff', machine], 'Two files are needed:'],
])('%j says what is missing', async (args, message) => {
  const { code, stderr } = await checkout.tinyllm(args)
  expect(stderr).toContain(message)
  expect(code).toBe(1)
})

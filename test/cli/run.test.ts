import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mockServer } from '../adapters/openai/server.ts'
import { builtCheckout } from './built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
const machine = 'machines/credit-analysis.ts'
const stack = /\n\s+at .*:\d+/

beforeAll(async () => {
  checkout = await builtCheckout()
  checkout.write('many.ts', many)
  checkout.write('given.ts', given)
  checkout.write('empty.ts', 'export const nothing: number = 1')
  checkout.write('broken.ts', 'export const x = = 1')
  checkout.write(
    'plain.mjs',
    `import { fn } from 'tinyllm'\nexport default fn({ name: 'plain', run: (text) => text + '!' })`,
  )
  checkout.write('notes.txt', 'text')
  checkout.write('good.txt', 'A spotless record, no debts at all\n')
  checkout.write('bad.json', '{ "loanApplication": "two defaults" }')
})
afterAll(() => rmSync(checkout.folder, { recursive: true, force: true }))

// An enum: Node cannot strip it, whatever its version.
const many = `
import { fn, PipelineError } from 'tinyllm'
enum Size { small }
export const one = fn({ name: 'one', run: (n: number) => n + 1 + Size.small })
export const odd = fn({ name: 'odd', run: (n: number) => new Map([['n', n]]) })
export const big = fn({ name: 'big', run: (n: number) => ({ n: BigInt(n) }) })
export const fails = fn({ name: 'fails', run: (text: string) => { throw new Error('it is ' + text) } })
export const slow = fn({ name: 'slow', run: (_: unknown, { signal }) => new Promise((resolve) => {
  const timer = setTimeout(resolve, 30_000)
  signal.addEventListener('abort', () => { clearTimeout(timer); console.error('tidied up') })
}) })
export const same = fn({ name: 'same', run: async () => (await fails.safeRun('x')).error instanceof PipelineError })
`

const given = `
import { fn, key } from 'tinyllm'
const user = key<string>('user')
export const provide = [user.with('Ada')]
export default fn({ name: 'given', run: (text: string, ctx) => text + ' ' + ctx.get(user) })
`

describe('tinyllm run', () => {
  test('a bad application: shows the states, the decision and the tokens, and prints the result', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm(['run', machine, '--input', 'Missed payments, unemployed'])
    expect(stderr).toContain('the model is offline, and its answers are scripted: missed payments')
    expect(stderr).toMatch(/▸ chat +running {2}gpt-4o-mini/)
    expect(stderr).toMatch(/◆ bad +decision of creditAnalysis/)
    expect(stderr).toMatch(/✔ emailNotification +complete/)
    expect(stderr).toMatch(/│ \(Scripted answer\.\) .*unemployed/)
    expect(stderr).toMatch(/✔ creditAnalysis +complete {2}[\d.]+ m?s\n [\d.]+ m?s, \d+ tokens in, \d+ out\n$/)
    expect(JSON.parse(stdout)).toMatchObject({
      emailNotification: { sent: false, text: 'Missed payments, unemployed' },
      furtherAnalysis: expect.stringContaining('unemployed'),
    })
    expect(code).toBe(0)
  })

  test('a good application takes the other branch', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm([
      'run',
      machine,
      '--input',
      'A steady income, never in debt',
    ])
    expect(stderr).toMatch(/◆ good/)
    expect(stderr).not.toContain('emailNotification')
    expect(JSON.parse(stdout)).toEqual({ loanApplication: 'A steady income, never in debt' })
    expect(code).toBe(0)
  })

  test('without --input it takes the sample of the module, and says so', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm(['run', machine, '--json'])
    expect(stderr).toContain('the sample that the module exports')
    expect(JSON.parse(stdout)).toMatchObject({ decisions: { creditAnalysis: 'good' } })
    expect(code).toBe(0)
  })

  test('--sample takes another export of the module, and says so', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm(['run', machine, '--json', '--sample', 'badSample'])
    expect(stderr).toContain('The input is badSample, which the module exports.')
    expect(JSON.parse(stdout)).toMatchObject({ decisions: { creditAnalysis: 'bad' } })
    expect(code).toBe(0)
  })

  test('gives a run what the module exports as provide', async () => {
    const { code, stdout } = await checkout.tinyllm(['run', 'given.ts', '--input', 'Hello'])
    expect(stdout).toBe('Hello Ada\n')
    expect(code).toBe(0)
  })

  test('--json prints one document', async () => {
    const { code, stdout } = await checkout.tinyllm(['run', machine, '--json', '--input', '@good.txt'])
    expect(JSON.parse(stdout)).toEqual({
      output: { loanApplication: 'A spotless record, no debts at all' },
      decisions: { creditAnalysis: 'good' },
      usage: { inputTokens: expect.any(Number), outputTokens: 1, cost: expect.any(Number) },
      ms: expect.any(Number),
    })
    expect(code).toBe(0)
  })

  test.each([
    ['a file of JSON', ['--input', '@bad.json'], ''],
    ['standard input', ['-i', '-'], 'three defaults\n'],
    ['JSON', ['--input={"loanApplication":"a default"}'], ''],
  ])('takes %s', async (_, args, stdin) => {
    const { code, stdout } = await checkout.tinyllm(['run', machine, '--json', ...args], { stdin })
    expect(JSON.parse(stdout)).toMatchObject({ decisions: { creditAnalysis: 'bad' } })
    expect(code).toBe(0)
  })

  test('talks to the server of the environment', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'Good.' })
    const env = { OPENAI_API_KEY: 'a-key', OPENAI_BASE_URL: access.baseURL }
    const { code, stdout, stderr } = await checkout.tinyllm(['run', machine, '--json', '--input', 'x'], { env })
    expect(JSON.parse(stdout)).toMatchObject({ decisions: { creditAnalysis: 'good' } })
    expect(stderr).not.toContain('offline')
    expect(mock.getRequests()).toHaveLength(1)
    expect(code).toBe(0)
  })

  test.each([
    ['one of many, in TypeScript that Node cannot strip', ['many.ts', '--export', 'one', '--input', '41'], '42\n'],
    ['what JSON has no word for', ['many.ts', '--export', 'odd', '--input', '1'], '{\n  "n": 1\n}\n'],
    ['what JSON cannot hold', ['many.ts', '--export', 'big', '--input', '1'], '{ n: 1n }\n'],
    ['the default export of a JavaScript module', ['plain.mjs', '--input', 'Hi'], 'Hi!\n'],
    ['a module on the same copy of tinyllm', ['many.ts', '--export', 'same', '--input', 'x'], 'true\n'],
  ])('runs %s', async (_, args, output) => {
    const { code, stdout } = await checkout.tinyllm(['run', ...args])
    expect(stdout).toBe(output)
    expect(code).toBe(0)
  })

  test.each([
    ['no file', ['run'], 'No file was given.'],
    ['a file that is not there', ['run', 'nope.ts'], 'File not found: nope.ts'],
    ['a file that is no module', ['run', 'notes.txt'], 'notes.txt is not a module'],
    ['a module that does not load', ['run', 'broken.ts'], 'broken.ts could not be loaded'],
    ['a module without a pipeline', ['run', 'empty.ts'], 'empty.ts exports no pipeline'],
    [
      'a module with several',
      ['run', 'many.ts'],
      'exports 6 pipelines, and none as default: big, fails, odd, one, same, slow. Choose one: --export slow.',
    ],
    [
      'an export that is not there',
      ['run', 'many.ts', '--export', 'two'],
      'It exports: big, fails, odd, one, same, slow',
    ],
    ['no input', ['run', 'many.ts', '--export', 'one'], 'There is no input'],
    [
      'a sample that is not there',
      ['run', machine, '--sample', 'worst'],
      'exports no sample worst. Its exports that are not functions: badSample, sample.',
    ],
    ['a sample without a name', ['run', machine, '--sample'], '--sample needs a value: NAME.'],
    ['two inputs', ['run', machine, '--sample', 'badSample', '--input', 'x'], 'Both --input and --sample were given'],
    ['broken JSON', ['run', machine, '--input', '{"loanApplication"'], 'is not valid JSON'],
    ['an input file that is not there', ['run', machine, '--input', '@nope.json'], 'could not be read'],
    ['an input that does not fit', ['run', machine, '--input', '{"loan":1}'], 'rejected its input: loanApplication'],
    ['an option that is not there', ['run', machine, '--imput', 'x'], 'Unknown option --imput'],
    [
      'a pipeline that fails',
      ['run', 'many.ts', '--export', 'fails', '--input', 'so'],
      'fails failed while running: it is so.',
    ],
    [
      'a command that is not there',
      ['walk'],
      'Unknown command walk. The commands are run, check, paths, graph, diff, inspect, help.',
    ],
  ])('%s: says so, without a stack, and ends with 1', async (_, args, words) => {
    const { code, stderr } = await checkout.tinyllm(args)
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(stack)
    expect(code).toBe(1)
  })

  test('an error with --json is a document, too', async () => {
    const { code, stdout } = await checkout.tinyllm(['run', machine, '--json', '--input', '{"loan":1}'])
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'input_validation',
        path: 'creditAnalysis.deciding.loanClassifier',
        issues: [{ path: ['loanApplication'] }],
      },
    })
    expect(code).toBe(1)
    const missing = await checkout.tinyllm(['run', 'nope.ts', '--json'])
    expect(JSON.parse(missing.stdout)).toMatchObject({
      error: { message: expect.stringContaining('File not found') },
    })
  })

  test('an output that is no JSON is an error with --json', async () => {
    const { code, stdout } = await checkout.tinyllm(['run', 'many.ts', '--export', 'big', '--input', '1', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      error: { message: expect.stringContaining('cannot be printed as JSON: it holds a bigint at output.n') },
    })
    expect(code).toBe(1)
  })

  test('DEBUG shows the stack', async () => {
    const { stderr } = await checkout.tinyllm(['run', 'nope.ts'], { env: { DEBUG: '1' } })
    expect(stderr).toMatch(stack)
  })

  test('Ctrl-C aborts the run, which tidies up', async () => {
    const interrupt = { at: 'slow', signal: 'SIGINT' } as const
    const args = ['run', 'many.ts', '--export', 'slow', '--input', 'x']
    const { code, stderr } = await checkout.tinyllm(args, { interrupt })
    expect(stderr).toContain('tidied up')
    expect(stderr).toContain('slow was aborted')
    expect(stderr).not.toMatch(stack)
    expect(code).toBe(130)
  })

  test('in an installed package, which has no sources, a missing key is an error', async () => {
    checkout.remove('src')
    const { code, stderr } = await checkout.tinyllm(['run', machine, '--input', 'x'])
    expect(stderr).toContain('Set OPENAI_API_KEY, or give apiKey or client')
    expect(stderr).not.toMatch(stack)
    expect(code).toBe(1)
  })
})

import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtCheckout } from './built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
beforeAll(async () => {
  checkout = await builtCheckout()
  checkout.write(
    'two.ts',
    `import { fn } from 'tinyllm'\nconst make = (name: string) => fn({ name, run: (n: number) => n + 1 })\nexport const first = make('first')\nexport const second = make('second')\nexport const sample = 1\nexport function main() {}`,
  )
  checkout.write(
    'chosen.ts',
    `import { fn } from 'tinyllm'\nexport const part = fn({ name: 'part', run: (n: number) => n + 1 })\nexport default fn({ name: 'whole', run: (n: number) => n + 2 })\nexport const sample = 1`,
  )
  checkout.write(
    'parts.ts',
    `import { chain, fn } from 'tinyllm'\nexport const part = fn({ name: 'part', run: (n: number) => n + 1 })\nexport const whole = chain({ name: 'whole', children: [chain({ name: 'between', children: [part] })] })\nexport const sample = 1`,
  )
})
afterAll(() => rmSync(checkout.folder, { recursive: true, force: true }))

const commands = ['run', 'check', 'paths', 'graph', 'diff', 'inspect']
const takesExport: [command: string, ...words: string[]][] = [
  ['run', 'two.ts'],
  ['check', 'two.ts'],
  ['paths', 'two.ts'],
  ['graph', 'two.ts'],
  ['diff', 'two.ts', 'two.ts'],
]

describe('tinyllm', () => {
  test.each([[[]], [['help']], [['--help']], [['-h']]])('%j shows all commands', async (words) => {
    const { code, stdout, stderr } = await checkout.tinyllm(words)
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ +${command} `, 'm'))
    expect([code, stderr]).toEqual(words.length === 0 ? [1, '✖ No command was given.\n'] : [0, ''])
  })

  test.each(commands)('help %s is the same as %s --help', async (command) => {
    const help = await checkout.tinyllm(['help', command])
    expect(help.stdout).toMatch(new RegExp(`USAGE tinyllm ${command} `))
    expect(help.stdout).toMatch(/<(FILE|BEFORE)>/)
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(await checkout.tinyllm([command, '--help'])).toEqual(help)
    expect(await checkout.tinyllm([command, 'two.ts', '-h'])).toEqual(help)
  })

  test.each(['--version', '-v'])('%s is the version alone', async (flag) => {
    expect(await checkout.tinyllm([flag])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    expect(await checkout.tinyllm([flag, 'run'])).toMatchObject({
      code: 1,
      stderr: `✖ ${flag} takes no arguments, but run was given.\n`,
    })
  })

  test.each([
    [['chekc', 'two.ts'], 'Unknown command chekc. Did you mean check?'],
    [['help', 'walk'], 'Unknown command walk.'],
    [['walk', '--help'], 'Unknown command walk.'],
    [['help', 'run', 'now'], 'Unexpected argument now: help takes one command.'],
    [['--json', 'run', 'two.ts'], 'The option --json stands before a command.'],
    [['constructor'], 'Unknown command constructor.'],
  ])('%j is refused', async (words, message) => {
    const { code, stdout, stderr } = await checkout.tinyllm(words)
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([1, ''])
  })
})

describe.each(commands)('tinyllm %s', (command) => {
  const files = command === 'diff' ? ['two.ts', 'two.ts'] : ['two.ts']
  test.each([
    [['--bogus'], 'Unknown option --bogus.'],
    [['-z'], 'Unknown option -z.'],
    [['extra.ts'], 'Unexpected argument extra.ts'],
  ])('%j is refused', async (words, message) => {
    const { code, stdout, stderr } = await checkout.tinyllm([command, ...files, ...words])
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([1, ''])
  })
})

describe('a module with several pipelines', () => {
  test.each(takesExport)('%s asks which', async (...words) => {
    const { code, stderr } = await checkout.tinyllm(words)
    expect(stderr).toContain(
      'two.ts exports 2 pipelines, and none as default: first, second. Choose one: --export second.',
    )
    expect(code).toBe(1)
  })

  test.each(takesExport)('%s takes --export', async (...words) => {
    const { code, stderr } = await checkout.tinyllm([...words, '--export', 'first'])
    expect([code, stderr]).toEqual([0, words[0] === 'run' ? expect.stringContaining('first') : ''])
  })

  test.each(takesExport)('%s takes the one that the others are parts of', async (command, ...files) => {
    const { code, stdout, stderr } = await checkout.tinyllm([command, ...files.map(() => 'parts.ts')])
    expect(stdout + stderr).toContain('whole')
    expect(code).toBe(0)
  })

  test.each(takesExport)('%s takes the default export', async (command, ...files) => {
    const words = files.map(() => 'chosen.ts')
    const { code, stdout, stderr } = await checkout.tinyllm([command, ...words])
    expect(stdout + stderr).toContain('whole')
    expect(code).toBe(0)
  })
})

test.each([
  [
    ['run', 'two.ts', '--export', 'first', '--record', 'x.jsonl'],
    '--record writes what the inspector sees. Give --inspect',
  ],
  [['run', 'two.ts', '--inspect', 'stately', '--record', 'x.jsonl'], '--record writes what the inspector sees.'],
  [
    ['run', 'two.ts', '--export', 'first', '--inspect', '--record', 'no/folder.jsonl'],
    '--record no/folder.jsonl cannot be written: ENOENT',
  ],
  [['run', 'two.ts', '--inspect', 'bogus'], '--inspect does not take bogus. Give one of page, stately, classic'],
  [
    ['run', 'two.ts', '--export', 'first', '--sample', 'main'],
    'exports no sample main. Its exports that are not functions: sample.',
  ],
  [['run', 'two.ts', '--export', 'first', '--sample', 'second'], 'exports no sample second.'],
  [['run', 'two.ts', '--port', '80'], 'Unknown option --port.'],
  [['graph', 'two.ts', '--format'], '--format needs a value: one of mermaid, svg, json.'],
  [['paths', 'two.ts', '--max', '0'], '--max 0 is not a number of paths. Give a whole number from 1 up.'],
  [['paths', 'two.ts', '--max', '9'.repeat(30)], 'is not a number of paths'],
  [['paths', 'two.ts', '--max'], '--max needs a value: NUMBER.'],
  [['diff', 'two.ts', 'two.ts', '--json', '--mermaid'], 'Both --json and --mermaid were given.'],
  [['inspect', 'missing.jsonl', '--port', 'abc'], '--port abc is not a port. Give a whole number from 0 to 65535.'],
  [['inspect', 'missing.jsonl', '--port', '70000'], '--port 70000 is not a port.'],
  [['inspect', 'missing.jsonl', '--port', '-1'], '--port -1 is not a port.'],
  [['inspect', 'missing.jsonl', '--port'], '--port needs a value: PORT.'],
  [['inspect'], 'No journal was given.'],
])('%j is refused', async (words, message) => {
  const { code, stdout, stderr } = await checkout.tinyllm(words)
  // With --json, it is said on standard output.
  expect(stdout + stderr).toContain(message)
  expect(code).toBe(1)
})

test('with --json, misuse is a document, too', async () => {
  const { code, stdout } = await checkout.tinyllm(['check', 'two.ts', '--json', '--bogus'])
  expect(JSON.parse(stdout)).toMatchObject({
    error: { message: expect.stringContaining('Unknown option --bogus') },
  })
  expect(code).toBe(1)
})

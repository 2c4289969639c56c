import { describe, expect, test } from 'vitest'
import { type Attack, attacks, expressionsOf } from './tools/expressions.ts'
import { read, repositoryFiles } from './tools/repository.ts'

const sources = Object.fromEntries(
  repositoryFiles()
    .filter((file) => /^src\/.*\.tsx?$/.test(file))
    .map((file) => [file, read(file)]),
)

/** Processor time (ms) of one replacement, the best of some. */
function time(expression: RegExp, text: string, tries: number): number {
  let best = Infinity
  for (let index = 0; index < tries; index++) {
    const before = process.cpuUsage()
    expression.lastIndex = 0
    text.replace(expression, '')
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

/** The text that takes an expression more than in proportion to its length. */
function slowFor(expression: RegExp): string | undefined {
  for (const attack of attacks(expression)) if (isSlow(expression, attack)) return `${attack(10)} and so on`
  return undefined
}

function isSlow(expression: RegExp, attack: Attack): boolean {
  // Some double their time with each character: step by step, or they never come back.
  for (let length = 16; length < 64; length += 4)
    if (time(expression, attack(length), 1) > 100 && time(expression, attack(length), 2) > 100) return true
  const [short, long] = [attack(4000), attack(32_000)]
  if (time(expression, long, 1) < 5) return false
  // What else the machine does makes a quick one look slow now and then, but not each time that it is looked at.
  return Array.from({ length: 5 }).every(() => time(expression, long, 2) > 20 * time(expression, short, 10))
}

/** Put together when they run: they are looked at by hand. */
const made: Readonly<Record<string, string>> = {
  'src/models/schema/draft-2020-12.ts': 'whether the pattern of a schema is one; no text is held against it',
  'src/models/failure/secret-patterns.ts': 'a key as it is, with at most one class of characters behind it',
  'src/cli/prompts/parse-answer.ts': 'the pattern of the schema of a pipeline, for what a person types',
  'src/observe/inspector/page/panels/form/constraints.ts': 'the same, in the browser of that person',
  'src/analysis/diff.ts': 'the id of a machine, without a repetition',
  'src/cli/offline/tokenizer.ts': 'words of a vocabulary; the demonstration alone reads by it',
}

describe('a regular expression', () => {
  const all = expressionsOf(sources)

  test('takes a time in proportion to the text, whatever the text', () => {
    expect(all.length).toBeGreaterThan(30)
    const slow = all.flatMap(({ file, line, text, expression }) => {
      const said = expression && slowFor(expression)
      return said === undefined ? [] : [`${file}:${line} ${text} is slow for ${said}`]
    })
    expect(slow).toEqual([])
  })

  test('is made at run time only where somebody has looked at it', () => {
    expect(
      all.filter(({ expression, file }) => !expression && !made[file]).map(({ file, text }) => `${file} ${text}`),
    ).toEqual([])
  })

  test.each([
    [/\s+$/, true],
    [/^[\s"]+|[\s".]+$/g, true],
    [/\n\s+at [^\n]*\d/g, true],
    [/<script>([\s\S]*?)<\/script>/, true],
    [/^(a+)+$/, true],
    [/^(?:a|aa)+$/, true],
    [/^.+? failed: (.*)\.$/s, true],
    [/\s+/g, false],
    [/^\s+/, false],
    [/"(?:[^"\\]|\\.)*"/, true],
    [/^\d+(?:\.\d+)?$/, false],
    [/[._-]+/g, false],
  ])('%s is told: %s', (expression, isSlow) => {
    expect(slowFor(expression) !== undefined).toBe(isSlow)
  })
})

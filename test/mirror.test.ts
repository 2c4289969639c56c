import { describe, expect, test } from 'vitest'
import { checkMirror } from './tools/mirror.ts'
import { read, repositoryFiles } from './tools/repository.ts'

test('each source file finds its test where its own path says', () => {
  expect(checkMirror(repositoryFiles(), read)).toEqual([])
})

describe('checkMirror', () => {
  const code = 'export const a = 1'
  const cases: Record<string, [sources: Record<string, string>, problems: string[]]> = {
    'a node without a test is reported': [
      { 'src/nodes/tap.ts': code },
      ['src/nodes/tap.ts has no test. Write test/nodes/tap.test.ts.'],
    ],
    'a node with one is not': [{ 'src/nodes/tap.ts': code, 'test/nodes/tap.test.ts': '' }, []],
    'nor one with a folder of them': [
      { 'src/adapters/other.ts': code, 'src/adapters/other/a.ts': code, 'test/adapters/other/chat.test.ts': '' },
      [],
    ],
    'nor one that has types and exports alone': [
      { 'src/nodes/slot.ts': `import type { A } from './a.ts'\nexport type B = A\nexport { c } from './c.ts'` },
      [],
    ],
    'a test of another room is no test of a file': [
      { 'src/run/tap.ts': code, 'test/nodes/tap.test.ts': '' },
      ['src/run/tap.ts has no test. Write test/run/tap.test.ts.'],
    ],
    'a test that stands for another one must be there': [
      { 'src/run/prepare.ts': code },
      ['src/run/prepare.ts is tested by test/run/run.test.ts, which does not exist.'],
    ],
    'and is forgotten when there is a test of its own': [
      {
        'src/run/prepare.ts': code,
        'test/run/run.test.ts': '',
        'test/run/prepare.test.ts': '',
        'src/run/run.ts': code,
      },
      ['test/run/prepare.test.ts exists: take src/run/prepare.ts out of the list in mirror.ts.'],
    ],
    'a folder of tests that mirrors nothing is reported': [
      { 'src/models/images/a.ts': code, 'test/models/pictures/a.test.ts': '' },
      [
        'test/models/pictures/a.test.ts mirrors nothing: there is no src/models/pictures. Move it to where the source is.',
      ],
    ],
    'one of tests about the whole is not': [{ 'test/properties/a.test.ts': '' }, []],
  }

  test.each(Object.entries(cases))('%s', (_, [sources, problems]) => {
    expect(checkMirror(Object.keys(sources), (file) => sources[file] ?? '')).toEqual(problems)
  })
})

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { compile, compilers, type Compiler, type Diagnostic } from './tools/compile.ts'
import { findMistakes, showErrors, unexpected, unnoticed } from './tools/mistakes.ts'
import { read, root } from './tools/repository.ts'

const minute = 60_000
const files = readdirSync(`${root}test/types/errors`).filter((name) => /\.tsx?$/.test(name))

describe.each(Object.keys(compilers) as Compiler[])('TypeScript %s', (compiler) => {
  describe('reports each mistake, where it is and in words that help', () => {
    let errors: Diagnostic[]
    beforeAll(async () => {
      errors = await compile(compiler, `${root}test/types/errors`, ['--project', '.'])
    }, minute)

    test('and nothing outside of these files', () => {
      expect(errors.filter(({ file }) => !files.includes(file))).toEqual([])
    })

    test.each(files)('%s', async (file) => {
      const source = read(`test/types/errors/${file}`)
      const mistakes = findMistakes(source)
      const reported = errors.filter((error) => error.file === file)
      expect(unexpected(mistakes, reported)).toEqual([])
      expect(unnoticed(mistakes, reported)).toEqual([])
      const snapshot = file.replace(/\.tsx?$/, `.${compiler}.txt`)
      await expect(showErrors(source, mistakes, reported)).toMatchFileSnapshot(`types/errors/${snapshot}`)
    })
  })

  // Where they are not installed, a test beside them says so.
  test.each(['schemas', 'providers'].filter((folder) => existsSync(`${root}test/${folder}/node_modules`)))(
    'takes what other packages make: %s',
    { timeout: 3 * minute },
    async (folder) => {
      expect(await compile(compiler, `${root}test/${folder}`, ['-p', 'tsconfig.types.json'])).toEqual([])
    },
  )

  // Of the program alone: our own files are checked as strictly as they are written.
  test.each([[[]], [['--strict']], [['--strict', '--strictNullChecks', 'false']]])(
    'takes a program of an app that checks less, or as much: strict false %s',
    { timeout: minute },
    async (flags: string[]) => {
      const errors = await compile(compiler, `${root}test/types/loose`, ['-p', '.', ...flags])
      expect(errors.filter(({ file }) => !file.startsWith('../'))).toEqual([])
    },
  )

  test(
    'takes undefined for every option that is not given, where an app tells the two apart',
    { timeout: minute },
    async () => {
      const errors = await compile(compiler, `${root}test/types/exact`, ['-p', '.'])
      expect(errors.filter(({ file }) => !file.startsWith('../'))).toEqual([])
    },
  )

  test('emits declarations for exported pipelines of every kind', { timeout: minute }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tinyllm-declarations-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    expect(await compile(compiler, root, ['-p', 'test/types/tsconfig.declarations.json', '--outDir', folder])).toEqual(
      [],
    )
    expect(readdirSync(join(folder, 'test/types'))).toEqual(['every-factory.d.ts', 'every-openai-factory.d.ts'])
  })
})

describe('findMistakes', () => {
  const source = 'const a = 1\n\n// wrong: one\nf(\n  1,\n)\n\ng()\n\n// wrong: two\nh()'
  const at = (line: number): Diagnostic => ({ file: 'a.ts', line, column: 3, message: 'TS1: no' })

  test('a mistake ends at an empty line, or with the file', () => {
    expect(findMistakes(source)).toEqual([
      { title: 'one', from: 3, to: 6 },
      { title: 'two', from: 10, to: 11 },
    ])
  })

  test('an error elsewhere is unexpected, a mistake without one unnoticed', () => {
    const mistakes = findMistakes(source)
    expect(unexpected(mistakes, [at(5), at(8)])).toEqual([at(8)])
    expect(unnoticed(mistakes, [at(5), at(8)])).toEqual(['two'])
  })

  test('an error is shown under the line that it is about', () => {
    expect(showErrors(source, findMistakes(source), [at(5), at(11)])).toBe(
      '// wrong: one\n  1,\n  ^ TS1: no\n\n// wrong: two\nh()\n  ^ TS1: no\n',
    )
  })
})

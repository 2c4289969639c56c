import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../tools/compile.ts'
import { installPacked } from '../tools/packed.ts'
import { root } from '../tools/repository.ts'

// Programs of users, against the declarations that are published. What else they import is found further up.

mkdirSync(`${root}artifacts`, { recursive: true })
const folder = mkdtempSync(`${root}artifacts/programs-`)
const own = `${root}test/compilers/programs/`
const users = `${root}test/types/programs/`

beforeAll(() => {
  installPacked(folder)
  project('module', [own, users])
  project('commonjs', [own])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A project of a user with the programs of these folders. */
function project(type: 'module' | 'commonjs', sources: readonly string[]): void {
  const target = join(folder, type)
  const compilerOptions = {
    noEmit: true,
    target: 'es2022',
    lib: ['es2023', 'dom'],
    types: ['node'],
    resolveJsonModule: true,
    esModuleInterop: true,
  }
  mkdirSync(target)
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name: 'user', private: true, type }))
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  for (const source of sources.filter(existsSync)) {
    for (const name of readdirSync(source).filter((name) => /\.tsx?$/.test(name))) {
      // An ES module would say `with { type: 'json' }` in nodenext, which is no TypeScript in the other ways.
      if (type === 'commonjs' || name !== 'chart.ts') copyFileSync(source + name, join(target, name))
    }
  }
}

const ways = {
  nodenext: ['--module', 'nodenext'],
  bundler: ['--module', 'es2022', '--moduleResolution', 'bundler'],
  // Not CommonJS, in which nobody awaits at the top level.
  node10: ['--module', 'es2022', '--moduleResolution', 'node10'],
}
const inCommonJs = { nodenext: ways.nodenext, node10: ['--module', 'commonjs', '--moduleResolution', 'node10'] }

/** TypeScript 7 has no node10 any more. */
const compilers = {
  '5.4': ['nodenext', 'bundler', 'node10'],
  '5': ['nodenext', 'bundler', 'node10'],
  '7': ['nodenext', 'bundler'],
} as const

describe.each(Object.keys(compilers) as (keyof typeof compilers)[])(
  'TypeScript %s',
  { timeout: 120_000 },
  (compiler) => {
    const known = compilers[compiler]

    test.each(known.flatMap((way) => [[way, 'strict'] as const, [way, 'not strict'] as const]))(
      'compiles the programs of users: %s, %s',
      async (way, strictness) => {
        const strict = String(strictness === 'strict')
        const args = ['-p', '.', ...ways[way], '--strict', strict, '--skipLibCheck']
        expect(await compile(compiler, join(folder, 'module'), args)).toEqual([])
      },
    )

    test.each((['nodenext', 'node10'] as const).filter((way) => known.includes(way as never)))(
      'compiles a program in CommonJS, and checks our declarations as well: %s',
      async (way) => {
        const args = ['-p', '.', ...inCommonJs[way], '--strict', '--skipLibCheck', 'false']
        expect(await compile(compiler, join(folder, 'commonjs'), args)).toEqual([])
      },
    )
  },
)

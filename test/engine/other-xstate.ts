import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The private names of xstate that the engine uses: all that stand in the one file where they may. */
export const names = [
  ...new Set(readFileSync(at('../../src/engine/internals.ts'), 'utf8').match(/(?<![\w#])_[a-zA-Z]+\b/g)),
].toSorted()

/** Those whose loss changes nothing: the engine writes again what XState does under that name, or only hands it on. */
const harmless: ReadonlySet<string> = new Set(['_complete', '_doneEvent', '_syncSnapshot'])

/** Whether everything still runs on the fast engine: on a copy without another name, too. */
export const isHarmless = (copy: string): boolean => harmless.has(copy) || (copy !== 'all' && !copy.startsWith('_'))

/** A copy of xstate that exports what it is called, in which these names are others everywhere. */
export type Copy = { readonly from?: string; readonly renamed?: readonly string[] }

/** Runs tests of the project, and the sources, on copies of xstate; returns how many passed. */
export function testsOn(copies: Readonly<Record<string, Copy>>, include: readonly string[]): number {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tinyllm-xstate-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const folders = Object.fromEntries(
    Object.entries(copies).map(([name, copy]) => [name, copyOf(copy, name, join(folder, name))]),
  )
  const report = join(folder, 'report.json')
  const args = ['run', '--config', 'test/engine/other-xstate.config.ts', '--reporter=json', `--outputFile=${report}`]
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
    cwd: at('../..'),
    env: { ...process.env, XSTATE_COPIES: JSON.stringify(folders), XSTATE_TESTS: JSON.stringify(include) },
    encoding: 'utf8',
  })
  const { testResults, numPassedTests } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const failed = testResults.flatMap(({ message, assertionResults }) => [
    ...(message ? [message] : []),
    ...assertionResults.flatMap((one) => (one.status === 'passed' ? [] : [one.fullName, ...one.failureMessages])),
  ])
  expect(failed).toEqual([])
  expect(status, stderr).toBe(0)
  return numPassedTests
}
type Report = {
  testResults: {
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
  numPassedTests: number
}

function copyOf({ from = at('../../node_modules/xstate'), renamed = [] }: Copy, name: string, to: string): string {
  mkdirSync(`${to}/dist`, { recursive: true })
  cpSync(`${from}/package.json`, `${to}/package.json`)
  const missing = new Set(renamed)
  for (const file of readdirSync(`${from}/dist`)) {
    if (!file.endsWith('.esm.js') || file.includes('development')) continue
    let text = readFileSync(`${from}/dist/${file}`, 'utf8')
    for (const member of renamed) {
      const changed = text.replace(new RegExp(String.raw`\b${member}\b`, 'g'), `${member}_renamed`)
      if (changed !== text) missing.delete(member)
      text = changed
    }
    if (file === 'xstate.esm.js') text += `\nexport const copy = ${JSON.stringify(name)}\n`
    writeFileSync(`${to}/dist/${file}`, text)
  }
  if (missing.size > 0) throw new Error(`xstate has no ${[...missing].join(', ')}: delete it from internals.ts.`)
  return to
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { copyOfXState, names } from './renamed.ts'

/** A build server has the time for each of them. */
const single = process.env.CI ? names : ['_process']
const TESTS_OF_CONTRACT = 400

test('with its private names renamed in xstate, every kind keeps its contract', { timeout: 1_800_000 }, () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tinyllm-renamed-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const copies = Object.fromEntries([
    ['all', copyOfXState(folder, 'all', names)],
    ...single.map((name) => [name, copyOfXState(folder, name, [name])]),
  ])
  const report = join(folder, 'report.json')
  const command = ['run', '--config', 'test/engine/renamed.config.ts', '--reporter=json', `--outputFile=${report}`]
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...command], {
    env: { ...process.env, XSTATE_COPIES: JSON.stringify(copies) },
    encoding: 'utf8',
  })
  const { testResults, numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: {
      message: string
      assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
    }[]
    numFailedTests: number
    numPassedTests: number
  }
  const failed = testResults.flatMap(({ message, assertionResults }) => [
    ...(message ? [message] : []),
    ...assertionResults.flatMap((one) => (one.status === 'passed' ? [] : [one.fullName, ...one.failureMessages])),
  ])
  expect(failed).toEqual([])
  expect({ status, numFailedTests }, stderr).toEqual({ status: 0, numFailedTests: 0 })
  expect(numPassedTests).toBeGreaterThan(TESTS_OF_CONTRACT * Object.keys(copies).length)
})

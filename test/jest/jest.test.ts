import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { installPacked } from '../tools/packed.ts'
import { root } from '../tools/repository.ts'

// The tests of a user, run by Jest as it comes: nothing is said of how node_modules are transformed.

const folder = `${root}test/jest/`
beforeAll(() => installPacked(folder))

test.each([
  ['ts-jest', 7],
  ['swc-jest', 7],
  ['babel-jest', 1],
])('Jest with %s runs the tests of a project that installed the package', async (config, count) => {
  const jest = ['node_modules/jest/bin/jest.js', '--rootDir', 'project', '--config', `project/${config}.config.js`]
  const { CI: _, ...env } = process.env
  const command = [...jest, '--json', '--no-cache']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: folder, env }).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  )
  const report = JSON.parse(stdout) as { success: boolean; numPassedTests: number }
  expect(report, stderr).toMatchObject({ success: true, numPassedTests: count })
})

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import own from '../../package.json' with { type: 'json' }
import { TESTED } from '../../src/run/unsupported.ts'
import { testsOn } from '../engine/other-xstate.ts'

const packageOf = (name: string) => fileURLToPath(new URL(`node_modules/xstate-${name}`, import.meta.url))
const versionOf = (name: string) =>
  (JSON.parse(readFileSync(`${packageOf(name)}/package.json`, 'utf8')) as { version: string }).version

const suites = ['test/contract/**/*.test.ts', 'test/engine/differential.test.ts', 'test/engine/light-actor.test.ts']
const TESTS = 400

test('the lowest version is that of the peer dependency', () => {
  expect(own.peerDependencies.xstate).toBe(`^${versionOf('lowest')}`)
  expect(TESTED).toBe(own.peerDependencies.xstate)
})

test.each(['lowest', 'newest'])('the %s version passes', { timeout: 1_800_000 }, (name) => {
  expect(testsOn({ [name]: { from: packageOf(name) } }, suites)).toBeGreaterThan(TESTS)
})

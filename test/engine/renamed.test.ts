import { expect, test } from 'vitest'
import { names, testsOn } from './other-xstate.ts'

/** A build server has the time for each of them. */
const single = process.env.CI ? names : ['_process']
const TESTS_OF_CONTRACT = 400

test('with its private names renamed in xstate, every kind keeps its contract', { timeout: 1_800_000 }, () => {
  const copies = { all: { renamed: names }, ...Object.fromEntries(single.map((name) => [name, { renamed: [name] }])) }
  const passed = testsOn(copies, ['test/contract/**/*.test.ts'])
  expect(passed).toBeGreaterThan(TESTS_OF_CONTRACT * Object.keys(copies).length)
})

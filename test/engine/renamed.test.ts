import { expect, test } from 'vitest'
import { names, testsOn } from './other-xstate.ts'

/** A build server has the time for each of them. */
const single = process.env.CI ? names : ['_process']
const TESTS_OF_CONTRACT = 400
/** All but the tests of a new kind: they look at the paths through a chart, for which `_transitions` must have its name. */
const CONTRACT = ['contract', 'kinds', 'workless'].map((name) => `test/contract/${name}.test.ts`)

test('with its private names renamed in xstate, every kind keeps its contract', { timeout: 1_800_000 }, () => {
  const copies = { all: { renamed: names }, ...Object.fromEntries(single.map((name) => [name, { renamed: [name] }])) }
  const passed = testsOn(copies, CONTRACT)
  expect(passed).toBeGreaterThan(TESTS_OF_CONTRACT * Object.keys(copies).length)
})

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** A newcomer's `npm test` leaves these tests out; a build server must not. */
test('the packages that the tests of this folder need are there', () => {
  const folder = fileURLToPath(new URL('node_modules/xstate-lowest', import.meta.url))
  expect(existsSync(folder), 'Run npm ci --prefix test/xstate, as .ci/run does.').toBe(true)
})

import { chain } from 'tinyllm'
import * as xstate from 'xstate'
import assert from 'node:assert/strict'
import { afterAll } from 'vitest'
import { isHarmless } from './other-xstate.ts'

const { XSTATE_COPY: name = '' } = process.env

const warnings: string[] = []
const { warn } = console
console.warn = (...args: unknown[]) => {
  const text = args.join(' ')
  if (text.includes('internals of the installed xstate')) warnings.push(text)
  else warn(...args)
}

// On the xstate of the project every test would pass, and prove nothing.
assert.equal((xstate as { copy?: string }).copy, name)
assert.ok(chain({ name: 'first', children: [(n: number) => n] }).machine instanceof xstate.StateMachine)

// Where everything runs without the fast engine, one warning says so.
afterAll(() => {
  assert.equal(warnings.length, isHarmless(name) ? 0 : 1)
})

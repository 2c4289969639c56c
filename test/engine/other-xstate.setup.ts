import { chain } from 'tinyllm'
import * as xstate from 'xstate'
import { afterAll, expect } from 'vitest'
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
expect((xstate as { copy?: string }).copy).toBe(name)
expect(chain({ name: 'first', children: [(n: number) => n] }).machine).toBeInstanceOf(xstate.StateMachine)

// Where everything runs without the fast engine, one warning says so.
afterAll(() => {
  expect(warnings).toHaveLength(isHarmless(name) ? 0 : 1)
})

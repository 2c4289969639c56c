import { chain } from 'tinyllm'
import * as xstate from 'xstate'
import { afterAll, expect } from 'vitest'
import { harmless } from './renamed.ts'

const { XSTATE_RENAMED: name = '' } = process.env

const warnings: string[] = []
const { warn } = console
console.warn = (...args: unknown[]) => {
  const text = args.join(' ')
  if (text.includes('internals of the installed xstate')) warnings.push(text)
  else warn(...args)
}

// On the xstate of the project every test would pass, and prove nothing.
expect((xstate as { renamed?: string }).renamed).toBe(name)
expect(chain({ name: 'first', children: [(n: number) => n] }).machine).toBeInstanceOf(xstate.StateMachine)

afterAll(() => {
  expect(warnings).toHaveLength(harmless.has(name) ? 0 : 1)
})

import { configure } from 'tinyllm'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { globalState } from '../../src/border/global-state.ts'
import * as selfTest from '../../src/engine/self-test.ts'
import { TESTED, warnOfUnsupported } from '../../src/run/unsupported.ts'

vi.mock('../../src/engine/self-test.ts', async (original) => ({
  ...(await original<typeof selfTest>()),
  selfTestProblem: vi.fn<() => string | undefined>(),
}))
const problem = vi.mocked(selfTest.selfTestProblem)

// It warns once in a process, whichever copy of the package asks.
beforeEach(() => {
  globalState('unsupported', () => ({ isDone: false })).isDone = false
  problem.mockReset()
})

test('nothing is written where the fast engine runs', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  problem.mockReturnValue(undefined)
  warnOfUnsupported()
  await new Promise((resolve) => setImmediate(resolve))
  expect(warn).not.toHaveBeenCalled()
})

test('one warning in a process names the problem, the versions and what to do', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  problem.mockReturnValue('instead of "a" came "b"')
  warnOfUnsupported()
  warnOfUnsupported()
  await vi.waitFor(() => expect(warn).toHaveBeenCalled())
  expect(warn).toHaveBeenCalledOnce()
  const message = String(warn.mock.calls[0]?.[0])
  expect(message).toMatch(/installed xstate 5\.\d+\.\d+ differ/)
  for (const part of ['instead of "a" came "b"', `npm install xstate@${TESTED}`, "engine: 'stock'"])
    expect(message).toContain(part)
})

test('it goes to the logger that is configured', async () => {
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  configure({ logger: logger as never })
  onTestFinished(() => configure({ logger: undefined }))
  problem.mockReturnValue('it threw')
  warnOfUnsupported()
  await vi.waitFor(() => expect(logger.warn).toHaveBeenCalledOnce())
  expect(logger.warn.mock.calls[0]?.[0]).toContain('it threw')
})

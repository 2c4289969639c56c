import { globalState } from '../border/global-state.ts'
import { attempt } from '../border/shape.ts'
import { selfTestProblem } from '../engine/self-test.ts'
import { configured } from '../observe/configure.ts'

/** The versions of xstate that this package was tested with. */
export const TESTED = '^5.33.3'

const warned = globalState('unsupported', () => ({ isDone: false }))

/** Warns, once in a process, where the fast engine cannot run on the installed xstate. */
export function warnOfUnsupported(): void {
  const problem = selfTestProblem()
  if (problem === undefined || warned.isDone) return
  warned.isDone = true
  warn(problem)
}

function warn(problem: string): void {
  const version = installedVersion()
  const message = `The internals of the installed xstate${version} differ from those that this package was tested with (xstate ${TESTED}): ${problem}. Every run therefore uses XState's public API only, as with engine: 'stock': results are the same, but a step takes about 10 times as long. Install a tested version (npm install xstate@${TESTED}), or a newer tinyllm.`
  const { logger } = configured()
  if (logger) attempt(() => logger.warn(message))
  // oxlint-disable-next-line no-console -- where else, without a logger
  else console.warn(`tinyllm: ${message}`)
}

/** ` 5.33.3`, or nothing where it cannot be found, as in a browser: there must be no import of a module of Node here. */
function installedVersion(): string {
  return (
    attempt(() => {
      const { createRequire } = process.getBuiltinModule('node:module')
      const { version } = createRequire(`${process.cwd()}/`)('xstate/package.json') as { version: string }
      return ` ${version}`
    }) ?? ''
  )
}

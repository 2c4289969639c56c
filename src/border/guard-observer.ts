import { describe } from '../errors.ts'
import { attempt, isThenable } from './shape.ts'

/** Calls what watches a run; `name` is its own name, where it has one. */
export type ObserverGuard = (watch: () => unknown, name?: string) => void

/**
 * What only watches a run cannot touch it: what it throws (or rejects with, where it is asynchronous) is written to
 * `console.error`, once for each run and watcher, and goes no further.
 *
 * @example
 * const watch = watcher('inspect')
 * watch(() => inspect(event), nameOf(inspect))
 */
export function guardObserver(kind: string, effect = 'It only observes, so the run continues'): ObserverGuard {
  let isTold = false
  return (watch, name) => {
    const tell = (thrown: unknown) => {
      if (isTold) return
      isTold = true
      attempt(() => reportError(name && name !== kind ? `${kind} (${name})` : kind, thrown, effect))
    }
    try {
      const given = watch()
      if (isThenable(given)) given.then(undefined, tell)
    } catch (thrown) {
      tell(thrown)
    }
  }
}

/** A function's own name, if it has one that can be read. */
export const functionNameOf = (watch: unknown): string | undefined =>
  attempt(() => {
    const { name } = watch as { name?: unknown }
    return typeof name === 'string' && name !== '' ? name : undefined
  })

function reportError(who: string, thrown: unknown, effect: string): void {
  const { name, message } = describe(thrown)
  const stack = attempt(() => (thrown as { stack?: unknown }).stack)
  // Not the thrown thing itself: the console would read it, and it may be what cannot be read.
  const places = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : []
  const text = `tinyllm: ${who} threw ${name}: ${message}. ${effect}; this warning is shown once.`
  // oxlint-disable-next-line no-console -- where else, when what writes the log is what fails
  console.error([text, ...places.slice(0, 10)].join('\n'))
}

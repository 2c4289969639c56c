import { toCause } from '../errors.ts'
import { attempt, isThenable } from './shape.ts'

/** Calls an observer; `name` is the name of its function, if it has one. */
export type ObserverGuard = (watch: () => unknown, name?: string) => void

/**
 * Isolates a run from its observers: what an observer throws (or rejects with) is written to `console.error`, once for
 * each run and observer.
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
  const { name, message } = toCause(thrown)
  const stack = attempt(() => (thrown as { stack?: unknown }).stack)
  // Not the thrown value itself: the console would read it, and a getter may throw.
  const places = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : []
  const text = `tinyllm: ${who} threw ${name}: ${message}. ${effect}; this warning is shown once.`
  // oxlint-disable-next-line no-console -- the logger itself may be what failed
  console.error([text, ...places.slice(0, 10)].join('\n'))
}

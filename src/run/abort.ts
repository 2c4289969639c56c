import { attempt } from '../border/shape.ts'

type Callbacks = { all: () => void; each: Set<() => void> }

/** One listener per signal, however many runs share it: Node warns about more than ten, and each takes memory. */
const waiting = new WeakMap<AbortSignal, Callbacks>()

/** Calls back when the signal aborts; returns the function that removes the callback. */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = waiting.get(signal) ?? listen(signal)
  callbacks.each.add(callback)
  return () => {
    callbacks.each.delete(callback)
    if (callbacks.each.size > 0) return
    attempt(() => signal.removeEventListener('abort', callbacks.all))
    waiting.delete(signal)
  }
}

function listen(signal: AbortSignal): Callbacks {
  const each = new Set<() => void>()
  const all = () => {
    // An error in one callback must not stop the others.
    for (const callback of each) attempt(callback)
  }
  signal.addEventListener('abort', all)
  const callbacks = { all, each }
  waiting.set(signal, callbacks)
  return callbacks
}

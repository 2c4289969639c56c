/** So many steps may follow each other before timers, aborts and everybody else have their turn. */
export const MAX_STEPS_PER_TURN = 256

// Taken once: a test that fakes the timers means those of runs, and not these. Nor are these the actor's clock.
const { setImmediate: immediate, setTimeout: later } = globalThis

/** Calls back in the next turn of the event loop. */
export const nextMacrotask = (callback: () => void): void => {
  if (typeof immediate === 'function') immediate(callback)
  else later(callback, 0)
}

const now = Promise.resolve()
let count = 0
let turn: Promise<void> | undefined
let release = () => {}

/**
 * Resolves in a microtask; for whoever comes after `MOST` others in one turn of the event loop, in the next turn. So
 * functions that never wait for anything, without end, do not keep a timeout from its time.
 */
export function yieldToEventLoop(): Promise<void> {
  if (turn) return turn
  if (count++ === 0) nextMacrotask(reset)
  if (count <= MAX_STEPS_PER_TURN) return now
  turn = new Promise((resolve) => (release = resolve))
  return turn
}

function reset(): void {
  count = 0
  turn = undefined
  release()
  release = () => {}
}

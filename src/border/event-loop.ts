/** So many steps run in one turn of the event loop before timers and abort events get theirs. */
export const MAX_STEPS_PER_TURN = 256

// Read once, at load: fake timers in a test replace those of runs, not these.
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
 * Resolves in a microtask; after `MAX_STEPS_PER_TURN` calls in one turn of the event loop, in the next turn. So a loop
 * of functions that never wait does not block timers.
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

import type { IndexedState } from '../../journal/chart-index.ts'
import type { ActorView, NodeView } from '../../journal/view.ts'

/** What a person sees of a state: each has its own sign and its own border, not only its own colour. */
export type Status = 'idle' | 'running' | 'waiting' | 'retrying' | 'done' | 'rejected' | 'failed' | 'stopped'
export const signs: Readonly<Record<Status, string>> = {
  idle: '',
  running: '●',
  waiting: '‖',
  retrying: '↻',
  done: '✓',
  rejected: '⊖',
  failed: '✕',
  stopped: '⊘',
}
const words: Readonly<Record<Status, string>> = {
  idle: 'not reached',
  running: 'running',
  waiting: 'waiting for an event',
  retrying: 'waiting to retry',
  done: 'done',
  rejected: 'rejected by a person',
  failed: 'failed',
  stopped: 'stopped',
}

/** Where one word would say too little: what it is that a state waits for. */
const WAITS: Readonly<Record<string, string>> = {
  waitingForApproval: 'waiting for an approval',
  waitingForLimit: 'waiting for a limit',
  queued: 'waiting for its turn',
}
export const wordsFor = (status: Status, node: NodeView | undefined): string =>
  (status === 'waiting' && WAITS[node?.state ?? '']) || words[status]

const STATES: Readonly<Record<string, Status>> = {
  validatingInput: 'running',
  waitingForApproval: 'waiting',
  waitingForEvent: 'waiting',
  queued: 'waiting',
  waitingForLimit: 'waiting',
  running: 'running',
  validatingOutput: 'running',
  processingOutput: 'running',
  waitingToRetry: 'retrying',
  complete: 'done',
  rejected: 'rejected',
  failed: 'failed',
  stopped: 'stopped',
}

export function statusOf(actor: ActorView, state: IndexedState, node: NodeView | undefined): Status {
  const known = STATES[node?.state ?? 'idle'] ?? 'idle'
  if (known !== 'running') return known
  if (state.waits) return 'waiting'
  // A state of a foreign machine that only waits for events.
  const isWaiting =
    state.path === undefined &&
    actor.active.has(state.index) &&
    (state.events?.length ?? 0) > 0 &&
    !state.invoke &&
    state.inside.length === 0
  return isWaiting ? 'waiting' : 'running'
}

/** The time that was spent in it so far, in ms, all rounds and attempts together; undefined before it began. */
export function elapsed(node: NodeView | undefined, now: number): number | undefined {
  if (!node || node.spans.length === 0) return undefined
  return node.spans.reduce((sum, { start, end = now }) => sum + Math.max(0, end - start), 0)
}

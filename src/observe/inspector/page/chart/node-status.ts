import type { IndexedState } from '../../journal/indexed-chart.ts'
import type { ActorView, NodeView } from '../../journal/run-view.ts'

/** What a person sees of a state: each has its own sign and its own border, not only its own colour. */
export type NodeStatus = 'idle' | 'running' | 'waiting' | 'retrying' | 'done' | 'rejected' | 'failed' | 'stopped'
export const statusSigns: Readonly<Record<NodeStatus, string>> = {
  idle: '',
  running: '●',
  waiting: '‖',
  retrying: '↻',
  done: '✓',
  rejected: '⊖',
  failed: '✕',
  stopped: '⊘',
}
const statusLabels: Readonly<Record<NodeStatus, string>> = {
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
const WAIT_LABELS: Readonly<Record<string, string>> = {
  waitingForApproval: 'waiting for an approval',
  waitingForLimit: 'waiting for a limit',
  queued: 'waiting for its turn',
}
export const statusLabel = (status: NodeStatus, node: NodeView | undefined): string =>
  (status === 'waiting' && WAIT_LABELS[node?.state ?? '']) || statusLabels[status]

const STATUS_OF_STATE: Readonly<Record<string, NodeStatus>> = {
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

export function nodeStatus(actor: ActorView, state: IndexedState, node: NodeView | undefined): NodeStatus {
  const known = STATUS_OF_STATE[node?.state ?? 'idle'] ?? 'idle'
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

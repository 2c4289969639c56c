import { lenientStringify } from '../../analysis/stringify.ts'
import { isRetryTimer, type SimulatedEvent } from '../simulation/simulated-event.ts'
import type { RunEnd } from '../simulation/simulation-state.ts'
import { type Edge, edgesBySource, shortestPaths, type StateGraph } from './state-space.ts'

/** The happy path first; then, for each coverage item that no path covers yet, a shortest path through it. */
export function* coveringPaths(graph: StateGraph): Generator<readonly Edge[]> {
  const before = shortestPaths(graph)
  const after = cheapestEnds(graph)
  const covered = new Set<string>()
  const through = (edge: Edge): Edge[] | undefined => {
    const [first, last] = [before.get(edge.from), after(edge.to)]
    return first && last && [...first, edge, ...last]
  }
  const candidates = [...(after(graph.start)?.slice(0, 1) ?? []), ...graph.edges]
  for (const edge of candidates) {
    if (coverageItems(edge).every((item) => covered.has(item))) continue
    const path = through(edge)
    if (!path) continue
    for (const item of path.flatMap(coverageItems)) covered.add(item)
    yield path
  }
}

/**
 * What an edge covers: its transitions with the event that takes them. The outcome of tool calls and the transitions that
 * follow it are two items, so that not each outcome is covered again in the last turn.
 */
function coverageItems({ event, state: { taken, end } }: Edge): string[] {
  const {
    type,
    path = '',
    rejected = false,
    isVariant = false,
    value,
    failpoint = '',
    index = 0,
    label = isVariant ? lenientStringify(value) : '',
  } = event as { [key: string]: unknown; type: string }
  const sent = event.type === 'send' ? event.event.type : ''
  // A timeout or a failure may be possible in many states and lead to the same end.
  const code = end?.state === 'failed' ? end.code : ''
  const own = [type, path, sent, rejected, label, failpoint, index].join(' ')
  if (type === 'done' && label !== '' && !isVariant) return [own, [path, ...taken, code].join(' ')]
  return [[own, ...taken, code].join(' ')]
}

const costs: Readonly<Record<SimulatedEvent['type'], number>> = {
  start: 1,
  done: 1,
  send: 1,
  dequeue: 1,
  error: 50,
  after: 50,
  cancel: 500,
}
const costOf = ({ event }: Edge): number => {
  const { type } = event
  const isFailure = ('rejected' in event && event.rejected) || ('failpoint' in event && event.failpoint)
  if (isFailure) return 100
  if (type === 'after') return isRetryTimer(event.actor) ? 1 : costs.after
  return costs[type] + ('late' in event && event.late ? 5 : 0)
}

/** From each state the path to an end with the fewest failures. */
function cheapestEnds({ edges, states }: StateGraph): (key: string) => Edge[] | undefined {
  const cost = new Map<string, number>([...states].flatMap(([key, { end }]) => (end ? [[key, endCost(end)]] : [])))
  const best = new Map<string, Edge>()
  for (let changed = true; changed;) {
    changed = false
    for (const edge of edges.toReversed()) {
      const through = (cost.get(edge.to) ?? Infinity) + costOf(edge)
      if (through >= (cost.get(edge.from) ?? Infinity)) continue
      cost.set(edge.from, through)
      changed = true
    }
  }
  // Of several with the same cost, the first in the order of the enabled events.
  for (const edge of edges.toReversed()) {
    if ((cost.get(edge.to) ?? Infinity) + costOf(edge) === cost.get(edge.from)) best.set(edge.from, edge)
  }
  return (key) => {
    const path: Edge[] = []
    for (let at = key; !states.get(at)?.end;) {
      const edge = best.get(at)
      if (!edge) return undefined
      path.push(edge)
      at = edge.to
    }
    return path
  }
}

const endCost = (end: RunEnd): number => (end.state === 'failed' ? 50 : end.isRejected ? 20 : 0)

/** In a truncated graph most paths have no end: so many edges are followed at most. */
const MOST_EDGES = 500_000

/** Every path that visits no state twice. */
export function* simplePaths({ start, edges, states }: StateGraph): Generator<readonly Edge[]> {
  const bySource = edgesBySource(edges)
  let followed = 0
  const path: Edge[] = []
  const visited = new Set<string>()
  function* visit(key: string): Generator<readonly Edge[]> {
    if (states.get(key)?.end) yield [...path]
    if (visited.has(key)) return
    visited.add(key)
    for (const edge of bySource.get(key) ?? []) {
      if (followed++ > MOST_EDGES) return
      path.push(edge)
      yield* visit(edge.to)
      path.pop()
    }
    visited.delete(key)
  }
  yield* visit(start)
}

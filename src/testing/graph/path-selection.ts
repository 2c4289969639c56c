import type { Happening } from '../simulation/simulated-event.ts'
import { type Edge, edgesFrom, type Graph, shortestWays } from './state-space.ts'
import type { End } from '../simulation/test-model.ts'
import { textOf } from '../../analysis/stringify.ts'

/** First the way on which all goes well; then, for whatever it does not show, the shortest way through that. */
export function* coveringWays(graph: Graph): Generator<readonly Edge[]> {
  const before = shortestWays(graph)
  const after = bestEnds(graph)
  const shown = new Set<string>()
  const through = (edge: Edge): Edge[] | undefined => {
    const [first, last] = [before.get(edge.from), after(edge.to)]
    return first && last && [...first, edge, ...last]
  }
  const candidates = [...(after(graph.start)?.slice(0, 1) ?? []), ...graph.edges]
  for (const edge of candidates) {
    if (signsOf(edge).every((sign) => shown.has(sign))) continue
    const way = through(edge)
    if (!way) continue
    for (const sign of way.flatMap(signsOf)) shown.add(sign)
    yield way
  }
}

/**
 * What an edge shows: the arrows that it takes, in which attempt, with which value. What calls of tools come to, and where
 * that leads, are two things: not each of them is shown in the last turn again.
 */
function signsOf({ happening, moment: { taken, end } }: Edge): string[] {
  const {
    type,
    path = '',
    refused = false,
    matters = false,
    value,
    breaks = '',
    nth = 0,
    says = matters ? textOf(value) : '',
  } = happening as {
    [key: string]: unknown
    type: string
  }
  const event = type === 'send' ? (happening as { event: { type: string } }).event.type : ''
  // A timeout, or a failure, may come from many moments and still be the same.
  const failed = end?.state === 'failed' ? end.code : ''
  const own = [type, path, event, refused, says, breaks, nth].join(' ')
  if (type === 'gives' && says !== '' && !matters) return [own, [path, ...taken, failed].join(' ')]
  return [[own, ...taken, failed].join(' ')]
}

const costs: Readonly<Record<Happening['type'], number>> = {
  start: 1,
  gives: 1,
  send: 1,
  turn: 1,
  fails: 50,
  time: 50,
  cancel: 500,
}
const costOf = ({ happening }: Edge): number => {
  const { type } = happening
  const isOdd = ('refused' in happening && happening.refused) || ('breaks' in happening && happening.breaks)
  if (type === 'time' && !isOdd) return happening.actor.endsWith('#retry') ? 1 : costs.time
  return isOdd ? 100 : costs[type] + ('late' in happening && happening.late ? 5 : 0)
}

/** From each moment the way to an end on which things go as well as they can. */
function bestEnds({ edges, moments }: Graph): (key: string) => Edge[] | undefined {
  const cost = new Map<string, number>([...moments].flatMap(([key, { end }]) => (end ? [[key, endCost(end)]] : [])))
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
  // Of several as good, the first in the order of happenings.
  for (const edge of edges.toReversed()) {
    if ((cost.get(edge.to) ?? Infinity) + costOf(edge) === cost.get(edge.from)) best.set(edge.from, edge)
  }
  return (key) => {
    const way: Edge[] = []
    for (let at = key; !moments.get(at)?.end;) {
      const edge = best.get(at)
      if (!edge) return undefined
      way.push(edge)
      at = edge.to
    }
    return way
  }
}

const endCost = (end: End): number => (end.state === 'failed' ? 50 : end.isRejected ? 20 : 0)

/** Where the graph was cut there may be no end in sight for very long. */
const PATIENCE = 500_000

/** Every way that comes to no moment twice. */
export function* simpleWays({ start, edges, moments }: Graph): Generator<readonly Edge[]> {
  const from = edgesFrom(edges)
  let looked = 0
  const way: Edge[] = []
  const visited = new Set<string>()
  function* go(key: string): Generator<readonly Edge[]> {
    if (moments.get(key)?.end) yield [...way]
    if (visited.has(key)) return
    visited.add(key)
    for (const edge of from.get(key) ?? []) {
      if (looked++ > PATIENCE) return
      way.push(edge)
      yield* go(edge.to)
      way.pop()
    }
    visited.delete(key)
  }
  yield* go(start)
}

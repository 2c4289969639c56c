import type { AnyFn } from '../types.ts'
import type { Happening } from './events.ts'
import { type Edge, edgesFrom, explore, type Graph, shortestWays } from './explore.ts'
import type { Samples } from './happenings.ts'
import { beginning, type ChartModel, type End, type Moment, modelOf } from './model.ts'
import { rehearse } from './rehearse.ts'
import { scenarioOf } from './words.ts'

export type PathOptions = Samples & {
  /** `shortest` (the default): a shortest way through everything that can happen. `simple`: every way without a circle. */
  readonly mode?: 'shortest' | 'simple'
  /** How many paths at most; 1,000 by default. */
  readonly maxPaths?: number
  /** How many moments of a run are looked at, at most; 5,000 by default. */
  readonly maxStates?: number
}

/** One way through a pipeline, from its start to its end. */
export type Path = {
  /** In words: `chat fails twice, then answers 'bad' → email fails → failed at creditAnalysis.bad.email (run)`. */
  readonly description: string
  readonly input: unknown
  readonly steps: readonly Happening[]
  readonly end: End
}
/** The paths; `bound` says what was left out, where a bound was met. */
export interface Paths extends ReadonlyArray<Path> {
  readonly bound?: string
}

/**
 * The ways through a pipeline, found on its chart alone: no leaf runs. Every failure, retry, timeout, choice and event
 * from outside is on one. What leaves give comes from their schemas, from what follows them, or from `samples` by path.
 * Regions of a parallel are gone through one after the other, since their order makes no difference. Where the bounds
 * are met, `bound` says so.
 *
 * @example
 * for (const path of paths(creditAnalysis)) console.log(path.description)
 */
export function paths(fn: AnyFn, options: PathOptions = {}): Paths {
  return found(modelOf(fn), options)
}

/** The same on a model that is there already. */
export function found(model: ChartModel, options: PathOptions): Paths {
  const { mode = 'shortest', maxPaths = 1000, maxStates = 5000 } = options
  const graph = exploreAll(model, options, maxStates)
  const ways = mode === 'simple' ? simpleWays(graph) : coveringWays(graph)
  const list: Path[] = []
  const bounds = graph.cut ? [`not everything was looked at: there are more than ${maxStates} moments (maxStates)`] : []
  for (const way of ways) {
    if (list.length === maxPaths) {
      bounds.push(`there are more than ${maxPaths} paths (maxPaths)`)
      break
    }
    const path = pathOf(model, way)
    if (path) list.push(path)
  }
  return Object.assign(list, bounds.length > 0 && { bound: bounds.join('; ') })
}

/** What can break by itself does; the rest of the user's code is made to, once each. */
function exploreAll(model: ChartModel, samples: Samples, maxStates: number): Graph {
  const failed = model.seen.failed as Set<string>
  rehearse(model, samples)
  failed.clear()
  const graph = explore(model, samples, maxStates, new Set())
  const breakable = new Set(model.spots.map(({ name }) => name).filter((name) => !failed.has(name)))
  return breakable.size === 0 ? graph : explore(model, samples, maxStates, breakable)
}

/** First the way on which all goes well; then, for whatever it does not show, the shortest way through that. */
function* coveringWays(graph: Graph): Generator<readonly Edge[]> {
  const before = shortestWays(graph)
  const after = bestEnds(graph)
  const shown = new Set<string>()
  const through = (edge: Edge): Edge[] | undefined => {
    const [first, last] = [before.get(edge.from), after(edge.to)]
    return first && last && [...first, edge, ...last]
  }
  const candidates = [...(after(graph.start)?.slice(0, 1) ?? []), ...graph.edges]
  for (const edge of candidates) {
    if (shown.has(signOf(edge))) continue
    const way = through(edge)
    if (!way) continue
    for (const each of way) shown.add(signOf(each))
    yield way
  }
}

/** What an edge shows: the arrows that it takes, in which attempt, with which value. */
function signOf({ happening, moment: { taken, end } }: Edge): string {
  const {
    type,
    path = '',
    refused = false,
    matters = false,
    value,
    breaks = '',
    nth = 0,
  } = happening as {
    [key: string]: unknown
    type: string
  }
  const event = type === 'send' ? (happening as { event: { type: string } }).event.type : ''
  const said = matters ? JSON.stringify(value) : ''
  // A timeout, or a failure, may come from many moments and still be the same.
  return [type, path, event, refused, said, breaks, nth, ...taken, end?.state === 'failed' ? end.code : ''].join(' ')
}

const costs: Readonly<Record<Happening['type'], number>> = {
  start: 1,
  gives: 1,
  send: 1,
  fails: 50,
  time: 50,
  cancel: 500,
}
const costOf = ({ happening }: Edge): number => {
  const { type } = happening
  const isOdd = ('refused' in happening && happening.refused) || ('breaks' in happening && happening.breaks)
  if (type === 'time') return happening.actor.endsWith('#retry') ? 1 : costs.time
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

const endCost = ({ state }: End): number => (state === 'complete' ? 0 : 50)

/** Where the graph was cut there may be no end in sight for very long. */
const PATIENCE = 500_000

function* simpleWays({ start, edges, moments }: Graph): Generator<readonly Edge[]> {
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

const known = new WeakMap<readonly Happening[], readonly Moment[]>()

/** The moments of a path, each from the one before. */
export function momentsOf(model: ChartModel, steps: readonly Happening[]): readonly Moment[] {
  const before = known.get(steps)
  if (before) return before
  const moments: Moment[] = []
  for (const step of steps) {
    const before = moments.at(-1) ?? beginning
    if (before.end) break
    moments.push(model.step(before, step))
  }
  known.set(steps, moments)
  return moments
}

/** Once more from the start: moments that count as the same may differ in what they hold. */
function pathOf(model: ChartModel, way: readonly Edge[]): Path | undefined {
  const steps = way.map(({ happening }) => happening)
  const end = momentsOf(model, steps).at(-1)?.end
  const [start] = steps
  if (!end || start?.type !== 'start') return undefined
  return { description: scenarioOf(steps, end, model.parts), input: start.input, steps, end }
}

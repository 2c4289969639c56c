import type { AnyFn } from '../../types.ts'
import { checkOptions } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import { checkNumber, POSITIVE_INTEGER, TIMEOUT_RANGE } from '../../border/ranges.ts'
import { allParts, definitionOf } from '../../analysis/definition.ts'
import { type Happening, isSilence } from '../simulation/simulated-event.ts'
import { type Bounds, type Edge, explore, type Graph } from './state-space.ts'
import type { Samples } from './enabled-events.ts'
import { unseenRounds } from './agent/forced-rounds.ts'
import { beginning, type ChartModel, type End, type Moment, modelOf } from '../simulation/test-model.ts'
import { rehearse } from './infer-values.ts'
import { coveringWays, simpleWays } from './path-selection.ts'
import { notesOf, scenarioOf } from './path-description.ts'

export type PathOptions = Samples & {
  /** `shortest` (the default): a shortest way through everything that can happen. `simple`: every way without a cycle. */
  readonly mode?: 'shortest' | 'simple'
  /** How many paths at most; 1,000 by default. */
  readonly maxPaths?: number
  /** How many moments of a run are looked at, at most; 5,000 by default. */
  readonly maxStates?: number
  /** For how long it looks, at most, in ms; 20,000 by default. */
  readonly maxTime?: number
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
 * from outside is on one. What leaves return comes from their schemas, from what follows them, or from `samples` by path.
 * Regions of a parallel are gone through one after the other, since their order makes no difference. Where the bounds
 * are met, `bound` says so.
 *
 * @example
 * for (const path of paths(creditAnalysis)) console.log(path.description)
 */
export function paths(fn: AnyFn, options: PathOptions = {}): Paths {
  checkPathOptions('paths', fn, options)
  return found(modelOf(fn), options)
}

const OPTIONS = ['inputs', 'samples', 'mode', 'maxPaths', 'maxStates', 'maxTime']

/** Says what is wrong with the options, such as a sample for a function that is not there. */
export function checkPathOptions(owner: string, fn: AnyFn, options: unknown): void {
  checkOptions(owner, options, OPTIONS)
  const { inputs, samples = {}, mode, maxPaths, maxStates, maxTime } = options as PathOptions
  checkNumber(owner, 'maxPaths', maxPaths, POSITIVE_INTEGER)
  checkNumber(owner, 'maxStates', maxStates, POSITIVE_INTEGER)
  checkNumber(owner, 'maxTime', maxTime, TIMEOUT_RANGE)
  if (mode !== undefined && mode !== 'shortest' && mode !== 'simple')
    throw new TypeError(`${owner}: there is no mode ${formatValue(mode)}. Use 'shortest' or 'simple'.`)
  if (inputs !== undefined && !Array.isArray(inputs))
    throw new TypeError(`${owner}: inputs is ${formatValue(inputs)}. Give an array of inputs to try.`)
  const known = allParts(definitionOf(fn)).map(({ path }) => path)
  const spots = Object.fromEntries(Object.entries(samples).map(([path, values]) => [path.split('#', 1)[0], values]))
  checkOptions(`${owner}: samples`, spots, known)
  for (const [path, values] of Object.entries(samples)) {
    if (!Array.isArray(values))
      throw new TypeError(`${owner}: samples of ${path} is ${formatValue(values)}. Give an array of values.`)
  }
}

/** The same on a model that is there already. */
export function found(model: ChartModel, options: PathOptions): Paths {
  const { mode = 'shortest', maxPaths = 1000, maxStates = 5000, maxTime = 20_000 } = options
  const until = performance.now() + maxTime
  const graph = exploreAll(model, options, { states: maxStates, until })
  const ways = mode === 'simple' ? simpleWays(graph) : coveringWays(graph)
  const list: Path[] = []
  const bounds = graph.cut === undefined ? [] : [`not everything was explored: ${graph.cut}`]
  for (const way of ways) {
    if (list.length === maxPaths) {
      bounds.push(`there are more than ${maxPaths} paths (maxPaths)`)
      break
    }
    if (performance.now() > until) {
      bounds.push('some paths are missing: the time ran out (maxTime)')
      break
    }
    const path = pathOf(model, graph, way)
    if (path) list.push(path)
  }
  return Object.assign(list, bounds.length > 0 && { bound: bounds.join('; ') })
}

/** What can break by itself does; the rest of the user's code is made to, once each. */
function exploreAll(model: ChartModel, samples: Samples, bounds: Bounds): Graph {
  const failed = model.seen.failed as Set<string>
  rehearse(model, samples)
  failed.clear()
  const graph = explore(model, samples, bounds, new Set())
  const breakable = new Set(model.failpoints.map(({ name }) => name).filter((name) => !failed.has(name)))
  const { rounds } = model
  rounds.forced.clear()
  for (const round of unseenRounds(model.parts.values(), rounds.seen)) rounds.forced.add(round)
  return breakable.size + rounds.forced.size === 0 ? graph : explore(model, samples, bounds, breakable)
}

/** Moments that count as the same may differ by a little time: another timer may come first. */
const isTooLate = ({ timers }: Moment, happening: Happening): boolean =>
  happening.type === 'time' &&
  [...timers].some(([id, at]) => at < (timers.get(happening.actor) ?? Infinity) && !isSilence(id))

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
function pathOf(model: ChartModel, graph: Graph, way: readonly Edge[]): Path | undefined {
  const steps = way.map(({ happening }) => happening)
  const moments: Moment[] = []
  for (const { from, happening, moment } of way) {
    const before = moments.at(-1) ?? beginning
    if (before.end) break
    if (isTooLate(before, happening)) return undefined
    // Where it is the very moment that was looked at, what follows is known.
    moments.push(graph.moments.get(from) === before ? moment : model.step(before, happening))
  }
  known.set(steps, moments)
  const end = moments.at(-1)?.end
  const [start] = steps
  if (!end || start?.type !== 'start') return undefined
  const notes = new Map(
    moments.map(({ taken }, index) => [steps[index] as Happening, notesOf(taken, model.inventory, model.parts)]),
  )
  return { description: scenarioOf(steps, end, model.parts, notes), input: start.input, steps, end }
}

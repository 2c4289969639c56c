import type { AnyFn } from '../../types.ts'
import type { SampleOptions } from '../samples/sample-options.ts'
import { isIdleTimer, type SimulatedEvent } from '../simulation/simulated-event.ts'
import { initialState, type RunEnd, type SimulationState } from '../simulation/simulation-state.ts'
import { rememberStates } from '../simulation/states-along.ts'
import { createTestModel, type TestModel } from '../simulation/test-model.ts'
import { uncoveredRounds } from './agent/forced-rounds.ts'
import { inferValues } from './infer-values.ts'
import { describePath } from './path-description.ts'
import { checkPathOptions, type PathOptions } from './path-options.ts'
import { coveringPaths, simplePaths } from './path-selection.ts'
import { type Edge, type ExplorationBounds, exploreStateSpace, type StateGraph } from './state-space.ts'

/** One path through a pipeline, from its start to its end. */
export type Path = {
  /** In words: `chat fails twice, then answers 'bad' → email fails → failed at creditAnalysis.bad.email (run)`. */
  readonly description: string
  readonly input: unknown
  readonly steps: readonly SimulatedEvent[]
  readonly end: RunEnd
}
/** The paths. `bound` is set where a bound left some out, and says which. */
export interface Paths extends ReadonlyArray<Path> {
  readonly bound?: string
}

/**
 * The paths through a pipeline, found on its chart alone: no leaf runs. Every failure, retry, timeout, choice and event from
 * outside is on one of them. Outputs of leaves come from their schemas, from what follows them, or from `samples` by path.
 * Regions of a parallel run one after the other, because their order makes no difference. Where a bound is reached, `bound`
 * says which.
 *
 * @throws TypeError for an option, a mode or a path of `samples` that does not exist.
 *
 * @example
 * for (const path of paths(creditAnalysis)) console.log(path.description)
 */
export function paths(fn: AnyFn, options: PathOptions = {}): Paths {
  checkPathOptions('paths', fn, options)
  return generatePaths(createTestModel(fn), options)
}

/** The same on an existing model. */
export function generatePaths(model: TestModel, options: PathOptions): Paths {
  const { mode = 'shortest', maxPaths = 1000, maxStates = 5000, maxTime = 20_000 } = options
  const until = performance.now() + maxTime
  const graph = exploreWithFailures(model, options, { states: maxStates, until })
  const selected = mode === 'simple' ? simplePaths(graph) : coveringPaths(graph)
  const list: Path[] = []
  const bounds = graph.truncated === undefined ? [] : [`not every state was explored: ${graph.truncated}`]
  for (const edges of selected) {
    if (list.length === maxPaths) {
      bounds.push(`there are more than ${maxPaths} paths (maxPaths)`)
      break
    }
    if (performance.now() > until) {
      bounds.push('some paths are missing: the time was up (maxTime)')
      break
    }
    const path = pathOf(model, graph, edges)
    if (path) list.push(path)
  }
  return Object.assign(list, bounds.length > 0 && { bound: bounds.join('; ') })
}

/** Explores twice: the second time, failpoints throw that no sample value made throw the first time. */
function exploreWithFailures(model: TestModel, samples: SampleOptions, bounds: ExplorationBounds): StateGraph {
  const { control, failpoints, rounds, definitions } = model
  inferValues(model, samples)
  control.failed.clear()
  const graph = exploreStateSpace(model, samples, bounds, new Set())
  const forced = new Set(failpoints.map(({ name }) => name).filter((name) => !control.failed.has(name)))
  rounds.forced.clear()
  for (const round of uncoveredRounds(definitions.values(), rounds.seen)) rounds.forced.add(round)
  return forced.size + rounds.forced.size === 0 ? graph : exploreStateSpace(model, samples, bounds, forced)
}

/** States with one key may differ a little in time: here, another timer may fire first. */
const isTooLate = ({ timers }: SimulationState, event: SimulatedEvent): boolean =>
  event.type === 'after' &&
  [...timers].some(([id, at]) => at < (timers.get(event.actor) ?? Infinity) && !isIdleTimer(id))

/** Steps through the model again: states with one key may hold different values. */
function pathOf(model: TestModel, graph: StateGraph, edges: readonly Edge[]): Path | undefined {
  const steps = edges.map(({ event }) => event)
  const states: SimulationState[] = []
  for (const { from, event, state } of edges) {
    const before = states.at(-1) ?? initialState
    if (before.end) break
    if (isTooLate(before, event)) return undefined
    // The explored state itself: the state after it is known.
    states.push(graph.states.get(from) === before ? state : model.step(before, event))
  }
  rememberStates(steps, states)
  const end = states.at(-1)?.end
  const [start] = steps
  if (!end || start?.type !== 'start') return undefined
  return { description: describePath(model, steps, states, end), input: start.input, steps, end }
}

import type { EventObject, Snapshot } from 'xstate'
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import type { SampleOptions } from '../samples/sample-options.ts'
import { eventKey, isRetryTimer, pathOfActor, type SimulatedEvent } from '../simulation/simulated-event.ts'
import { frameAt, initialState, type SimulationState } from '../simulation/simulation-state.ts'
import type { TestModel } from '../simulation/test-model.ts'
import { enabledEvents } from './enabled-events.ts'
import { stateKey } from './state-key.ts'

/** A step of the model: `state` is the one that it leads to. */
export type Edge = {
  readonly from: string
  readonly to: string
  readonly event: SimulatedEvent
  readonly state: SimulationState
}
/** The reachable states of the model by their keys, and the steps between them. */
export type StateGraph = {
  readonly start: string
  readonly states: ReadonlyMap<string, SimulationState>
  readonly edges: readonly Edge[]
  /** Which bound ended the exploration early, if one did. */
  readonly truncated?: string | undefined
}

/** `until` is a time of `performance.now()`. */
export type ExplorationBounds = { readonly states: number; readonly until: number }

/** A state of the model as a snapshot that XState's graph functions can walk. */
type Vertex = Snapshot<unknown> & { readonly state: SimulationState }
type Step = EventObject & { readonly event: SimulatedEvent; readonly id: string }
const vertex = (state: SimulationState): Vertex => ({ status: 'active', output: undefined, error: undefined, state })

/** Explores the states that the model can reach, breadth first. Each of these failpoints throws once in each attempt. */
export function exploreStateSpace(
  model: TestModel,
  samples: SampleOptions,
  bounds: ExplorationBounds,
  failpoints: ReadonlySet<string>,
): StateGraph {
  let expanded = 0
  let truncated: string | undefined
  const thrown = new Set<string>()
  const steps = new Map<SimulatedEvent, SimulationState>()
  const logic = {
    getInitialSnapshot: () => vertex(initialState),
    transition: ({ state }: Vertex, { event }: Step) => vertex(steps.get(event) ?? model.step(state, event)),
  }

  /** The event, and the same event again for each failpoint that it reaches and that has not thrown yet. */
  const withFailures = (state: SimulationState, event: SimulatedEvent): SimulatedEvent[] => {
    const { reached } = model.control
    reached.clear()
    const after = model.step(state, event)
    steps.set(event, after)
    const isRetry = event.type === 'after' && isRetryTimer(event.actor)
    if (!isRetry && event.type !== 'start' && event.type !== 'done' && event.type !== 'send') return [event]
    const { snapshot } = isRetry ? after : state
    const failing = [...reached].flatMap((failpoint): SimulatedEvent[] => {
      if (!failpoints.has(failpoint)) return []
      const attempt = snapshot && frameAt(snapshot, pathOfActor(failpoint))?.attempt
      const key = `${failpoint} ${attempt ?? 1}`
      if (thrown.has(key)) return []
      thrown.add(key)
      return [{ ...event, failpoint }]
    })
    return [event, ...failing]
  }

  const adjacency = getAdjacencyMap(logic as never, {
    fromState: vertex(initialState) as never,
    serializeState: (({ state }: Vertex) => stateKey(state)) as never,
    serializeEvent: (({ id }: Step) => id) as never,
    stopWhen: (({ state }: Vertex) => {
      if (state.end) return true
      if (expanded++ >= bounds.states) truncated = `the run has more than ${bounds.states} states (maxStates)`
      else if (performance.now() > bounds.until) truncated = 'the time was up (maxTime)'
      return truncated !== undefined
    }) as never,
    events: (({ state }: Vertex) =>
      enabledEvents(model, state, samples)
        .flatMap((event) => withFailures(state, event))
        .map((event, index): Step => ({ type: event.type, event, id: eventKey(event, index) }))) as never,
  }) as unknown as Record<string, { state: Vertex; transitions: Record<string, { state: Vertex; event: Step }> }>

  const states = new Map(Object.entries(adjacency).map(([key, { state }]) => [key, state.state]))
  const edges = Object.entries(adjacency).flatMap(([from, { transitions }]) =>
    Object.values(transitions).map(({ state: { state }, event: { event } }): Edge => ({
      from,
      to: stateKey(state),
      event,
      state,
    })),
  )
  return { start: stateKey(initialState), states, edges, truncated }
}

/** A shortest path to each state, by its key. */
export function shortestPaths({ start, edges }: StateGraph): ReadonlyMap<string, readonly Edge[]> {
  type KeyVertex = Snapshot<unknown> & { readonly key: string }
  type EdgeStep = EventObject & { readonly edge: Edge; readonly id: number }
  const vertexOf = (key: string): KeyVertex => ({ status: 'active', output: undefined, error: undefined, key })
  const bySource = edgesBySource(edges)
  const paths = getShortestPaths({ transition: (_: KeyVertex, { edge }: EdgeStep) => vertexOf(edge.to) } as never, {
    fromState: vertexOf(start) as never,
    serializeState: (({ key }: KeyVertex) => key) as never,
    serializeEvent: (({ id }: EdgeStep) => String(id)) as never,
    events: (({ key }: KeyVertex) =>
      (bySource.get(key) ?? []).map((edge, id): EdgeStep => ({ type: 'step', edge, id }))) as never,
  }) as unknown as { state: KeyVertex; steps: { event: EdgeStep }[] }[]
  return new Map(paths.map(({ state, steps }) => [state.key, steps.slice(1).map(({ event }) => event.edge)]))
}

export function edgesBySource(edges: readonly Edge[]): ReadonlyMap<string, readonly Edge[]> {
  const bySource = new Map<string, Edge[]>()
  for (const edge of edges) {
    const list = bySource.get(edge.from)
    if (list) list.push(edge)
    else bySource.set(edge.from, [edge])
  }
  return bySource
}

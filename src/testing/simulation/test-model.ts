import { type AnyActorScope, type AnyMachineSnapshot, type AnyStateMachine, createActor, StateMachine } from 'xstate'
import { isExternal, withRouting } from '../../border/external-events/current-event.ts'
import { routeEvent } from '../../border/external-events/event-routing.ts'
import { outsideOf, type Outside, liveRoot } from '../../border/external-events/machines.ts'
import type { AnyFn, ErrorData } from '../../types.ts'
import type { CallsPool } from '../../compile/tool-calls.ts'
import { poolAt, type ToolChart, TESTED_CALL } from './agent/tool-chart.ts'
import { allDefinitions, definitionOf, type Definition, maxRetryDelay } from '../../analysis/definition.ts'
import type { SimulatedEvent } from './simulated-event.ts'
import { removeInfeasible } from './infeasible-transitions.ts'
import type { Failpoint } from '../../compile/failpoint.ts'
import { activeNodes } from '../../border/actors.ts'
import { transitionsOf } from '../../engine/internals.ts'
import { type FailpointControl, failpointControl, failpointsOf, withFailpoints } from './failpoints.ts'
import { simulatedActor, simulatedEmissions } from './simulated-actor.ts'
import { frameAt, type RunEnd, type SimulationState, timeAt } from './simulation-state.ts'
import { transitionTableOf, type TransitionTable } from '../../analysis/chart/transition-table.ts'

/** A pipeline as its chart alone, on XState's own interpreter: leaves do not run, events stand for what they do. */
export type TestModel = {
  readonly root: Definition
  readonly definitions: ReadonlyMap<string, Definition>
  readonly table: TransitionTable
  readonly failpoints: readonly Failpoint[]
  /** Counts the failpoints that were reached and that failed by themselves. */
  readonly control: FailpointControl
  readonly machine: AnyStateMachine
  /** By actor id, values that were found to pass the schemas behind it; the input is under `''`. */
  readonly inferred: Map<string, unknown>
  /** A cache: the events that may end an actor. */
  readonly outcomes: Map<string, readonly SimulatedEvent[]>
  step(state: SimulationState, event: SimulatedEvent): SimulationState
  /** Whether a state accepts an event from outside. */
  takes(snapshot: AnyMachineSnapshot, event: { readonly type: string }): boolean
  /** How predicates of agents end a round of tool calls: outcomes that were seen, and outcomes to force. */
  readonly rounds: { readonly seen: Set<string>; readonly forced: Set<string> }
  /** The pool of tool calls at a path. */
  poolAt(path: string): CallsPool | undefined
  /** Set where the chart is that of a tool. */
  readonly tool?: ToolChart | undefined
}

/** The actors that a timer ends, by the part of their id after `#`. */
const TIMERS: ReadonlySet<string> = new Set(['timeout', 'retry', 'idle', 'approvalTimeout'])

const Stock = StateMachine as unknown as new (config: object, implementations: object) => AnyStateMachine

export function createTestModel(fn: AnyFn, tool?: ToolChart): TestModel {
  const { machine: built } = tool ?? (fn as unknown as { machine: AnyStateMachine })
  const root = tool?.definition ?? definitionOf(fn)
  const definitions = new Map(allDefinitions(root).map((definition) => [definition.path, definition]))
  const failpoints = failpointsOf(built)
  const control = failpointControl()
  const { actors, actions, guards } = built.implementations as unknown as Record<string, Record<string, unknown>>
  const machine = new Stock(built.config, {
    actors: Object.fromEntries(Object.keys(actors ?? {}).map((name) => [name, simulatedActor])),
    actions: { ...actions, ...withFailpoints(built, failpoints, control) },
    guards,
  })
  const table = transitionTableOf(machine)
  removeInfeasible(root, table, tool)

  // Moments are visited in any order, so its time also goes back, which that of a `SimulatedClock` does not.
  const clock = { time: 0, now: (): number => clock.time, setTimeout: () => 0, clearTimeout: () => {} }
  let taken: string[] = []
  let entered: string[] = []
  const self = createActor(simulatedActor, {
    clock,
    inspect: (event) => {
      if (event.type !== '@xstate.microstep') return
      const { snapshot } = event as unknown as { snapshot: AnyMachineSnapshot }
      taken.push(...transitionsOf(event).flatMap((transition) => table.idOf(transition) ?? []))
      entered.push(...activeNodes(snapshot).map(({ id }) => id))
    },
  })
  const scope = {
    self,
    system: self.system,
    id: self.id,
    sessionId: self.sessionId,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    actionExecutor: () => {},
  } as unknown as AnyActorScope

  function step(state: SimulationState, event: SimulatedEvent): SimulationState {
    const now = timeAt(state, event)
    clock.time = now
    taken = []
    entered = []
    control.active = 'failpoint' in event ? event.failpoint : undefined
    control.needsApproval = 'needsApproval' in event ? event.needsApproval : undefined
    let { snapshot } = state
    if (event.type === 'start') snapshot = machine.getInitialSnapshot(scope as never, inputOf(event)) as never
    else for (const each of eventsOf(event)) snapshot = next(snapshot as AnyMachineSnapshot, each)
    control.active = undefined
    control.needsApproval = undefined
    const current = snapshot as AnyMachineSnapshot
    return { snapshot: current, now, timers: timersOf(state, current, now), taken, entered, end: endOf(current) }
  }
  const inputOf = ({ input, queued }: Extract<SimulatedEvent, { type: 'start' }>): unknown =>
    tool
      ? {
          runId: 'run',
          value: input,
          call: { id: TESTED_CALL, name: tool.definition.key, turn: 0 },
          ...(queued && { queues: queued }),
        }
      : input
  const outside = outsideOf(built) as Outside
  const take = (snapshot: AnyMachineSnapshot, event: { type: string }) =>
    machine.transition(snapshot as never, event as never, scope as never) as unknown as AnyMachineSnapshot
  /** An event from outside goes to the state that gets it in a real run. */
  const next = (snapshot: AnyMachineSnapshot, event: { type: string }) =>
    isExternal(event)
      ? withRouting(liveRoot(outside, snapshot), event, () => take(snapshot, event))
      : take(snapshot, event)

  const takes: TestModel['takes'] = (snapshot, event) =>
    routeEvent(liveRoot(outside, snapshot), event).taker !== undefined

  function timersOf({ snapshot: before, timers }: SimulationState, after: AnyMachineSnapshot, now: number) {
    const running = new Map<string, number>()
    for (const [id, ref] of Object.entries(after.children)) {
      const [path = '', verb] = id.split('#')
      if (verb === undefined || !TIMERS.has(verb)) continue
      const kept = before?.children[id] === ref ? timers.get(id) : undefined
      const { ms, at } = (ref as unknown as { getSnapshot(): { input: { ms?: number; at?: number } } }).getSnapshot()
        .input
      const retry = definitions.get(path)?.node.policy.retry
      // Without jitter: states are compared by their time.
      const wait = verb === 'retry' && retry ? maxRetryDelay(retry, frameAt(after, path)?.attempt ?? 1) : (ms ?? 0)
      // An idle timer that did not end its actor starts again: there was progress.
      const begun = verb === 'idle' && kept !== undefined && kept <= now ? undefined : kept
      running.set(id, begun ?? (verb === 'retry' || at === undefined ? now + wait : at))
    }
    return running
  }

  return {
    root,
    definitions,
    table,
    failpoints,
    control,
    machine,
    tool,
    step,
    takes,
    inferred: new Map(),
    outcomes: new Map(),
    rounds: { seen: new Set(), forced: new Set() },
    poolAt: (path) => poolAt(built, path),
  }
}

/** The events of XState that it stands for. */
function eventsOf(event: SimulatedEvent): { type: string }[] {
  switch (event.type) {
    case 'done': {
      const { actor, value: output } = event
      return [
        ...simulatedEmissions(event),
        { type: `xstate.done.actor.${actor}`, output, actorId: actor } as { type: string },
      ]
    }
    case 'error': {
      const { actor, error } = event
      return [{ type: `xstate.error.actor.${actor}`, error, actorId: actor } as { type: string }]
    }
    case 'after':
      return [{ type: `xstate.done.actor.${event.actor}`, output: undefined, actorId: event.actor } as never]
    case 'send':
      return [event.event]
    case 'cancel':
      return [{ type: 'tinyllm.cancel' }]
    case 'dequeue':
      return [{ type: 'tinyllm.turn' }]
    case 'start':
      return []
  }
}

function endOf({ status, value, output, context }: AnyMachineSnapshot): RunEnd | undefined {
  if (status === 'done') return { state: 'complete', output, ...(value === 'rejected' && { isRejected: true }) }
  if (value !== 'failed') return undefined
  const { code, path, message } = context.slots[0][0].error as ErrorData
  return { state: 'failed', code, path, message }
}

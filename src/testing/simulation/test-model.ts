import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  SimulatedClock,
  StateMachine,
} from 'xstate'
import { isExternal, withRouting } from '../../border/external-events/current-event.ts'
import { routeEvent } from '../../border/external-events/event-routing.ts'
import { outsideOf, type Outside, liveRoot } from '../../border/external-events/machines.ts'
import type { ErrorData, Frame } from '../../types.ts'
import type { AnyFn } from '../../types.ts'
import type { CallsPool } from '../../compile/tool-calls.ts'
import { poolAt, type ToolChart, CALL } from './agent/tool-chart.ts'
import { allParts, definitionOf, type Part, waitAfter } from '../../analysis/definition.ts'
import type { Happening } from './simulated-event.ts'
import { dropImpossible } from './infeasible-transitions.ts'
import type { Failpoint } from '../../compile/failpoint.ts'
import { control, emissions, rigged, simulated, failpointsOf } from './failpoints.ts'
import { inventoryOf, type Inventory } from '../../analysis/chart/transition-table.ts'
import { activeNodes } from '../../border/actors.ts'
import { transitionsOf } from '../../engine/internals.ts'

/** How a run ended. */
export type End =
  /** `isRejected`: a call that a person did not allow. */
  | { readonly state: 'complete'; readonly output: unknown; readonly isRejected?: boolean }
  | { readonly state: 'failed'; readonly code: string; readonly path: string; readonly message: string }

/** A run at one moment, by the chart alone. */
export type Moment = {
  /** Absent before the start. */
  readonly snapshot?: AnyMachineSnapshot
  /** In ms since the start. */
  readonly now: number
  /** The deadlines of the timers that run, in the order in which they began. */
  readonly timers: ReadonlyMap<string, number>
  /** The arrows that led here from the moment before, and the states that they entered. */
  readonly taken: readonly string[]
  readonly entered: readonly string[]
  readonly end?: End | undefined
}

/** A pipeline as its chart alone, on XState's own interpreter: nothing runs, and all that can happen is told to it. */
export type ChartModel = {
  readonly root: Part
  readonly parts: ReadonlyMap<string, Part>
  readonly inventory: Inventory
  readonly failpoints: readonly Failpoint[]
  /** The failpoints that a run passed, and those that failed by themselves, so far. */
  readonly seen: { readonly passed: ReadonlySet<string>; readonly failed: ReadonlySet<string> }
  readonly machine: AnyStateMachine
  /** What was found out about values of which nothing is known. */
  readonly guesses: Map<string, unknown>
  /** What each actor may come to, once that was asked. */
  readonly answers: Map<string, readonly Happening[]>
  step(moment: Moment, happening: Happening): Moment
  /** Whether a state takes such an event from outside. */
  takes(snapshot: AnyMachineSnapshot, event: { readonly type: string }): boolean
  /** How predicates of agents let a round of calls end: what came by itself, and what they are made to say. */
  readonly rounds: { readonly seen: Set<string>; readonly forced: Set<string> }
  /** The pool of calls that runs at a path. */
  poolAt(path: string): CallsPool | undefined
  /** Where it is that of a tool. */
  readonly tool?: ToolChart | undefined
}

export const beginning: Moment = { now: 0, timers: new Map(), taken: [], entered: [] }

/** The actors that end by time. */
const TIMERS: ReadonlySet<string> = new Set(['timeout', 'retry', 'idle', 'approvalTimeout'])

const Stock = StateMachine as unknown as new (config: object, implementations: object) => AnyStateMachine

export function modelOf(fn: AnyFn, tool?: ToolChart): ChartModel {
  const { machine: built } = tool ?? (fn as unknown as { machine: AnyStateMachine })
  const root = tool?.part ?? definitionOf(fn)
  const parts = new Map(allParts(root).map((part) => [part.path, part]))
  const failpoints = failpointsOf(built)
  const rig = control()
  const { actors, actions, guards } = built.implementations as unknown as Record<string, Record<string, unknown>>
  const machine = new Stock(built.config, {
    actors: Object.fromEntries(Object.keys(actors ?? {}).map((name) => [name, simulated])),
    actions: { ...actions, ...rigged(built, failpoints, rig) },
    guards,
  })
  const inventory = inventoryOf(machine)
  dropImpossible(root, inventory, tool)

  // Moments are visited in any order, so its time also goes back, which that of a `SimulatedClock` does not.
  const clock = { time: 0, now: (): number => clock.time, setTimeout: () => 0, clearTimeout: () => {} }
  let taken: string[] = []
  let entered: string[] = []
  const self = createActor(simulated, {
    clock,
    inspect: (event) => {
      if (event.type !== '@xstate.microstep') return
      const { snapshot } = event as unknown as { snapshot: AnyMachineSnapshot }
      taken.push(...transitionsOf(event).flatMap((transition) => inventory.idOf(transition) ?? []))
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

  function step(moment: Moment, happening: Happening): Moment {
    const now = timeOf(moment, happening)
    clock.time = now
    taken = []
    entered = []
    rig.breaks = 'breaks' in happening ? happening.breaks : undefined
    rig.asks = 'asks' in happening ? happening.asks : undefined
    let { snapshot } = moment
    if (happening.type === 'start') snapshot = machine.getInitialSnapshot(scope as never, birthOf(happening)) as never
    else for (const event of eventsOf(happening)) snapshot = next(snapshot as AnyMachineSnapshot, event)
    rig.breaks = undefined
    rig.asks = undefined
    const current = snapshot as AnyMachineSnapshot
    return { snapshot: current, now, timers: timersOf(moment, current, now), taken, entered, end: endOf(current) }
  }
  const birthOf = ({ input, queues }: Extract<Happening, { type: 'start' }>): unknown =>
    tool
      ? { runId: 'run', value: input, call: { id: CALL, name: tool.part.key, turn: 0 }, ...(queues && { queues }) }
      : input
  const outside = outsideOf(built) as Outside
  const take = (snapshot: AnyMachineSnapshot, event: { type: string }) =>
    machine.transition(snapshot as never, event as never, scope as never) as unknown as AnyMachineSnapshot
  /** Who takes an event from outside is decided as in a real run. */
  const next = (snapshot: AnyMachineSnapshot, event: { type: string }) =>
    isExternal(event)
      ? withRouting(liveRoot(outside, snapshot), event, () => take(snapshot, event))
      : take(snapshot, event)

  const takes: ChartModel['takes'] = (snapshot, event) =>
    routeEvent(liveRoot(outside, snapshot), event).taker !== undefined

  function timersOf({ snapshot: before, timers }: Moment, after: AnyMachineSnapshot, now: number) {
    const running = new Map<string, number>()
    for (const [id, ref] of Object.entries(after.children)) {
      const [path = '', verb] = id.split('#')
      if (verb === undefined || !TIMERS.has(verb)) continue
      const kept = before?.children[id] === ref ? timers.get(id) : undefined
      const { ms, at } = (ref as unknown as { getSnapshot(): { input: { ms?: number; at?: number } } }).getSnapshot()
        .input
      const retry = parts.get(path)?.node.policy.retry
      // Without jitter, so that moments can be told apart by their time.
      const wait = verb === 'retry' && retry ? waitAfter(retry, frameAt(after, path)?.attempt ?? 1) : (ms ?? 0)
      // Who was not stopped for its silence gave a sign of life meanwhile.
      const begun = verb === 'idle' && kept !== undefined && kept <= now ? undefined : kept
      running.set(id, begun ?? (verb === 'retry' || at === undefined ? now + wait : at))
    }
    return running
  }

  return {
    root,
    parts,
    inventory,
    failpoints,
    seen: rig,
    machine,
    tool,
    step,
    takes,
    guesses: new Map(),
    answers: new Map(),
    rounds: { seen: new Set(), forced: new Set() },
    poolAt: (path) => poolAt(built, path),
  }
}

/** When it happens: at once, unless it is time itself that passes. */
export function timeOf({ now, timers }: Moment, happening: Happening): number {
  if (happening.type === 'time') return Math.max(now, timers.get(happening.actor) ?? now)
  if (happening.type === 'gives' && happening.late) return Math.max(now, Math.min(...timers.values()) - 1)
  return now
}

/** The events by which the machine is told. */
function eventsOf(happening: Happening): { type: string }[] {
  switch (happening.type) {
    case 'gives': {
      const { actor, value: output } = happening
      return [
        ...emissions(happening),
        { type: `xstate.done.actor.${actor}`, output, actorId: actor } as { type: string },
      ]
    }
    case 'fails': {
      const { actor, error } = happening
      return [{ type: `xstate.error.actor.${actor}`, error, actorId: actor } as { type: string }]
    }
    case 'time':
      return [{ type: `xstate.done.actor.${happening.actor}`, output: undefined, actorId: happening.actor } as never]
    case 'send':
      return [happening.event]
    case 'cancel':
      return [{ type: 'tinyllm.cancel' }]
    case 'turn':
      return [{ type: 'tinyllm.turn' }]
    case 'start':
      return []
  }
}

function endOf({ status, value, output, context }: AnyMachineSnapshot): End | undefined {
  if (status === 'done') return { state: 'complete', output, ...(value === 'rejected' && { isRejected: true }) }
  if (value !== 'failed') return undefined
  const { code, path, message } = context.slots[0][0].error as ErrorData
  return { state: 'failed', code, path, message }
}

export const framesOf = ({ context }: AnyMachineSnapshot): Frame[] =>
  (context.slots as (Frame | null)[][]).flatMap((page) => page.filter((frame) => frame !== null))
export const frameAt = (snapshot: AnyMachineSnapshot, path: string): Frame | undefined =>
  framesOf(snapshot).find((frame) => frame.path === path)

import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import type { AnyMachineSnapshot, EventObject, Snapshot } from 'xstate'
import { momentOf } from '../samples/agent/model-answers.ts'
import type { Happening } from '../simulation/simulated-event.ts'
import { idOf } from '../simulation/simulated-event.ts'
import { happenings, type Samples } from './enabled-events.ts'
import { beginning, type ChartModel, frameAt, framesOf, type Moment } from '../simulation/test-model.ts'
import { isIn, pathIn, regionsOf } from './partial-order-reduction.ts'
import { textOf } from '../../analysis/stringify.ts'
import { activeNodes } from '../../border/actors.ts'

export type Edge = {
  readonly from: string
  readonly to: string
  readonly happening: Happening
  readonly moment: Moment
}
export type Graph = {
  readonly start: string
  readonly moments: ReadonlyMap<string, Moment>
  readonly edges: readonly Edge[]
  /** Why not all was looked at, where a bound was met. */
  readonly cut?: string | undefined
}

/** How much is looked at, at most. */
export type Bounds = { readonly states: number; readonly until: number }

/** Moments as the snapshots of a logic that XState's graph functions can walk. */
type Walk = Snapshot<unknown> & { readonly moment: Moment }
type Step = EventObject & { readonly happening: Happening; readonly id: string }
const walk = (moment: Moment): Walk => ({ status: 'active', output: undefined, error: undefined, moment })

/** All moments that a run can come to, up to a number of them. */
export function explore(model: ChartModel, samples: Samples, bounds: Bounds, breakable: ReadonlySet<string>): Graph {
  let expanded = 0
  let cut: string | undefined
  const broken = new Set<string>()
  const steps = new Map<Happening, Moment>()
  const logic = {
    getInitialSnapshot: () => walk(beginning),
    transition: ({ moment }: Walk, { happening }: Step) => walk(steps.get(happening) ?? model.step(moment, happening)),
  }
  const adjacency = getAdjacencyMap(logic as never, {
    fromState: walk(beginning) as never,
    serializeState: (({ moment }: Walk) => keyOf(moment)) as never,
    serializeEvent: (({ id }: Step) => id) as never,
    stopWhen: (({ moment }: Walk) => {
      if (moment.end) return true
      if (expanded++ >= bounds.states) cut = `there are more than ${bounds.states} states of the run (maxStates)`
      else if (performance.now() > bounds.until) cut = 'the time ran out (maxTime)'
      return cut !== undefined
    }) as never,
    events: (({ moment }: Walk) => {
      const list = happenings(model, moment, samples).flatMap((happening) => {
        const failing: Happening[] = []
        const passed = model.seen.passed as Set<string>
        passed.clear()
        const after = model.step(moment, happening)
        steps.set(happening, after)
        // What goes well there may also break where the user's own code runs, once for each place.
        const isRetry = happening.type === 'time' && happening.actor.endsWith('#retry')
        if (isRetry || happening.type === 'start' || happening.type === 'gives' || happening.type === 'send') {
          for (const breaks of passed) {
            if (!breakable.has(breaks)) continue
            // A retry may follow, and end: each attempt may break once.
            const path = pathIn(breaks)
            const { snapshot } = isRetry ? after : moment
            const attempt = snapshot && frameAt(snapshot, path)?.attempt
            const place = `${breaks} ${attempt ?? 1}`
            if (broken.has(place)) continue
            broken.add(place)
            failing.push({ ...happening, breaks })
          }
        }
        return [happening, ...failing]
      })
      return list.map((happening, index): Step => ({ type: happening.type, happening, id: idOf(happening, index) }))
    }) as never,
  }) as unknown as Record<string, { state: Walk; transitions: Record<string, { state: Walk; event: Step }> }>

  const moments = new Map(Object.entries(adjacency).map(([key, { state }]) => [key, state.moment]))
  const edges = Object.entries(adjacency).flatMap(([from, { transitions }]) =>
    Object.values(transitions).map(({ state: { moment }, event: { happening } }) => ({
      from,
      to: keyOf(moment),
      happening,
      moment,
    })),
  )
  return { start: keyOf(beginning), moments, edges, cut }
}

/** The shortest way to every moment. */
export function shortestWays({ start, edges }: Graph): ReadonlyMap<string, readonly Edge[]> {
  type At = Snapshot<unknown> & { readonly key: string }
  type Along = EventObject & { readonly edge: Edge; readonly id: number }
  const at = (key: string): At => ({ status: 'active', output: undefined, error: undefined, key })
  const from = edgesFrom(edges)
  const ways = getShortestPaths({ transition: (_: At, { edge }: Along) => at(edge.to) } as never, {
    fromState: at(start) as never,
    serializeState: (({ key }: At) => key) as never,
    serializeEvent: (({ id }: Along) => String(id)) as never,
    events: (({ key }: At) => (from.get(key) ?? []).map((edge, id): Along => ({ type: 'along', edge, id }))) as never,
  }) as unknown as { state: At; steps: { event: Along }[] }[]
  return new Map(ways.map(({ state, steps }) => [state.key, steps.slice(1).map(({ event }) => event.edge)]))
}

export function edgesFrom(edges: readonly Edge[]): ReadonlyMap<string, readonly Edge[]> {
  const from = new Map<string, Edge[]>()
  for (const edge of edges) {
    const list = from.get(edge.from)
    if (list) list.push(edge)
    else from.set(edge.from, [edge])
  }
  return from
}

const keys = new WeakMap<Moment, string>()
function keyOf(moment: Moment): string {
  let key = keys.get(moment)
  if (key === undefined) keys.set(moment, (key = describe(moment)))
  return key
}

/** What tells one moment from another: where the run is, what it knows, and how long it may still take. */
function describe({ snapshot, end, timers, now }: Moment): string {
  if (end?.state === 'failed') return `failed ${end.code} ${end.path}`
  if (end) return 'complete'
  if (!snapshot) return 'before'
  const replace = (key: string, value: unknown): unknown => {
    // Which ids a model has given already makes no difference to what may happen.
    if (key === 'ids') return undefined
    return key === 'messages' && Array.isArray(value) ? momentOf(value) : value
  }
  return textOf([valueOf(snapshot), timeLeft(timers, now)], { replace })
}

/** The order of the timers, and roughly what they have left: exactly, each retry would lead to moments of its own. */
function timeLeft(timers: Moment['timers'], now: number): (string | number)[] {
  const order = [...timers].toSorted(([, a], [, b]) => a - b)
  const longest = Math.max(1, ...order.map(([, at]) => at - now))
  return order.flatMap(([id, at]) => [id, Math.ceil(((at - now) / longest) * PARTS)])
}

/** Into how many parts the longest wait is divided. */
const PARTS = 32

function valueOf(snapshot: AnyMachineSnapshot): unknown[] {
  const groups = regionsOf(snapshot)
  const done = groups.flatMap((regions) => regions.filter(({ finished }) => finished).map(({ path }) => path))
  const frames = framesOf(snapshot)
  const live = frames.filter(({ path }) => !done.some((region) => isIn(path, region)))
  // Of the regions that have ended it matters whether one failed, and not which: else each would double the moments.
  const failed = frames.some(({ path, error }) => error && done.includes(path))
  const values = frames.flatMap(({ path, error, value }) => (done.includes(path) && !error ? [value] : []))
  const states = activeNodes(snapshot)
    .filter(({ type, id }) => type === 'atomic' && id !== '')
    .map(({ id }) => id)
  return [
    states,
    failed,
    values,
    live.map(
      ({ path, attempt, iteration, choice, error, input, value, outputs, heard, gate, again, wasEmpty, isLast }) => [
        path,
        attempt,
        iteration,
        choice,
        error && [error.code, error.path],
        input,
        value,
        outputs,
        heard?.length,
        gate,
        [again, wasEmpty, isLast],
      ],
    ),
  ]
}

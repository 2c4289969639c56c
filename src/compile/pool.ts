import {
  type ActorLogic,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  createActor,
  type Snapshot,
} from 'xstate'
import { failure, failureData, movedError, type PipelineError } from '../errors.ts'
import {
  ITEMS,
  type PoolItems,
  itemNumber,
  pathOutsideItem,
  POOL,
  type Pool,
} from '../border/external-events/machines.ts'
import { RESUME, type Resumable } from '../border/restore.ts'
import { ignoreRejection, isThenable } from '../border/shape.ts'
import type { CallMark, Settled } from '../types.ts'
import { EMIT, type EmitEvent } from './bubbling.ts'
import type { Call } from './call.ts'
import type { Create } from './node.ts'
import { MAX_STEPS_PER_TURN, nextMacrotask } from '../border/event-loop.ts'
import { itemId, type Outcome, pathOf, resumed, toSave } from './pool-saving.ts'
import { type Drawn, Source } from './source.ts'

export type PoolOptions = {
  /** Where the pool stands. */
  path: string
  /** What runs for an item; its input is `{ runId, value }`. */
  machine: AnyActorLogic
  /** How a new actor of it is made. */
  create: Create
  concurrency: number
  settled: boolean
}
/** What the machine of an item starts with; `round`: that of what is around it; `call`: it is one of a tool. */
export type PoolItem = { runId: string; value: unknown; round?: string; call?: CallMark; queues?: boolean }

/**
 * What the pool knows. All its snapshots share one such object, so that an item costs the same among ten and among
 * ten thousand; a persisted snapshot has a copy.
 */
type Work = {
  readonly call: Call
  /** By the item's place, once it has ended. */
  readonly outcomes: (Outcome | undefined)[]
  readonly running: Map<number, AnyActorRef>
  source: Source | undefined
  /** How many items were drawn; whether the next is on its way, or none can come; whether there are no more. */
  drawn: number
  drawing: boolean
  exhausted: boolean
  /** How many items are promises that are waited for: they take up room as if they ran. */
  promised: number
}
type PoolSnapshot = Snapshot<unknown> & { readonly work: Work }
type PoolEvent =
  | { type: 'tinyllm.draw' }
  | { type: 'tinyllm.drawn'; drawn: Drawn }
  | { type: 'tinyllm.kept'; place: number; value: unknown }
  | { type: 'tinyllm.refused'; place: number; error: unknown }
  | { type: 'tinyllm.broken'; error: unknown }
  | { type: 'xstate.stop' }
  | EmitEvent
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }

type PoolLogic = ActorLogic<PoolSnapshot, PoolEvent, Call> &
  Resumable & { readonly [ITEMS]: (snapshot: PoolSnapshot) => PoolItems; readonly [POOL]: Pool }

/** One actor that draws items, runs some of them at a time as its children, and gives their outputs in order. */
export function poolLogic(options: PoolOptions): PoolLogic {
  return {
    [POOL]: {
      machine: options.machine,
      around: (machine) => {
        const create: Create = ({ id, parent, input }) => createActor(machine, { id, parent, input } as object)
        return poolLogic({ ...options, machine, create })
      },
    },
    [ITEMS]: ({ work: { call, running } }) => ({
      running,
      at: (key) => running.get(itemNumber(key) ?? -1),
      isBeyond: (key) => {
        const place = itemNumber(key)
        return place === undefined || (Array.isArray(call.input) && place >= call.input.length)
      },
    }),

    [RESUME]: (saved, call, self) => ({ ...ACTIVE, ...resumed(options, saved, call as Call, self) }),

    getInitialSnapshot: (_, call) => active({ call, outcomes: [] }),

    start: ({ status, work }, scope) => {
      if (status !== 'active') return
      // It may have been stopped before: @xstate/react starts actors again.
      Object.assign(work, UNDRAWN)
      for (const ref of work.running.values()) ref.start()
      try {
        work.source = Source.of(work.call.input)
      } catch (error) {
        breaks(work, error, scope)
      }
      fill(work, options, scope)
      // Whether there is anything to wait for is decided where an end may be told: in a transition.
      if (isIdle(work)) send(work, work.source, scope, { type: 'tinyllm.draw' })
    },

    transition: (snapshot, event, scope) => {
      const { work } = snapshot
      if (snapshot.status !== 'active') return snapshot
      switch (event.type) {
        case EMIT:
          scope.self._parent?.send(event)
          return snapshot
        case 'xstate.stop':
          close(work, scope)
          return { ...snapshot, status: 'stopped' } as PoolSnapshot
        case 'tinyllm.broken':
          return broken(snapshot, ofSource(event.error, snapshot, scope), scope)
        case 'tinyllm.draw':
          work.drawing = false
          break
        case 'tinyllm.drawn':
          work.drawing = false
          take(work, event.drawn, options, scope)
          break
        case 'tinyllm.kept':
          work.promised--
          run(work, event, options, scope)
          break
        case 'tinyllm.refused':
          work.promised--
          if (!options.settled) return broken(snapshot, ofSource(event.error, snapshot, scope), scope)
          work.outcomes[event.place] = { error: ofSource(event.error, snapshot, scope).toJSON() }
          break
        default: {
          const place = 'actorId' in event ? placeIn(scope, event.actorId) : -1
          const ref = work.running.get(place)
          if (!ref || !('actorId' in event)) return snapshot
          work.running.delete(place)
          if (!('error' in event)) {
            work.outcomes[place] = { output: event.output }
            break
          }
          const error = movedError(event.error, pathOf(options.machine), pathOutsideItem(ref, pathOf(options.machine)))
          if (!options.settled) return broken(snapshot, error, scope)
          work.outcomes[place] = { error: failureData(error, event.actorId) }
        }
      }
      fill(work, options, scope)
      if (!work.exhausted || !isIdle(work)) return { ...snapshot }
      return { ...snapshot, status: 'done', output: outputs(work, options) } as PoolSnapshot
    },

    getPersistedSnapshot: ({ work, ...snapshot }) => ({ ...snapshot, ...toSave(options, work) }),

    restoreSnapshot: (saved, scope) => {
      const { call, outcomes, items } = saved as Snapshot<unknown> & ReturnType<typeof resumed>
      const snapshot = active({ call, outcomes: outcomes.map((outcome) => outcome ?? undefined) })
      for (const [place, item] of Object.entries(items)) {
        const id = idOf(scope, Number(place))
        const ref = createActor(options.machine, { id, parent: scope.self, snapshot: item })
        snapshot.work.running.set(Number(place), ref)
      }
      return snapshot
    },
  }
}

const UNDRAWN = { drawn: 0, drawing: false, exhausted: false, promised: 0 }
const ACTIVE = { status: 'active', output: undefined, error: undefined } as const

const active = ({ call, outcomes }: Pick<Work, 'call' | 'outcomes'>): PoolSnapshot => ({
  ...ACTIVE,
  work: { call, outcomes, running: new Map(), source: undefined, ...UNDRAWN },
})

/** Nothing runs, and nothing is on its way. */
const isIdle = ({ running, drawing, promised }: Work): boolean => running.size === 0 && promised === 0 && !drawing

/** Draws while there is room: at once from a list, one at a time from what takes its time. */
function fill(work: Work, options: PoolOptions, scope: AnyActorScope): void {
  const { source } = work
  if (!source) return
  while (!work.exhausted && !work.drawing && work.running.size + work.promised < options.concurrency) {
    let next: Drawn | Promise<Drawn>
    try {
      next = source.draw()
    } catch (error) {
      breaks(work, error, scope)
      return
    }
    if (next instanceof Promise) {
      work.drawing = true
      next.then(
        (drawn) => send(work, source, scope, { type: 'tinyllm.drawn', drawn }),
        (error: unknown) => send(work, source, scope, { type: 'tinyllm.broken', error }),
      )
    } else take(work, next, options, scope)
  }
}

/** No more can be drawn; the pool ends when it comes to the event. */
function breaks(work: Work, error: unknown, scope: AnyActorScope): void {
  work.drawing = true
  send(work, work.source, scope, { type: 'tinyllm.broken', error })
}

/** Runs a drawn item, unless it has ended or is running since before a restore. */
function take(work: Work, drawn: Drawn, options: PoolOptions, scope: AnyActorScope): void {
  if (drawn.done) {
    work.exhausted = true
    return
  }
  const { value } = drawn
  const place = work.drawn++
  // A source that always has one more, with functions that never wait, would keep timers and aborts from their turn.
  if (work.drawn % MAX_STEPS_PER_TURN === 0) {
    work.drawing = true
    const { source } = work
    nextMacrotask(() => send(work, source, scope, { type: 'tinyllm.draw' }))
  }
  if (work.outcomes[place] || work.running.has(place)) return
  if (!isThenable(value)) return run(work, { place, value }, options, scope)
  work.promised++
  const { source } = work
  void Promise.resolve(value).then(
    (kept) => send(work, source, scope, { type: 'tinyllm.kept', place, value: kept }),
    (error: unknown) => send(work, source, scope, { type: 'tinyllm.refused', place, error }),
  )
}

function run(
  work: Work,
  { place, value }: { place: number; value: unknown },
  options: PoolOptions,
  scope: AnyActorScope,
): void {
  const input = { runId: itemId(work.call, place), value }
  const ref = options.create({ id: idOf(scope, place), parent: scope.self, input })
  work.running.set(place, ref)
  ref.start()
}

const idOf = ({ id }: AnyActorScope, place: number): string => `${id}[${place}]`
const placeIn = ({ id }: AnyActorScope, item: string): number => Number.parseInt(item.slice(id.length + 1), 10)

function broken(snapshot: PoolSnapshot, error: unknown, scope: AnyActorScope): PoolSnapshot {
  close(snapshot.work, scope)
  return { ...snapshot, status: 'error', error } as PoolSnapshot
}

/** Stops what runs, and tells the source that no more is wanted. */
function close(work: Work, scope: AnyActorScope): void {
  for (const ref of work.running.values()) scope.stopChild(ref)
  work.running.clear()
  work.source?.close()
  // What it still has on its way is for nobody, also if the pool is started again.
  work.source = undefined
}

function outputs({ outcomes }: Work, { settled }: PoolOptions): unknown[] {
  const settle = ({ output, error }: Outcome): Settled<unknown> =>
    error ? { success: false, error } : { success: true, output }
  return Array.from(outcomes, (outcome = {}) => (settled ? settle(outcome) : outcome.output))
}

/** A failure of the map itself, whatever the source threw: the error of another pipeline, for one. */
const ofSource = (error: unknown, { work }: PoolSnapshot, { id: path }: AnyActorScope): PipelineError =>
  failure(error, { code: 'run', path, state: 'running', attempts: work.call.attempt })

/** What comes late is for nobody: after the pool has ended, or of the source of an earlier start. */
function send(work: Work, source: Source | undefined, { self }: AnyActorScope, event: PoolEvent): void {
  if (work.source === source && self.getSnapshot().status === 'active') self.send(event)
  else if (event.type === 'tinyllm.drawn' && !event.drawn.done) ignoreRejection(event.drawn.value)
}

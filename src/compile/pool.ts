import {
  type ActorLogic,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  createActor,
  type Snapshot,
} from 'xstate'
import { failure, failureData, moveError, type PipelineError } from '../errors.ts'
import {
  itemNumber,
  ITEMS,
  pathOutsideItem,
  POOL,
  type Pool,
  type PoolItems,
} from '../border/external-events/machines.ts'
import { type Resumable, RESUME } from '../border/restore.ts'
import { ignoreRejection, isThenable } from '../border/shape.ts'
import type { CallMark, Settled } from '../types.ts'
import { EMIT, type EmitEvent } from './emit-up.ts'
import type { LeafInput } from './leaf-input.ts'
import type { Create } from './node.ts'
import { MAX_STEPS_PER_TURN, nextMacrotask } from '../border/event-loop.ts'
import { type ItemOutcome, itemRunId, machinePath, persistPool, restorePool } from './pool-snapshot.ts'
import { ItemSource, type NextItem } from './item-source.ts'
import { parentOf } from '../border/actors.ts'
import { type HasStock, STOCK } from '../border/stock.ts'
import { runnerOf, stockRunner } from './runner.ts'

export type PoolOptions = {
  /** The path of the pool. */
  path: string
  /** The machine of an item; its input is `{ runId, value }`. */
  machine: AnyActorLogic
  /** Creates an actor of it. */
  create: Create
  concurrency: number
  settled: boolean
}
/** The input of the machine of an item; `round`: the iteration around it; `call`: the tool call that it is. */
export type PoolItem = { runId: string; value: unknown; round?: string; call?: CallMark; queues?: boolean }

/**
 * The state of the pool. All its snapshots share one such object, so that each item is O(1); a persisted snapshot has a
 * copy.
 */
type PoolState = {
  readonly call: LeafInput
  /** Outcomes of ended items, by index. */
  readonly outcomes: (ItemOutcome | undefined)[]
  readonly running: Map<number, AnyActorRef>
  source: ItemSource | undefined
  /** How many items were read; whether the next is pending; whether the source is exhausted. */
  drawn: number
  drawing: boolean
  exhausted: boolean
  /** How many items are pending promises: they count for the concurrency. */
  promised: number
}
type PoolSnapshot = Snapshot<unknown> & { readonly work: PoolState }
type PoolEvent =
  | { type: 'tinyllm.draw' }
  | { type: 'tinyllm.drawn'; drawn: NextItem }
  | { type: 'tinyllm.kept'; place: number; value: unknown }
  | { type: 'tinyllm.refused'; place: number; error: unknown }
  | { type: 'tinyllm.broken'; error: unknown }
  | { type: 'xstate.stop' }
  | EmitEvent
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }

type PoolLogic = ActorLogic<PoolSnapshot, PoolEvent, LeafInput> &
  Resumable &
  HasStock & { readonly [ITEMS]: (snapshot: PoolSnapshot) => PoolItems; readonly [POOL]: Pool }

/** An actor that reads items, runs up to `concurrency` of them as children, and returns their outputs in order. */
export function poolLogic(options: PoolOptions): PoolLogic {
  return {
    [POOL]: {
      machine: options.machine,
      around: (machine) => poolLogic({ ...options, ...runnerOf(machine) }),
    },
    [STOCK]: () => poolLogic({ ...options, ...stockRunner(options) }),
    [ITEMS]: ({ work: { call, running } }) => ({
      running,
      at: (key) => running.get(itemNumber(key) ?? -1),
      isBeyond: (key) => {
        const place = itemNumber(key)
        return place === undefined || (Array.isArray(call.input) && place >= call.input.length)
      },
    }),

    [RESUME]: (saved, call, self) => ({ ...ACTIVE, ...restorePool(options, saved, call as LeafInput, self) }),

    getInitialSnapshot: (_, call) => active({ call, outcomes: [] }),

    start: ({ status, work }, scope) => {
      if (status !== 'active') return
      // It may have been stopped before: @xstate/react restarts actors.
      Object.assign(work, NOT_STARTED)
      for (const ref of work.running.values()) ref.start()
      try {
        work.source = ItemSource.of(work.call.input)
      } catch (error) {
        failSource(work, error, scope)
      }
      fill(work, options, scope)
      // An actor can end only in a transition, so whether it is done is decided there.
      if (isIdle(work)) sendIfCurrent(work, work.source, scope, { type: 'tinyllm.draw' })
    },

    transition: (snapshot, event, scope) => {
      const { work } = snapshot
      if (snapshot.status !== 'active') return snapshot
      switch (event.type) {
        case EMIT:
          parentOf(scope.self)?.send(event)
          return snapshot
        case 'xstate.stop':
          stopAll(work, scope)
          return { ...snapshot, status: 'stopped' } as PoolSnapshot
        case 'tinyllm.broken':
          return failPool(snapshot, sourceError(event.error, snapshot, scope), scope)
        case 'tinyllm.draw':
          work.drawing = false
          break
        case 'tinyllm.drawn':
          work.drawing = false
          startItem(work, event.drawn, options, scope)
          break
        case 'tinyllm.kept':
          work.promised--
          runItem(work, event, options, scope)
          break
        case 'tinyllm.refused':
          work.promised--
          if (!options.settled) return failPool(snapshot, sourceError(event.error, snapshot, scope), scope)
          work.outcomes[event.place] = { error: sourceError(event.error, snapshot, scope).toJSON() }
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
          const error = moveError(
            event.error,
            machinePath(options.machine),
            pathOutsideItem(ref, machinePath(options.machine)),
          )
          if (!options.settled) return failPool(snapshot, error, scope)
          work.outcomes[place] = { error: failureData(error, event.actorId) }
        }
      }
      fill(work, options, scope)
      if (!work.exhausted || !isIdle(work)) return { ...snapshot }
      return { ...snapshot, status: 'done', output: outputsOf(work, options) } as PoolSnapshot
    },

    getPersistedSnapshot: ({ work, ...snapshot }) => ({ ...snapshot, ...persistPool(options, work) }),

    restoreSnapshot: (saved, scope) => {
      const { call, outcomes, items } = saved as Snapshot<unknown> & ReturnType<typeof restorePool>
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

const NOT_STARTED = { drawn: 0, drawing: false, exhausted: false, promised: 0 }
const ACTIVE = { status: 'active', output: undefined, error: undefined } as const

const active = ({ call, outcomes }: Pick<PoolState, 'call' | 'outcomes'>): PoolSnapshot => ({
  ...ACTIVE,
  work: { call, outcomes, running: new Map(), source: undefined, ...NOT_STARTED },
})

/** Whether nothing runs and nothing is pending. */
const isIdle = ({ running, drawing, promised }: PoolState): boolean => running.size === 0 && promised === 0 && !drawing

/** Reads items while fewer than `concurrency` run; from an async source one at a time. */
function fill(work: PoolState, options: PoolOptions, scope: AnyActorScope): void {
  const { source } = work
  if (!source) return
  while (!work.exhausted && !work.drawing && work.running.size + work.promised < options.concurrency) {
    let next: NextItem | Promise<NextItem>
    try {
      next = source.draw()
    } catch (error) {
      failSource(work, error, scope)
      return
    }
    if (next instanceof Promise) {
      work.drawing = true
      next.then(
        (drawn) => sendIfCurrent(work, source, scope, { type: 'tinyllm.drawn', drawn }),
        (error: unknown) => sendIfCurrent(work, source, scope, { type: 'tinyllm.broken', error }),
      )
    } else startItem(work, next, options, scope)
  }
}

/** The source has failed; the pool ends when it processes the event. */
function failSource(work: PoolState, error: unknown, scope: AnyActorScope): void {
  work.drawing = true
  sendIfCurrent(work, work.source, scope, { type: 'tinyllm.broken', error })
}

/** Starts the next item, unless it has ended or is running since before a restore. */
function startItem(work: PoolState, drawn: NextItem, options: PoolOptions, scope: AnyActorScope): void {
  if (drawn.done) {
    work.exhausted = true
    return
  }
  const { value } = drawn
  const place = work.drawn++
  // An endless source with functions that never wait would block timers and abort events.
  if (work.drawn % MAX_STEPS_PER_TURN === 0) {
    work.drawing = true
    const { source } = work
    nextMacrotask(() => sendIfCurrent(work, source, scope, { type: 'tinyllm.draw' }))
  }
  if (work.outcomes[place] || work.running.has(place)) return
  if (!isThenable(value)) return runItem(work, { place, value }, options, scope)
  work.promised++
  const { source } = work
  void Promise.resolve(value).then(
    (kept) => sendIfCurrent(work, source, scope, { type: 'tinyllm.kept', place, value: kept }),
    (error: unknown) => sendIfCurrent(work, source, scope, { type: 'tinyllm.refused', place, error }),
  )
}

function runItem(
  work: PoolState,
  { place, value }: { place: number; value: unknown },
  options: PoolOptions,
  scope: AnyActorScope,
): void {
  const input = { runId: itemRunId(work.call, place), value }
  const ref = options.create({ id: idOf(scope, place), parent: scope.self, input })
  work.running.set(place, ref)
  ref.start()
}

const idOf = ({ id }: AnyActorScope, place: number): string => `${id}[${place}]`
const placeIn = ({ id }: AnyActorScope, item: string): number => Number.parseInt(item.slice(id.length + 1), 10)

function failPool(snapshot: PoolSnapshot, error: unknown, scope: AnyActorScope): PoolSnapshot {
  stopAll(snapshot.work, scope)
  return { ...snapshot, status: 'error', error } as PoolSnapshot
}

/** Stops all items, and closes the source. */
function stopAll(work: PoolState, scope: AnyActorScope): void {
  for (const ref of work.running.values()) scope.stopChild(ref)
  work.running.clear()
  work.source?.close()
  // Pending results of this source are ignored, also if the pool is started again.
  work.source = undefined
}

function outputsOf({ outcomes }: PoolState, { settled }: PoolOptions): unknown[] {
  const settle = ({ output, error }: ItemOutcome): Settled<unknown> =>
    error ? { success: false, error } : { success: true, output }
  return Array.from(outcomes, (outcome = {}) => (settled ? settle(outcome) : outcome.output))
}

/** An error of the source as the failure of the map. */
const sourceError = (error: unknown, { work }: PoolSnapshot, { id: path }: AnyActorScope): PipelineError =>
  failure(error, { code: 'run', path, state: 'running', attempts: work.call.attempt })

/** Sends an event, unless the pool has ended or was started again with another source. */
function sendIfCurrent(
  work: PoolState,
  source: ItemSource | undefined,
  { self }: AnyActorScope,
  event: PoolEvent,
): void {
  if (work.source === source && self.getSnapshot().status === 'active') self.send(event)
  else if (event.type === 'tinyllm.drawn' && !event.drawn.done) ignoreRejection(event.drawn.value)
}

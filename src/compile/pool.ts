import {
  type ActorLogic,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  createActor,
  type Snapshot,
} from 'xstate'
import { failure, PipelineError, toData } from '../errors.ts'
import { RESUME, type Resumable } from '../resuming.ts'
import type { ErrorData, Settled } from '../types.ts'
import { type Call, EMIT, type EmitEvent } from './leaf.ts'
import { itemId, type Outcome, resumed, toSave } from './pool-saving.ts'

export type PoolOptions = {
  /** Where the pool stands. */
  path: string
  /** What runs for an item; its input is `{ runId, value }`. */
  machine: AnyActorLogic
  /** How a new actor of it is made. */
  create(birth: { id: string; parent: AnyActorRef; input: PoolItem }): AnyActorRef
  concurrency: number
  settled: boolean
}
/** What the machine of an item starts with. */
export type PoolItem = { runId: string; value: unknown }
type Source = { next(): unknown; return?(): unknown }

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
  /** How many items were drawn; whether the next is on its way; whether there are no more. */
  drawn: number
  drawing: boolean
  exhausted: boolean
}
type PoolSnapshot = Snapshot<unknown> & { readonly work: Work }
type PoolEvent =
  | { type: 'tinyllm.drawn'; done?: boolean; value?: unknown }
  | { type: 'tinyllm.broken'; error: unknown }
  | { type: 'xstate.stop' }
  | EmitEvent
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }

/** One actor that draws items, runs some of them at a time as its children, and gives their outputs in order. */
export function poolLogic(options: PoolOptions): ActorLogic<PoolSnapshot, PoolEvent, Call> & Resumable {
  return {
    [RESUME]: (saved, call, self) => ({ ...ACTIVE, ...resumed(options, saved, call as Call, self) }),

    getInitialSnapshot: (_, call) => active({ call, outcomes: [] }),

    start: ({ status, work }, scope) => {
      if (status !== 'active') return
      // It may have been stopped before: @xstate/react starts actors again.
      Object.assign(work, { drawn: 0, drawing: false, exhausted: false })
      work.source = sourceOf(work.call.input)
      for (const ref of work.running.values()) ref.start()
      fill(work, options, scope)
      // Whether there is anything to wait for is decided where an end may be told: in a transition.
      if (work.running.size === 0 && !work.drawing) send(scope, { type: 'tinyllm.drawn', done: true })
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
          return broken(snapshot, event.error, scope)
        case 'tinyllm.drawn':
          drawn(work, event, options, scope)
          break
        default: {
          const place = 'actorId' in event ? placeIn(scope, event.actorId) : -1
          if (!work.running.delete(place) || !('actorId' in event)) return snapshot
          if (!('error' in event)) work.outcomes[place] = { output: event.output }
          else if (options.settled) work.outcomes[place] = { error: dataOf(event.error, event.actorId) }
          else return broken(snapshot, event.error, scope)
        }
      }
      fill(work, options, scope)
      if (!work.exhausted || work.running.size > 0) return { ...snapshot }
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

const ACTIVE = { status: 'active', output: undefined, error: undefined } as const

const active = ({ call, outcomes }: Pick<Work, 'call' | 'outcomes'>): PoolSnapshot => ({
  ...ACTIVE,
  work: { call, outcomes, running: new Map(), source: undefined, drawn: 0, drawing: false, exhausted: false },
})

/** Draws while there is room: at once from a list, one at a time from what takes its time. */
function fill(work: Work, options: PoolOptions, scope: AnyActorScope): void {
  while (work.running.size < options.concurrency && !work.exhausted && !work.drawing && work.source) {
    let next: unknown
    try {
      next = work.source.next()
    } catch (error) {
      send(scope, { type: 'tinyllm.broken', error })
      return
    }
    if (next instanceof Promise) {
      work.drawing = true
      next.then(
        ({ done, value }: IteratorResult<unknown>) =>
          send(scope, { type: 'tinyllm.drawn', done: done === true, value }),
        (error: unknown) => send(scope, { type: 'tinyllm.broken', error }),
      )
    } else take(work, next as IteratorResult<unknown>, options, scope)
  }
}

function drawn(
  work: Work,
  { done = false, value }: { done?: boolean; value?: unknown },
  options: PoolOptions,
  scope: AnyActorScope,
) {
  work.drawing = false
  take(work, { done, value } as IteratorResult<unknown>, options, scope)
}

/** Runs a drawn item, unless it has ended or is running since before a restore. */
function take(work: Work, { done, value }: IteratorResult<unknown>, options: PoolOptions, scope: AnyActorScope): void {
  if (done) {
    work.exhausted = true
    return
  }
  const place = work.drawn++
  if (work.outcomes[place] || work.running.has(place)) return
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
  if (work.exhausted) return
  work.exhausted = true
  Promise.resolve()
    .then(() => work.source?.return?.())
    .catch(() => {}) // It is over already; what the source has to say about that concerns nobody.
}

function outputs({ outcomes }: Work, { settled }: PoolOptions): unknown[] {
  const settle = ({ output, error }: Outcome): Settled<unknown> =>
    error ? { success: false, error } : { success: true, output }
  return Array.from(outcomes, (outcome = {}) => (settled ? settle(outcome) : outcome.output))
}

const dataOf = (error: unknown, path: string): ErrorData =>
  toData(error instanceof PipelineError ? error : failure(error, { code: 'run', path, state: 'running' }))

function sourceOf(items: unknown): Source {
  const iterable = items as Partial<Iterable<unknown> & AsyncIterable<unknown>>
  return (iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]?.()) as Source
}

const send = ({ self }: AnyActorScope, event: PoolEvent): void => {
  // A late answer of the source, after the pool has ended, is for nobody.
  if (self.getSnapshot().status === 'active') self.send(event)
}

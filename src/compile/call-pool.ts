import { type ActorLogic, type AnyActorLogic, type AnyActorScope, createActor, type Snapshot } from 'xstate'
import { failure, isPipelineError, moveError } from '../errors.ts'
import { ITEMS, pathOutsideItem, type PoolItems } from '../border/external-events/machines.ts'
import { type Resumable, RESUME } from '../border/restore.ts'
import { readSlot } from '../border/slots.ts'
import type { CallMark, PipelineContext } from '../types.ts'
import { EMIT, type EmitEvent, type EmittedEvent, emitUp } from './emit-up.ts'
import type { LeafInput } from './leaf-input.ts'
import {
  byKeyIn,
  callPath,
  type CallPoolState,
  callRunId,
  CALLS,
  type CallsOptions,
  type CallsPool,
  type OneCall,
  type TurnCalls,
} from './tool-calls.ts'
import { persistCalls, restoreCalls, type SavedCalls } from './call-pool-snapshot.ts'
import { callKey } from './names.ts'
import { machinePath } from './pool-snapshot.ts'
import { parentOf } from '../border/actors.ts'
import { type HasStock, STOCK } from '../border/stock.ts'
import { stockRunner } from './runner.ts'

type CallPoolSnapshot = Snapshot<unknown> & { readonly work: CallPoolState }
type CallPoolEvent =
  | { type: 'tinyllm.begin' }
  | { type: 'tinyllm.queue'; key: string }
  | { type: 'xstate.stop' }
  | EmitEvent
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }

export type CallPoolLogic = ActorLogic<CallPoolSnapshot, CallPoolEvent, LeafInput> &
  Resumable &
  HasStock & { readonly [ITEMS]: (snapshot: CallPoolSnapshot) => PoolItems; readonly [CALLS]: CallsPool }

/** An actor that runs each tool call of a turn as a child, `PATH[ID]`; its output is made of their outcomes. */
export function callPoolLogic(options: CallsOptions & { path: string }): CallPoolLogic {
  const active = (call: LeafInput, outcomes: Iterable<readonly [string, unknown]> = []): CallPoolSnapshot => ({
    ...ACTIVE,
    work: {
      call,
      outcomes: new Map(outcomes),
      byKey: byKeyIn(callsIn(call)),
      running: new Map(),
      queue: [],
      granted: new Set(),
      isTold: false,
    },
  })
  return {
    [CALLS]: { options, around: (changes) => callPoolLogic({ ...options, ...changes }) },
    [STOCK]: () =>
      callPoolLogic({
        ...options,
        toolOf: (call, calls) => {
          const runner = options.toolOf(call, calls)
          return runner && stockRunner(runner)
        },
      }),
    [ITEMS]: ({ work: { byKey, running, outcomes } }) => ({
      running,
      at: (key) => running.get(key),
      isBeyond: (key) => !byKey.has(key),
      endOf: (key) => outcomes.get(byKey.get(key)?.id ?? ''),
    }),

    [RESUME]: (saved, call, self) => ({ ...ACTIVE, ...restoreCalls(options, saved, call as LeafInput, self) }) as never,

    getInitialSnapshot: (_, call) => active(call),

    start: ({ status, work }, scope) => {
      if (status !== 'active') return
      const calls = callsIn(work.call)
      if (!work.isTold) for (const call of calls.calls) emitForCall(scope, call, options.begun(call, calls.turn))
      work.isTold = true
      for (const ref of work.running.values()) ref.start()
      for (const call of calls.calls) begin(work, calls, call, options, scope)
      // An actor can end only in a transition, so whether it is done is decided there.
      if (work.running.size === 0 || work.queue.length > 0) scope.self.send({ type: 'tinyllm.begin' })
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
          return { ...snapshot, status: 'stopped' } as CallPoolSnapshot
        case 'tinyllm.begin':
          break
        case 'tinyllm.queue':
          work.queue.push(event.key)
          break
        default:
          if (!('actorId' in event)) return snapshot
          try {
            settle(work, event, options, scope)
          } catch (error) {
            return failPool(snapshot, error, scope)
          }
      }
      startQueued(work, options)
      return work.running.size > 0 ? { ...snapshot } : finishPool(snapshot, options, scope)
    },

    getPersistedSnapshot: ({ work, ...snapshot }) => ({ ...snapshot, ...persistCalls(options, work) }),

    restoreSnapshot: (saved, scope) => {
      const { call, outcomes, items, isNew } = saved as Snapshot<unknown> & SavedCalls & { call: LeafInput }
      const snapshot = active(call, Object.entries(outcomes))
      snapshot.work.isTold = !isNew
      const calls = callsIn(call)
      for (const one of calls.calls) {
        const key = callKey(one.id)
        const item = Object.hasOwn(items, key) ? items[key] : undefined
        const runner = item && options.toolOf(one, calls)
        if (!runner) continue
        const id = `${scope.id}[${key}]`
        const ref = createActor(runner.machine, { id, parent: scope.self, snapshot: item })
        snapshot.work.running.set(key, ref)
        const { value } = ref.getSnapshot() as { value?: unknown }
        if (value === 'queued') snapshot.work.queue.push(key)
        else if (value !== 'waitingForApproval') snapshot.work.granted.add(key)
      }
      return snapshot
    },
  }
}

const ACTIVE = { status: 'active', output: undefined, error: undefined } as const
const callsIn = ({ input }: LeafInput): TurnCalls => input as TurnCalls

function begin(
  work: CallPoolState,
  calls: TurnCalls,
  call: OneCall,
  options: CallsOptions,
  scope: AnyActorScope,
): void {
  const key = callKey(call.id)
  if (work.outcomes.has(call.id) || work.running.has(key)) return
  const runner = options.toolOf(call, calls)
  if (!runner) {
    end(work, calls, call, options.unrun(call), options, scope)
    return
  }
  const mark: CallMark = { id: call.id, name: call.name, turn: calls.turn }
  const input = {
    runId: callRunId(work.call, call.id),
    value: call.input,
    call: mark,
    ...(calls.calls.length > options.concurrency && { queues: true }),
  }
  const ref = runner.create({ id: `${scope.id}[${key}]`, parent: scope.self, input })
  work.running.set(key, ref)
  ref.start()
}

function settle(
  work: CallPoolState,
  event: { actorId: string; output?: unknown; error?: unknown },
  options: CallsOptions,
  scope: AnyActorScope,
): void {
  const key = event.actorId.slice(scope.id.length + 1, -1)
  const ref = work.running.get(key)
  const calls = callsIn(work.call)
  const call = work.byKey.get(key)
  if (!ref || !call) return
  work.running.delete(key)
  work.granted.delete(key)
  const { value, context } = ref.getSnapshot() as unknown as { value: unknown; context: PipelineContext }
  const own = { state: String(value), frame: readSlot(context.slots, 0) }
  const at = machinePath((ref as unknown as { logic: AnyActorLogic }).logic)
  const ending =
    'error' in event
      ? { ...own, error: moveError(event.error, at, pathOutsideItem(ref, at)) }
      : { ...own, output: event.output }
  let outcome: unknown
  try {
    outcome = options.outcome(call, ending, calls)
  } catch (error) {
    work.outcomes.set(call.id, options.fatal(call, ending, calls))
    throw error
  }
  end(work, calls, call, outcome, options, scope)
}

function end(
  work: CallPoolState,
  { turn }: TurnCalls,
  call: OneCall,
  outcome: unknown,
  options: CallsOptions,
  scope: AnyActorScope,
): void {
  work.outcomes.set(call.id, outcome)
  for (const event of options.ended(call, outcome, turn)) emitForCall(scope, call, event)
}

/** Starts queued calls, in their order, while fewer than `concurrency` run. */
function startQueued({ running, queue, granted }: CallPoolState, { concurrency }: CallsOptions): void {
  while (queue.length > 0 && granted.size < concurrency) {
    const key = queue.shift() as string
    const ref = running.get(key)
    if (!ref) continue
    granted.add(key)
    ref.send({ type: 'tinyllm.turn' })
  }
}

function finishPool(snapshot: CallPoolSnapshot, options: CallsOptions, scope: AnyActorScope): CallPoolSnapshot {
  const { call, outcomes } = snapshot.work
  try {
    const { output, told } = options.finish(callsIn(call), outcomes, scope.self)
    for (const { path, event } of told) emitUp(scope.self, { type: EMIT, path, event })
    return { ...snapshot, status: 'done', output } as CallPoolSnapshot
  } catch (error) {
    return failPool(snapshot, error, scope)
  }
}

function failPool(snapshot: CallPoolSnapshot, thrown: unknown, scope: AnyActorScope): CallPoolSnapshot {
  stopAll(snapshot.work, scope)
  const { attempt: attempts } = snapshot.work.call
  const error = isPipelineError(thrown)
    ? thrown
    : failure(thrown, { code: 'run', path: scope.id, state: 'running', attempts })
  return { ...snapshot, status: 'error', error } as CallPoolSnapshot
}

function stopAll({ running }: CallPoolState, scope: AnyActorScope): void {
  for (const ref of running.values()) scope.stopChild(ref)
  running.clear()
}

function emitForCall(scope: AnyActorScope, call: OneCall, event: EmittedEvent): void {
  emitUp(scope.self, { type: EMIT, path: callPath(scope.id, call), event })
}

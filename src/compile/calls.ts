import {
  type ActorLogic,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  createActor,
  type Snapshot,
} from 'xstate'
import { failure, movedError } from '../errors.ts'
import { commonSymbol } from '../border/copies.ts'
import { ITEMS, type Items, outOfItem } from '../border/outside/machines.ts'
import { RESUME, type Resumable } from '../border/resuming.ts'
import { read } from '../border/slots.ts'
import type { CallMark, Frame, PipelineContext } from '../types.ts'
import { EMIT, type EmitEvent, type Happening, tell } from './bubbling.ts'
import type { Call } from './call.ts'
import { callsToSave, resumedCalls, type SavedCalls } from './calls-saving.ts'
import { callKey } from './names.ts'
import type { Create } from './node.ts'
import { pathOf } from './pool-saving.ts'

/** A call of a tool, as it stands in the input of the pool: `input` are the arguments that its function gets. */
export type OneCall = {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** As the model wrote them. */
  readonly text: string
  /** Why it does not run, for the model to read. */
  readonly problem?: string
}
/** What a pool of calls runs: those of one turn. */
export type Calls = { readonly turn: number; readonly calls: readonly OneCall[] }
/** How the actor of a call ended: in which state, and with what. */
export type Ending = {
  readonly state: string
  readonly output?: unknown
  readonly error?: unknown
  /** What its function had. */
  readonly frame: Frame | undefined
}

export type CallsOptions<O = unknown> = {
  /** How many are at work at a time; those that wait for a person's word are not. */
  readonly concurrency: number
  /** What runs a call of the tool of this name, if there is one. */
  toolOf(call: OneCall, calls: Calls): Runner | undefined
  /** What a call came to that nothing runs, and one that has ended; a throw ends the pool with that error. */
  unrun(call: OneCall): O
  outcome(call: OneCall, ending: Ending, calls: Calls): O
  /** What is told when the calls begin, and of each when it has ended. */
  begun(call: OneCall, turn: number): Happening
  ended(call: OneCall, outcome: O, turn: number): readonly Happening[]
  /** What all of them came to; a throw is the failure of the pool. */
  finish(calls: Calls, outcomes: ReadonlyMap<string, O>, pool: AnyActorRef): Finished
  /** As data. */
  toSave(outcome: O): O
}
/** What is told when all have ended, each event of the function at its path, and what the pool comes to. */
export type Finished = { readonly output: unknown; readonly told: readonly { path: string; event: Happening }[] }
export type Runner = { readonly machine: AnyActorLogic; readonly create: Create }

/** Where the logic of a pool of calls has what it runs them by; those who simulate runs change that. */
export const CALLS: unique symbol = commonSymbol('calls') as never
export type CallsPool = { readonly options: CallsOptions; around(changes: Partial<CallsOptions>): AnyActorLogic }

export type CallsWork = {
  readonly call: Call
  /** By the id of a call, once it has ended. */
  readonly outcomes: Map<string, unknown>
  /** By the key of a call: its id, as it stands in a path. */
  readonly running: Map<string, AnyActorRef>
  /** The keys of those that wait for their turn, and how many have theirs. */
  readonly queue: string[]
  readonly granted: Set<string>
  isTold: boolean
}
type CallsSnapshot = Snapshot<unknown> & { readonly work: CallsWork }
type CallsEvent =
  | { type: 'tinyllm.begin' }
  | { type: 'tinyllm.queue'; key: string }
  | { type: 'xstate.stop' }
  | EmitEvent
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }

export type CallsLogic = ActorLogic<CallsSnapshot, CallsEvent, Call> &
  Resumable & { readonly [ITEMS]: (snapshot: CallsSnapshot) => Items; readonly [CALLS]: CallsPool }

/** One actor that runs each call of a turn as a child of its own, `PATH[ID]`, and says what they came to. */
export function callsLogic(options: CallsOptions & { path: string }): CallsLogic {
  const active = (call: Call, outcomes: Iterable<readonly [string, unknown]> = []): CallsSnapshot => ({
    ...ACTIVE,
    work: { call, outcomes: new Map(outcomes), running: new Map(), queue: [], granted: new Set(), isTold: false },
  })
  return {
    [CALLS]: { options, around: (changes) => callsLogic({ ...options, ...changes }) },
    [ITEMS]: ({ work: { call, running, outcomes } }) => {
      const idOf = (key: string) => callsIn(call).calls.find(({ id }) => callKey(id) === key)?.id
      return {
        running,
        at: (key) => running.get(key),
        isBeyond: (key) => idOf(key) === undefined,
        endOf: (key) => outcomes.get(idOf(key) ?? ''),
      }
    },

    [RESUME]: (saved, call, self) => ({ ...ACTIVE, ...resumedCalls(options, saved, call as Call, self) }) as never,

    getInitialSnapshot: (_, call) => active(call),

    start: ({ status, work }, scope) => {
      if (status !== 'active') return
      const calls = callsIn(work.call)
      if (!work.isTold) for (const call of calls.calls) tellOf(scope, call, options.begun(call, calls.turn))
      work.isTold = true
      for (const ref of work.running.values()) ref.start()
      for (const call of calls.calls) begin(work, calls, call, options, scope)
      // Whether there is anything to wait for is decided where an end may be told: in a transition.
      if (work.running.size === 0) scope.self.send({ type: 'tinyllm.begin' })
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
          return { ...snapshot, status: 'stopped' } as CallsSnapshot
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
            return broken(snapshot, error, scope)
          }
      }
      grant(work, options)
      return work.running.size > 0 ? { ...snapshot } : finished(snapshot, options, scope)
    },

    getPersistedSnapshot: ({ work, ...snapshot }) => ({ ...snapshot, ...callsToSave(options, work) }),

    restoreSnapshot: (saved, scope) => {
      const { call, outcomes, items } = saved as Snapshot<unknown> & SavedCalls & { call: Call }
      const snapshot = active(call, Object.entries(outcomes))
      snapshot.work.isTold = true
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
const callsIn = ({ input }: Call): Calls => input as Calls

/** The id of the run of a call. */
export const callRunId = ({ idempotencyKey }: Call, id: string): string => `${idempotencyKey}[${callKey(id)}]`

function begin(work: CallsWork, calls: Calls, call: OneCall, options: CallsOptions, scope: AnyActorScope): void {
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
  work: CallsWork,
  event: { actorId: string; output?: unknown; error?: unknown },
  options: CallsOptions,
  scope: AnyActorScope,
): void {
  const key = event.actorId.slice(scope.id.length + 1, -1)
  const ref = work.running.get(key)
  const calls = callsIn(work.call)
  const call = calls.calls.find(({ id }) => callKey(id) === key)
  if (!ref || !call) return
  work.running.delete(key)
  work.granted.delete(key)
  const { value, context } = ref.getSnapshot() as unknown as { value: unknown; context: PipelineContext }
  const own = { state: String(value), frame: read(context.slots, 0) }
  const at = pathOf((ref as unknown as { logic: AnyActorLogic }).logic)
  const ending =
    'error' in event
      ? { ...own, error: movedError(event.error, at, outOfItem(ref, at)) }
      : { ...own, output: event.output }
  end(work, calls, call, options.outcome(call, ending, calls), options, scope)
}

function end(
  work: CallsWork,
  { turn }: Calls,
  call: OneCall,
  outcome: unknown,
  options: CallsOptions,
  scope: AnyActorScope,
): void {
  work.outcomes.set(call.id, outcome)
  for (const event of options.ended(call, outcome, turn)) tellOf(scope, call, event)
}

/** Those that wait for their turn get it, in the order in which they came. */
function grant({ running, queue, granted }: CallsWork, { concurrency }: CallsOptions): void {
  while (queue.length > 0 && granted.size < concurrency) {
    const key = queue.shift() as string
    const ref = running.get(key)
    if (!ref) continue
    granted.add(key)
    ref.send({ type: 'tinyllm.turn' })
  }
}

function finished(snapshot: CallsSnapshot, options: CallsOptions, scope: AnyActorScope): CallsSnapshot {
  const { call, outcomes } = snapshot.work
  try {
    const { output, told } = options.finish(callsIn(call), outcomes, scope.self)
    for (const { path, event } of told) tell(scope.self, { type: EMIT, path, event })
    return { ...snapshot, status: 'done', output } as CallsSnapshot
  } catch (error) {
    return broken(snapshot, error, scope)
  }
}

function broken(snapshot: CallsSnapshot, thrown: unknown, scope: AnyActorScope): CallsSnapshot {
  close(snapshot.work, scope)
  const { attempt: attempts } = snapshot.work.call
  const error = failure(thrown, { code: 'run', path: scope.id, state: 'running', attempts })
  return { ...snapshot, status: 'error', error: isOurs(thrown) ? thrown : error } as CallsSnapshot
}
const isOurs = (thrown: unknown): boolean => (thrown as { name?: unknown } | null)?.name === 'PipelineError'

function close({ running }: CallsWork, scope: AnyActorScope): void {
  for (const ref of running.values()) scope.stopChild(ref)
  running.clear()
}

function tellOf(scope: AnyActorScope, { id, name }: OneCall, event: Happening): void {
  tell(scope.self, { type: EMIT, path: `${scope.id}[${callKey(id)}].${callKey(name)}`, event })
}

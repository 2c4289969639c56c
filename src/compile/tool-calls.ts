import type { AnyActorLogic, AnyActorRef } from 'xstate'
import { globalSymbol } from '../border/global-state.ts'
import type { Frame } from '../types.ts'
import type { EmittedEvent } from './emit-up.ts'
import type { LeafInput } from './leaf-input.ts'
import { callKey } from './names.ts'
import type { Create } from './node.ts'

/** A tool call in the input of the pool: `input` is the arguments that its function gets. */
export type OneCall = {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** As the model wrote them. */
  readonly text: string
  /** Why it does not run, as the result for the model. */
  readonly problem?: string
}
/** The input of a pool of calls: the calls of one turn. */
export type TurnCalls = { readonly turn: number; readonly calls: readonly OneCall[] }
/** How the actor of a call ended: its final state, and the output or error. */
export type Ending = {
  readonly state: string
  readonly output?: unknown
  readonly error?: unknown
  /** The frame of its function. */
  readonly frame: Frame | undefined
}

export type CallsOptions<O = unknown> = {
  /** How many run at a time; those that wait for approval do not count. */
  readonly concurrency: number
  /** What runs a call; undefined if there is no such tool. */
  toolOf(call: OneCall, calls: TurnCalls): Runner | undefined
  /** The outcome of a call that nothing runs, and of one that has ended; a throw ends the pool with that error. */
  unrun(call: OneCall): O
  outcome(call: OneCall, ending: Ending, calls: TurnCalls): O
  /** The outcome of a call whose error ends the pool. */
  fatal(call: OneCall, ending: Ending, calls: TurnCalls): O
  /** The events when the calls start, and when each has ended. */
  begun(call: OneCall, turn: number): EmittedEvent
  ended(call: OneCall, outcome: O, turn: number): readonly EmittedEvent[]
  /** The output of the pool; a throw is the failure of the pool. */
  finish(calls: TurnCalls, outcomes: ReadonlyMap<string, O>, pool: AnyActorRef): Finished
  /** The outcome as JSON data. */
  toSave(outcome: O, call: OneCall): O
}
/** The output of the pool, and the events to emit when all calls have ended. */
export type Finished = { readonly output: unknown; readonly told: readonly { path: string; event: EmittedEvent }[] }
export type Runner = { readonly machine: AnyActorLogic; readonly create: Create }

/** The key under which the logic of a pool of calls has its options; simulated runs change them. */
export const CALLS: unique symbol = globalSymbol('calls') as never
export type CallsPool = { readonly options: CallsOptions; around(changes: Partial<CallsOptions>): AnyActorLogic }

export type CallPoolState = {
  readonly call: LeafInput
  /** Outcomes of ended calls, by their ids. */
  readonly outcomes: Map<string, unknown>
  /** The calls of the turn, by their keys. */
  readonly byKey: ReadonlyMap<string, OneCall>
  /** Running calls by key: the id as it is escaped in a path. */
  readonly running: Map<string, AnyActorRef>
  /** The keys of calls that wait for their turn, and of those that have it. */
  readonly queue: string[]
  readonly granted: Set<string>
  isTold: boolean
}

/** The path of a call in the pool at `path`. */
export const callPath = (path: string, { id, name }: Pick<OneCall, 'id' | 'name'>): string =>
  `${path}[${callKey(id)}].${callKey(name)}`

/** The id of the run of a call. */
export const callRunId = ({ idempotencyKey }: LeafInput, id: string): string => `${idempotencyKey}[${callKey(id)}]`

export const byKeyIn = ({ calls }: TurnCalls): ReadonlyMap<string, OneCall> =>
  new Map(calls.map((call) => [callKey(call.id), call]))

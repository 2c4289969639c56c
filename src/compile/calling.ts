import type { AnyActorLogic, AnyActorRef } from 'xstate'
import { globalSymbol } from '../border/global-state.ts'
import type { Frame } from '../types.ts'
import type { Happening } from './bubbling.ts'
import type { Call } from './call.ts'
import { callKey } from './names.ts'
import type { Create } from './node.ts'

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
  /** The same of a call with which the pool ends. */
  fatal(call: OneCall, ending: Ending, calls: Calls): O
  /** What is told when the calls begin, and of each when it has ended. */
  begun(call: OneCall, turn: number): Happening
  ended(call: OneCall, outcome: O, turn: number): readonly Happening[]
  /** What all of them came to; a throw is the failure of the pool. */
  finish(calls: Calls, outcomes: ReadonlyMap<string, O>, pool: AnyActorRef): Finished
  /** As data. */
  toSave(outcome: O, call: OneCall): O
}
/** What is told when all have ended, each event of the function at its path, and what the pool comes to. */
export type Finished = { readonly output: unknown; readonly told: readonly { path: string; event: Happening }[] }
export type Runner = { readonly machine: AnyActorLogic; readonly create: Create }

/** Where the logic of a pool of calls has what it runs them by; those who simulate runs change that. */
export const CALLS: unique symbol = globalSymbol('calls') as never
export type CallsPool = { readonly options: CallsOptions; around(changes: Partial<CallsOptions>): AnyActorLogic }

export type CallsWork = {
  readonly call: Call
  /** By the id of a call, once it has ended. */
  readonly outcomes: Map<string, unknown>
  /** Those of the turn, by their keys. */
  readonly byKey: ReadonlyMap<string, OneCall>
  /** By the key of a call: its id, as it stands in a path. */
  readonly running: Map<string, AnyActorRef>
  /** The keys of those that wait for their turn, and how many have theirs. */
  readonly queue: string[]
  readonly granted: Set<string>
  isTold: boolean
}

/** The path of a call, of which its pool is at `path`. */
export const callPath = (path: string, { id, name }: Pick<OneCall, 'id' | 'name'>): string =>
  `${path}[${callKey(id)}].${callKey(name)}`

/** The id of the run of a call. */
export const callRunId = ({ idempotencyKey }: Call, id: string): string => `${idempotencyKey}[${callKey(id)}]`

export const byKeyIn = ({ calls }: Calls): ReadonlyMap<string, OneCall> =>
  new Map(calls.map((call) => [callKey(call.id), call]))

import type { AnyActorLogic, AnyActorRef } from 'xstate'
import type { Work } from './call.ts'
import type { Subject, Receiver } from '../border/external-events/machines.ts'
import type { CallMark, ErrorData, Frame, PipelineContext, Policy, StandardSchema } from '../types.ts'

/** The part of XState's machine config that compiled charts use: plain data but for the mappers of invoke and context. */
export type Transition = {
  target?: string
  guard?: string
  actions?: string | string[]
  reenter?: true
  meta?: Record<string, unknown>
}
export type Transitions = string | Transition | Transition[]
export type Args = { context: PipelineContext; self: AnyActorRef }
export type Invoke = {
  src: string
  id: string
  input?: (args: Args) => unknown
  onDone?: Transitions
  onError?: Transitions
}
export type State = {
  type?: 'final' | 'parallel'
  initial?: string
  states?: Record<string, State>
  entry?: string | string[]
  always?: Transitions
  on?: Record<string, Transitions>
  onDone?: Transitions
  invoke?: Invoke | Invoke[]
  meta?: Record<string, unknown>
  description?: string
  tags?: readonly string[]
}

/** Everything that a chart names, gathered while it compiles. */
export type Build = {
  actors: Record<string, AnyActorLogic>
  /** XState actions and guards; only XState's own types could say more. */
  actions: Record<string, unknown>
  guards: Record<string, unknown>
  /** Replacements by path, the outermost first come. */
  overrides: Map<string, unknown>
  /** Every function of the pipeline, by path. */
  paths: Map<string, object>
  /** The paths whose transitions are logged in any case. */
  verbose: Set<string>
  /** The paths that wait for an event from outside, those in items too. */
  waiting: Set<string>
  /** The versions of the machines that pools run, which are part of this one's. */
  items: string[]
  /** By type, then by path in this machine: who takes such an event from outside. */
  takers: Map<string, Map<string, Receiver>>
  /** By type, the places of all that take it, in machines below as well: as paths with `[*]` for each item. */
  places: Map<string, Set<string>>
  /** The types that machines below take; and whether some are below of which nobody knows what they hold. */
  below: Set<string>
  isOpen: boolean
  /** Every function that is a state of this machine, with what its frame must be when a run is restored. */
  kept: Kept[]
  /** The functions that keep account of what is used in them. */
  counters: { readonly path: string; readonly slot: number }[]
  /** The machine is not that of a whole run. */
  isItem: boolean
}

/** What the context of a machine tells of its root beside the frames; it is not saved twice. */
export type Shown = (frame: Frame, slots: Slots) => Readonly<Record<string, unknown>>

export type Saving = { toSave(frame: Frame): Frame; revived(frame: Frame): Frame }

/** What is known of a function's frame without the frame itself. */
export type Kept = {
  /** Its state. */
  readonly id: string
  readonly path: string
  readonly slot: number
  readonly policy: Policy
  readonly input: StandardSchema | undefined
  readonly output: StandardSchema | undefined
  /** Of a child: its round, and its input where no code of the user's makes it. */
  readonly round: (slots: Slots) => string | undefined
  readonly fed: ((slots: Slots) => unknown) | undefined
  /** Its input is not saved, but made again. */
  readonly remade: ((slots: Slots, self: AnyActorRef) => unknown) | undefined
  /** What is saved of its frame, and the frame that is made of that. */
  readonly saving: () => Saving | undefined
  /** Of a whole run: what its context tells beside the frames. */
  readonly shown: () => Shown | undefined
  /** What its kind asks of its frame. */
  readonly checks: RestoreCheck[]
}

/**
 * What is wrong with a function's frame in a run that is taken up again (`holds …`, for the error), or nothing. `inside`
 * are the states that are active in it, the outermost first: `['running', 'a', 'running']`.
 */
export type RestoreCheck = (
  frame: Frame,
  slots: Slots,
  inside: readonly string[],
  call: CallMark | undefined,
) => string | undefined

/**
 * What stands between the input of a function and its work, where it runs as a call of a tool. `look` sees the input,
 * before (`parse`) and after its schema; `ways` lead out of `validatingInput`, tried before the way into the work, which
 * is `next`.
 */
export type Gate = {
  /** What its function does, as a tool. */
  work(run: Work): Work
  look(frame: Frame, parse: (frame: Frame) => Frame, seen: { context: PipelineContext }): Frame
  /** `states` stand before the work, `ends` beside `complete`. */
  states(next: string): {
    readonly ways: Transition[]
    readonly states: Record<string, State>
    readonly ends: Record<string, State>
  }
}

/** What may be seen of the event that an action or guard runs on. */
export type Seen = { type: string; output?: unknown; error?: unknown }
export type Slots = PipelineContext['slots']
export type { ErrorData, Frame, PipelineContext, Policy, Subject, Receiver }

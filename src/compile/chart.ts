import type { AnyActorLogic, AnyActorRef } from 'xstate'
import type { Work } from './leaf-input.ts'
import type { Receiver, Subject } from '../border/external-events/machines.ts'
import type { CallMark, ErrorData, Frame, PipelineContext, Policy, StandardSchema } from '../types.ts'

/** The part of XState's machine config that compiled charts use: plain data, except the `input` and `context` functions. */
export type Transition = {
  target?: string
  guard?: string
  actions?: string | string[]
  reenter?: true
  meta?: Record<string, unknown>
}
export type Transitions = string | Transition | Transition[]
export type InvokeArgs = { context: PipelineContext; self: AnyActorRef }
export type Invoke = {
  src: string
  id: string
  input?: (args: InvokeArgs) => unknown
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

/** Everything that a chart refers to by name, collected during compilation. */
export type Build = {
  actors: Record<string, AnyActorLogic>
  /** XState actions and guards. */
  actions: Record<string, unknown>
  guards: Record<string, unknown>
  /** Overrides by path; an outer one wins. */
  overrides: Map<string, unknown>
  /** Every function of the pipeline, by path. */
  paths: Map<string, object>
  /** The paths whose transitions are logged in any case. */
  verbose: Set<string>
  /** The paths that wait for an external event, also in items. */
  waiting: Set<string>
  /** The versions of the machines of pools, which are part of this machine's version. */
  items: string[]
  /** By type, then by path in this machine: the states that take such an external event. */
  takers: Map<string, Map<string, Receiver>>
  /** By type, the paths of all states that take it, also in machines below; `[*]` stands for each item. */
  places: Map<string, Set<string>>
  /** The types that machines below take; `isOpen`: a custom actor logic is below, whose events are not known. */
  below: Set<string>
  isOpen: boolean
  /** Every function that is a state of this machine, with the checks of its frame on a restore. */
  kept: FrameOwner[]
  /** The functions that sum their own usage. */
  counters: { readonly path: string; readonly slot: number }[]
  /** Whether it is the machine of an item, and not of a whole run. */
  isItem: boolean
}

/** Properties of the context that are derived from the root's frame; they are not persisted. */
export type ContextView = (frame: Frame, slots: Slots) => Readonly<Record<string, unknown>>

export type FrameCodec = { persist(frame: Frame): Frame; restore(frame: Frame): Frame }

/** A function that has a frame in the context while it is active. */
export type FrameOwner = {
  /** The id of its state. */
  readonly id: string
  readonly path: string
  readonly slot: number
  readonly policy: Policy
  readonly input: StandardSchema | undefined
  readonly output: StandardSchema | undefined
  /** Of a child: its iteration, and its input where no mapper of the user makes it. */
  readonly round: (slots: Slots) => string | undefined
  readonly fed: ((slots: Slots) => unknown) | undefined
  /** Computes its input, which is not persisted. */
  readonly remade: ((slots: Slots, self: AnyActorRef) => unknown) | undefined
  /** How its frame is persisted and restored. */
  readonly saving: () => FrameCodec | undefined
  /** Of a whole run: the derived properties of the context. */
  readonly shown: () => ContextView | undefined
  /** The checks of its kind on a restore. */
  readonly checks: RestoreCheck[]
}

/**
 * Checks a function's frame on a restore: returns what is wrong (`holds …`, for the message), or undefined. `inside` are
 * the keys of the active states in it, the outermost first: `['running', 'a', 'running']`.
 */
export type RestoreCheck = (
  frame: Frame,
  slots: Slots,
  inside: readonly string[],
  call: CallMark | undefined,
) => string | undefined

/**
 * The states of a tool call between its input and its work (approval, queue). `look` sees the input before and after
 * `parse`, its schema; `ways` are transitions out of `validatingInput`, before the one to `next`.
 */
export type ToolGate = {
  /** Wraps the function of the tool. */
  work(run: Work): Work
  look(frame: Frame, parse: (frame: Frame) => Frame, seen: { context: PipelineContext }): Frame
  /** `states` come before the work, `ends` are final states beside `complete`. */
  states(next: string): {
    readonly ways: Transition[]
    readonly states: Record<string, State>
    readonly ends: Record<string, State>
  }
}

/** The event of an action or guard. */
export type ActionEvent = { type: string; output?: unknown; error?: unknown }
export type Slots = PipelineContext['slots']
export type { ErrorData, Frame, PipelineContext, Policy, Subject, Receiver }

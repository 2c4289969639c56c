import type { AnyActorLogic, AnyActorRef } from 'xstate'
import type { ErrorData, Frame, PipelineContext, Policy, StandardSchema } from '../types.ts'

/** The part of XState's machine config that compiled charts use: plain data but for the mappers of invoke and context. */
export type Transition = {
  target?: string
  guard?: string
  actions?: string | string[]
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
  entry?: string
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
  /** The events from outside that are waited for: by type, then by path, who waits. */
  awaited: Map<string, Waiters>
  /** Every function that is a state of this machine, with what its frame must be when a run is restored. */
  kept: Kept[]
}

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
  /** What its kind asks of its frame. */
  readonly checks: RestoreCheck[]
}

/**
 * What is wrong with a function's frame in a run that is taken up again (`holds …`, for the error), or nothing. `inside`
 * are the states that are active in it, the outermost first: `['running', 'a', 'running']`.
 */
export type RestoreCheck = (frame: Frame, slots: Slots, inside: readonly string[]) => string | undefined

/** A state that waits for one type of event. */
export type Waiter = {
  /** Why an event's payload does not fit, or nothing if it does. */
  misfit(payload: object): string | undefined
  subject?: Subject | undefined
}
export type Waiters = Map<string, Waiter>

/** What a state asks about, where one event may speak of this and another of that (by an id). */
export type Subject = {
  /** The path of the function that asks: an event may name that path as well. */
  readonly owner: string
  /**
   * What the event speaks of: what is asked in this frame `now`, what was answered `before`, what is neither
   * (`unknown`); undefined if it does not say. Without a frame, nothing is asked now.
   */
  about(payload: object, frame: Frame | undefined, slots: Slots): 'now' | 'before' | 'unknown' | undefined
  /** Why an event about what is `before` or `unknown` is not taken, in words. */
  objection(payload: object, frame: Frame | undefined, slots: Slots): string
}

/** What may be seen of the event that an action or guard runs on. */
export type Seen = { type: string; output?: unknown; error?: unknown }
export type Slots = PipelineContext['slots']
export type { ErrorData, Frame, PipelineContext, Policy }

import type { AnyActorRef } from 'xstate'
import type { ErrorCode, Frame, PipelineContext } from '../types.ts'
import type { PipelineError } from '../errors.ts'
import type { Seen, Slots } from './chart.ts'
import type { FailpointOptions } from './failpoint.ts'

/** How an input is made from the frame of the function around. */
export type Feed = (frame: Frame, slots: Slots, self: AnyActorRef) => unknown
/** A change of a node's frame on an event; a throw in it becomes the frame's error. */
export type Update = (frame: Frame, seen: Known) => Frame
export type Known = { event: Seen; slots: Slots; self: AnyActorRef; context: PipelineContext }
export type Test = (frame: Frame, seen: { event: Seen; slots: Slots }) => boolean
export type ChildOptions = {
  /** User code makes its input (in each round, or in those after the first), so it needs a state to fail in. */
  mapped?: boolean | 'later rounds'
  /** Its input is made of what its parent keeps, and is not saved a second time. */
  remade?: boolean
  /** Which round of its parent's cycle this is, where the parent has one. */
  round?: (frame: Frame) => number
}

export type Given = { context: PipelineContext; event: Seen; self: AnyActorRef }

/** How a child's frame is made from its parent's. */
export type Above = {
  mapped: boolean
  remade: boolean
  frame(slots: Slots): Frame
  round(above: Frame): string | undefined
  feed: Feed
}

/** `failpoint`: it runs code of the user's. */
export type ActionOptions = {
  code?: ErrorCode
  state?: string
  drop?: boolean
  failpoint?: FailpointOptions | undefined
}

/** Puts what a function has into an error with which it fails. */
export type Dress = (error: PipelineError, frame: Frame, slots: Slots, self: AnyActorRef) => PipelineError

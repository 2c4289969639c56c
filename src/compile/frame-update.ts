import type { AnyActorRef } from 'xstate'
import type { ErrorCode, Frame, PipelineContext } from '../types.ts'
import type { PipelineError } from '../errors.ts'
import type { ActionEvent, Slots } from './chart.ts'
import type { FailpointOptions } from './failpoint.ts'

/** Computes the input of a child from the frame of its parent. */
export type Feed = (frame: Frame, slots: Slots, self: AnyActorRef) => unknown
/** Computes the next frame of a node on an event; a throw becomes the frame's error. */
export type Update = (frame: Frame, seen: UpdateArgs) => Frame
export type UpdateArgs = { event: ActionEvent; slots: Slots; self: AnyActorRef; context: PipelineContext }
export type FramePredicate = (frame: Frame, seen: { event: ActionEvent; slots: Slots }) => boolean
export type ChildOptions = {
  /** User code makes its input (in each round, or in those after the first), so it needs a state in which it can fail. */
  mapped?: boolean | 'later rounds'
  /** Its input is computed from its parent's data, and not persisted. */
  remade?: boolean
  /** The iteration of its parent, if the parent is a loop. */
  round?: (frame: Frame) => number
}

export type ActionArgs = { context: PipelineContext; event: ActionEvent; self: AnyActorRef }

/** How a child's frame is created from its parent's. */
export type ParentFrame = {
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

/** Adds data of a function to an error with which it fails. */
export type ErrorDecorator = (error: PipelineError, frame: Frame, slots: Slots, self: AnyActorRef) => PipelineError

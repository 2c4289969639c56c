import { type AnyActorRef, emit } from 'xstate'
import type { PipelineContext } from '../types.ts'
import { emitAbove, type EmittedEvent, withCall } from './emit-up.ts'
import type { Slots } from './chart.ts'
import { parentOf } from '../border/actors.ts'

type EmitArgs = { context: PipelineContext; self: AnyActorRef }

/**
 * The actions that emit an event of the function at a path: `own` from a whole run, and `above` to the machine around
 * this one, for an item or a pipeline in an `actor`.
 */
export const emitActions = (path: string, event: (slots: Slots) => EmittedEvent): { own: unknown; above: unknown } => ({
  own: emit(({ context }: EmitArgs) => ({ ...event(context.slots), path })),
  above: ({ context, self }: EmitArgs) => {
    if (parentOf(self)) emitAbove(self, { path, event: withCall(event(context.slots), context.call) })
  },
})

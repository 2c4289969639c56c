import { type AnyActorRef, emit } from 'xstate'
import type { PipelineContext } from '../types.ts'
import { asCalled, type Happening, tellAbove } from './bubbling.ts'
import type { Slots } from './chart.ts'
import { parentOf } from '../border/actors.ts'

type Given = { context: PipelineContext; self: AnyActorRef }

/**
 * The actions that let an event of the function at a path out: `own` of a whole run, and `above` to the machine around
 * this one, where it is an item, or a pipeline in an `actor`.
 */
export const letting = (path: string, event: (slots: Slots) => Happening): { own: unknown; above: unknown } => ({
  own: emit(({ context }: Given) => ({ ...event(context.slots), path })),
  above: ({ context, self }: Given) => {
    if (parentOf(self)) tellAbove(self, { path, event: asCalled(event(context.slots), context.call) })
  },
})

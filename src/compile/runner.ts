import { type AnyActorLogic, createActor } from 'xstate'
import { stockOf } from '../border/stock.ts'
import type { Runner } from './tool-calls.ts'

/** What runs an item or a call, with actors as XState makes them. */
export const runnerOf = (machine: AnyActorLogic): Runner => ({
  machine,
  create: ({ id, parent, input }) => createActor(machine, { id, parent, input } as object),
})

/** The same on XState's public API alone. */
export const stockRunner = ({ machine }: Pick<Runner, 'machine'>): Runner => runnerOf(stockOf(machine))

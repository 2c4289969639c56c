import type { AnyActorRef, AnyStateMachine } from 'xstate'
import type { Real } from './run-path.ts'
import { type Control, rigged, simulated, failpointsOf } from './failpoints.ts'

/** Where a path is run: at the root, or in an item. A path speaks of its function as if that were the root. */
export type Host = {
  readonly machine: AnyStateMachine
  inputOf(input: unknown): unknown
  /** The run that the path is of, and its actor while there is one. */
  runOf(actor: AnyActorRef): Real
  refOf(actor: AnyActorRef): AnyActorRef | undefined
  /** What the other items are at. */
  othersOf(actor: AnyActorRef): string
  /** The name of an actor or an action, and the path that is told, as they are here. */
  here(name: string): string
  told(path: string): string
  sent<E extends { type: string }>(event: E): E
  /** An error that a path tells of. */
  error(error: Error): Error
  /** After the start. */
  begun?(actor: AnyActorRef): void
  /** The run that the path is of is ended from outside; a call that waited for its turn has it. */
  cancel(actor: AnyActorRef): void
  turn?(actor: AnyActorRef): void
}

/** The machine with its leaves simulated, and the user's code under control. */
export function simulation(machine: AnyStateMachine, rig: Control): AnyStateMachine {
  const { actors } = machine.implementations as unknown as { actors: Record<string, unknown> }
  const leaves = Object.keys(actors).filter((name) => !/#(timeout|retry|approvalTimeout|failed)$/.test(name))
  return machine.provide({
    actors: Object.fromEntries(leaves.map((name) => [name, simulated])),
    actions: rigged(machine, failpointsOf(machine), rig),
  } as never)
}

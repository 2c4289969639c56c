import type { AnyActorRef, AnyStateMachine } from 'xstate'
import { type FailpointControl, failpointsOf, withFailpoints } from './failpoints.ts'
import { simulatedActor } from './simulated-actor.ts'

/** What a path compares of a real run: parts of a snapshot. */
export type ObservedRun = {
  readonly status: string
  readonly value?: unknown
  readonly output?: unknown
  readonly error?: unknown
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>
}

/**
 * The machine that runs a path, and where in it the tested function is: at the root, in an item of a map, or in a tool call
 * of an agent. Names and paths of a path are those of the function alone; the `actual…` methods translate them.
 */
export type Harness = {
  readonly machine: AnyStateMachine
  inputOf(input: unknown): unknown
  /** The tested run, also after its actor has ended. */
  observe(actor: AnyActorRef): ObservedRun
  /** The actor of the tested run while it is active. */
  actorOf(actor: AnyActorRef): AnyActorRef | undefined
  /** The state of the item or call beside the tested one, as a text: no event of the path may change it. */
  siblingState(actor: AnyActorRef): string
  /** The name of an actor or an action. */
  actualName(name: string): string
  actualPath(path: string): string
  actualEvent<E extends { type: string }>(event: E): E
  actualError(error: Error): Error
  afterStart?(actor: AnyActorRef): void
  cancel(actor: AnyActorRef): void
  /** Lets the tested call leave the queue. */
  dequeue?(actor: AnyActorRef): void
}

/** The machine with simulated leaves and with failpoints. */
export function simulatedMachine(machine: AnyStateMachine, control: FailpointControl): AnyStateMachine {
  const { actors } = machine.implementations as unknown as { actors: Record<string, unknown> }
  const leaves = Object.keys(actors).filter((name) => !/#(timeout|retry|approvalTimeout|failed)$/.test(name))
  return machine.provide({
    actors: Object.fromEntries(leaves.map((name) => [name, simulatedActor])),
    actions: withFailpoints(machine, failpointsOf(machine), control),
  } as never)
}

export const cancelRun = (actor: AnyActorRef | undefined) => actor?.send({ type: 'tinyllm.cancel' })

/** A whole pipeline: the tested function is the root. */
export const rootHarness = (machine: AnyStateMachine, control: FailpointControl): Harness => ({
  machine: simulatedMachine(machine, control),
  inputOf: (input) => input,
  observe: (actor) => actor.getSnapshot() as ObservedRun,
  actorOf: (actor) => actor,
  siblingState: () => '',
  actualName: (name) => name,
  actualPath: (path) => path,
  actualEvent: (event) => event,
  actualError: (error) => error,
  cancel: cancelRun,
})

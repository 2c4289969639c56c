import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  assign,
  type EventObject,
  spawnChild,
  stopChild,
} from 'xstate'
import { type ChildEntry, child } from './configuration.ts'
import { LightActor, NODES } from './internals.ts'
import type { InvokePlan } from './plan.ts'
import type { Owner } from './snapshot.ts'

/**
 * What a transition does to the world. All of it goes through the actor's `actionExecutor`, as in XState: a running
 * actor acts at once, one that has not started keeps it for later, and a pure `transition()` hands it to its caller.
 */

/** The arguments that XState passes to an action. */
export type Args = { context: object; event: EventObject; self: AnyActorRef; system: AnyActorRef['system'] }
export type Spawn = (src: string | AnyActorLogic, options?: object) => AnyActorRef

// An action of XState's own is a function that carries how it is resolved and executed.
type BuiltIn = {
  type: string
  assignment?: unknown
  resolve(scope: AnyActorScope, snapshot: unknown, args: Args, params: undefined, action: unknown): [unknown, unknown]
  execute(scope: AnyActorScope, params: unknown): void
}
const ASSIGN = assign({}) as unknown as BuiltIn
const SPAWN = spawnChild('') as unknown as BuiltIn
const STOP = stopChild('') as unknown as BuiltIn

export const isAssign = (action: unknown): boolean => (action as BuiltIn | undefined)?.type === 'xstate.assign'

/** The context after an `assign`. */
export function assigned(action: unknown, given: Args & { spawn: Spawn }): object {
  const { assignment } = action as { assignment: unknown }
  if (typeof assignment === 'function') return { ...given.context, ...assignment(given) }
  const context: Record<string, unknown> = { ...given.context }
  for (const [key, to] of Object.entries(assignment as object)) {
    context[key] = typeof to === 'function' ? to(given) : to
  }
  return context
}

/** The `spawn` that XState passes to an `assign`. */
export function spawner(owner: Owner, scope: AnyActorScope, args: Args): Spawn {
  let spawn: Spawn | undefined
  const assignment = (given: { spawn: Spawn }) => {
    spawn = given.spawn
    return {}
  }
  // As much of a snapshot as XState needs for that.
  const snapshot = { machine: owner, context: args.context, children: {}, [NODES]: [] }
  ASSIGN.resolve(scope, snapshot, args, undefined, { assignment })
  return spawn as unknown as Spawn
}

/** Runs an action that leaves the context alone. */
export function perform(name: string, action: unknown, args: Args, scope: AnyActorScope): void {
  const { resolve, execute, type } = Object(action) as Partial<BuiltIn>
  if (!resolve || !execute || !type) {
    scope.actionExecutor({ type: name, info: args, params: undefined, exec: action as never })
    return
  }
  const [, params] = resolve(scope, undefined, args, undefined, action)
  scope.actionExecutor({ type, info: args, params: params as never, exec: () => execute(scope, params) })
}

/** Creates the actor of an invoke; it starts when the transition has ended. */
export function invoke({ id, src, input }: InvokePlan, owner: Owner, args: Args, scope: AnyActorScope): ChildEntry {
  const logic = owner.implementations.actors[src] as AnyActorLogic
  const { context, event, self } = args
  const given: unknown = typeof input === 'function' ? input({ context, event, self }) : input
  const actorRef = LightActor.of(logic, { id, src, parent: self, input: given, syncSnapshot: false })
  const params = { id, systemId: undefined, actorRef, src, input: given }
  scope.actionExecutor({ type: SPAWN.type, info: args, params, exec: () => SPAWN.execute(scope, params) })
  return child(id, actorRef)
}

export function stop(ref: AnyActorRef | undefined, args: Args, scope: AnyActorScope): void {
  const exec = () => {
    if (!LightActor.isOver(ref)) STOP.execute(scope, ref)
  }
  scope.actionExecutor({ type: STOP.type, info: args, params: ref as never, exec })
}

import type { AnyActorLogic, AnyActorRef, AnyStateMachine, Snapshot } from 'xstate'
import { isRecord, isStatus, SnapshotMismatch, RESUME, type Resumable } from '../border/restore.ts'
import { attempt, isDeepEqual } from '../border/shape.ts'
import { activeNodes, type Configuration } from '../border/actors.ts'

/**
 * The snapshot that an actor of the user's own logic is restored from. Its contents are not checked, except where the
 * actor would throw or wait forever: then the run is rejected. An actor that ended before the run was notified starts
 * again (undefined).
 */
export function resumeForeign(
  id: string,
  logic: AnyActorLogic,
  saved: Snapshot<unknown>,
  input: unknown,
  self: AnyActorRef,
): Snapshot<unknown> | undefined {
  if (saved.status !== 'active') return undefined
  check(id, logic, saved, self)
  // XState's promises, callbacks and observables start again with the input that they saved: the state has it, too.
  return 'input' in saved ? ({ ...saved, input } as Snapshot<unknown>) : saved
}

/** Throws a `SnapshotMismatch` where XState would throw, or wait for an actor that is not there. */
function check(path: string, logic: unknown, saved: unknown, self: AnyActorRef): void {
  if (!isRecord(saved) || !isStatus(saved.status)) throw new SnapshotMismatch(path, 'has an actor without a status')
  const machine = Object(logic) as Partial<AnyStateMachine & Resumable>
  if (saved.status !== 'active') return
  if (machine[RESUME])
    SnapshotMismatch.relocate(machine.id as string, `${path}.${machine.id}`, () =>
      machine[RESUME]?.(saved, undefined, self),
    )
  else if (typeof machine.resolveState === 'function') checkMachine(path, machine as AnyStateMachine, saved, self)
  else if ('children' in saved && isTakenAsItIs(logic, saved))
    throw new SnapshotMismatch(path, 'has children that are not actors')
}

/** Of promises, callbacks and observables XState takes all that was saved, and later asks `children` as if they were actors. */
const isTakenAsItIs = (logic: unknown, saved: object): boolean =>
  attempt(() => (logic as { restoreSnapshot(saved: object): unknown }).restoreSnapshot(saved)) === saved

function checkMachine(
  path: string,
  machine: AnyStateMachine,
  saved: Readonly<Record<string, unknown>>,
  self: AnyActorRef,
): void {
  const { value, context, children = {}, historyValue = {} } = saved
  let resolved: Configuration
  try {
    resolved = machine.resolveState({ value, context, status: 'active' } as never) as never
  } catch {
    throw new SnapshotMismatch(path, `is in no state of its machine ${machine.id}`)
  }
  if (!isDeepEqual(resolved.value, value))
    throw new SnapshotMismatch(path, `is in an incomplete state of its machine ${machine.id}`)
  if (!isRecord(children)) throw new SnapshotMismatch(path, 'has children that are not an object')
  if (!isRecord(historyValue) || !Object.values(historyValue).every(Array.isArray)) {
    throw new SnapshotMismatch(path, 'has a history that is not valid')
  }
  for (const { id, src } of activeNodes(resolved).flatMap((node) => node.invoke)) {
    const child = children[id]
    if (!isRecord(child)) throw new SnapshotMismatch(path, `has no actor ${id}, and its machine invokes one`)
    const { snapshot } = child
    if (typeof src !== 'string' || child.src !== src || !isRecord(snapshot) || snapshot.status === 'stopped') {
      throw new SnapshotMismatch(path, `has an actor ${id} that is not the one that its machine invokes`)
    }
    check(path, machine.implementations.actors[src], snapshot, self)
  }
}

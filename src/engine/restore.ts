import { SnapshotMismatch } from '../border/restore.ts'
import { toCause } from '../errors.ts'
import { type AnyActorLogic, type AnyActorRef, type AnyActorScope, createActor } from 'xstate'
import { type ChildEntry, child, configurationOf, walk } from './configuration.ts'
import type { Plan } from './plan.ts'
import { type Inside, LazySnapshot, type Owner } from './snapshot.ts'

/** A snapshot as XState has it, or as it was persisted. */
export type PlainSnapshot = {
  status: string
  output?: unknown
  error?: unknown
  context: object
  value: unknown
  children: Record<string, unknown>
}
/** What an actor saved, or without that, the input that it starts again with. */
type SavedChild = {
  src: string
  snapshot?: { status: string }
  input?: unknown
  syncSnapshot?: boolean
  systemId?: string
}

/** The snapshot of XState's interpreter as a `LazySnapshot`, or undefined if its value is not a state of this chart. */
export function adopt(owner: Owner, plan: Plan, snapshot: PlainSnapshot): LazySnapshot | undefined {
  const inside = insideOf(plan, snapshot.value, snapshot.children as Record<string, AnyActorRef>)
  return inside && new LazySnapshot(owner, snapshot, snapshot.context, inside)
}

/**
 * Restores a persisted run: its children are created from their own snapshots, in the same order. Undefined where
 * XState has to do it: children that no state invokes.
 */
export function restore(
  owner: Owner,
  plan: Plan,
  snapshot: PlainSnapshot,
  { self: parent }: AnyActorScope,
): LazySnapshot | undefined {
  const expected = insideOf(plan, snapshot.value, snapshot.children as Record<string, never>)
  if (!expected || expected.spawned.length > 0) return undefined
  const children: Record<string, AnyActorRef> = {}
  for (const [id, saved] of Object.entries(snapshot.children as Record<string, SavedChild>)) {
    children[id] = made(owner, id, saved, parent)
  }
  return adopt(owner, plan, { ...snapshot, children })
}

function made({ implementations }: Owner, id: string, saved: SavedChild, parent: AnyActorRef): AnyActorRef {
  const { src, syncSnapshot = false, snapshot } = saved
  const ref = createActor(implementations.actors[src] as AnyActorLogic, { id, parent, ...saved, syncSnapshot } as never)
  // XState starts an actor whose logic threw as little as one that is over.
  const thrown = ref.getSnapshot() as { status: string; error?: unknown }
  if (thrown.status === 'error' && snapshot?.status !== 'error') {
    throw new SnapshotMismatch(id, `cannot be restored: ${toCause(thrown.error).message}`)
  }
  if (thrown.status !== 'active') unreported.add(ref)
  return ref
}

/** Actors that had ended when they were saved, before the run was notified: they notify it when they start. */
const unreported = new WeakSet<AnyActorRef>()
export const isToStart = (ref: AnyActorRef | undefined): ref is AnyActorRef =>
  ref !== undefined && (ref.getSnapshot().status === 'active' || unreported.has(ref))

/** The children of a run on XState's own interpreter, which would start those without a snapshot without their input. */
export function restoreChildren(
  owner: Owner,
  children: Readonly<Record<string, unknown>>,
  { self: parent }: AnyActorScope,
): Record<string, AnyActorRef> {
  return Object.fromEntries(
    Object.entries(children as Record<string, SavedChild>).map(([id, saved]) => [id, made(owner, id, saved, parent)]),
  )
}

function insideOf(plan: Plan, value: unknown, children: Record<string, AnyActorRef>): Inside | undefined {
  const left = new Map<string, ChildEntry>()
  for (const [id, ref] of Object.entries(children)) left.set(id, child(id, ref))
  const root = configurationOf(plan.root, value, (id) => {
    const found = left.get(id)
    left.delete(id)
    return found
  })
  if (!root) return undefined
  let isAtRest = true
  walk(root, ({ node }) => {
    if (node.always) isAtRest = false
  })
  return { root, spawned: [...left.values()], isAtRest }
}

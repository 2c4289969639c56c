import { type AnyActorLogic, type AnyActorRef, type AnyActorScope, createActor } from 'xstate'
import { type Child, child, configurationOf, walk } from './configuration.ts'
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
type PersistedChild = { src: string; snapshot: never; syncSnapshot?: boolean; systemId?: string }

/** The snapshot of XState's interpreter as one of ours, or undefined if it is in no state of this chart. */
export function adopt(owner: Owner, plan: Plan, snapshot: PlainSnapshot): LazySnapshot | undefined {
  const inside = insideOf(plan, snapshot.value, snapshot.children as Record<string, AnyActorRef>)
  return inside && new LazySnapshot(owner, snapshot, snapshot.context, inside)
}

/**
 * A persisted run taken up again: its children are made anew from their own snapshots, in the same order. Undefined
 * where XState has to do it: children that no state invokes.
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
  for (const [id, data] of Object.entries(snapshot.children as Record<string, PersistedChild>)) {
    const { src, snapshot: state, syncSnapshot = false, systemId } = data
    const logic = owner.implementations.actors[src] as AnyActorLogic
    children[id] = createActor(logic, { id, parent, syncSnapshot, snapshot: state, src, systemId } as never)
  }
  return adopt(owner, plan, { ...snapshot, children })
}

function insideOf(plan: Plan, value: unknown, children: Record<string, AnyActorRef>): Inside | undefined {
  const left = new Map<string, Child>()
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

import type { AnyActorRef, AnyStateMachine, AnyStateNode } from 'xstate'

/** The actor above this one; undefined for the root of a system. XState's `options` are public, its `_parent` is not. */
export const parentOf = (actor: AnyActorRef): AnyActorRef | undefined =>
  (actor as { options?: { parent?: AnyActorRef } }).options?.parent

/** The root of the system that an actor belongs to. */
export function rootActorOf(actor: AnyActorRef): AnyActorRef {
  let root = actor
  for (let above = parentOf(root); above; above = parentOf(above)) root = above
  return root
}

/** The part of a machine's snapshot that determines which states are active. */
export type Configuration = { readonly machine: Pick<AnyStateMachine, 'root'>; readonly value: unknown }

/** Whether it is the snapshot of a machine, as an actor of this process has it, or `resolveState` makes it. */
export const isConfiguration = (snapshot: unknown): snapshot is Configuration =>
  typeof snapshot === 'object' && snapshot !== null && 'machine' in snapshot && 'value' in snapshot

/** The active states of a snapshot, in document order, the root first: what XState keeps in `_nodes`. */
export function activeNodes({ machine, value }: Configuration): AnyStateNode[] {
  const nodes: AnyStateNode[] = []
  collect(machine.root, value, nodes)
  return nodes
}

function collect(node: AnyStateNode, value: unknown, nodes: AnyStateNode[]): void {
  nodes.push(node)
  if (typeof value === 'string') {
    nodes.push(node.states[value] as AnyStateNode)
    return
  }
  const parts = Object(value) as Readonly<Record<string, unknown>>
  for (const [key, child] of Object.entries(node.states as Record<string, AnyStateNode>))
    if (Object.hasOwn(parts, key)) collect(child, parts[key], nodes)
}

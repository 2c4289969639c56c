import type { AnyStateNode } from 'xstate'

/** The part of a machine's snapshot that holds the active states. */
export type SnapshotNodes = {
  readonly _nodes: readonly AnyStateNode[]
  /** The engine's snapshots know without a walk over everything that is active. */
  nodesSince?(earlier: object): readonly AnyStateNode[]
}

/** The states that are active in one snapshot and not in the other, in document order. */
export function enteredStates(now: SnapshotNodes, before: SnapshotNodes | undefined): readonly AnyStateNode[] {
  if (before === undefined) return now._nodes
  if (now.nodesSince && before.nodesSince) return now.nodesSince(before)
  const old = new Set(before._nodes)
  return now._nodes.filter((node) => !old.has(node))
}

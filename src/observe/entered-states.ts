import type { AnyStateNode } from 'xstate'
import { activeNodes, type Configuration } from '../border/actors.ts'

/** The part of a machine's snapshot that holds the active states. */
export type SnapshotNodes = Configuration & {
  /** The engine's snapshots know without a walk over everything that is active. */
  nodesSince?(earlier: object): readonly AnyStateNode[]
}

/** The states that are active in one snapshot and not in the other, in document order. */
export function enteredStates(now: SnapshotNodes, before: SnapshotNodes | undefined): readonly AnyStateNode[] {
  if (before === undefined) return activeNodes(now)
  if (now.nodesSince && before.nodesSince) return now.nodesSince(before)
  const old = new Set(activeNodes(before))
  return activeNodes(now).filter((node) => !old.has(node))
}

import type { AnyStateNode } from 'xstate'
import { activeNodes, type Configuration } from '../border/actors.ts'

/** As much of a machine's snapshot as tells which states are active. */
export type Nodes = Configuration & {
  /** The engine's snapshots know without a walk over everything that is active. */
  nodesSince?(earlier: object): readonly AnyStateNode[]
}

/** The states that are active in one snapshot and not in the other, in document order. */
export function entered(now: Nodes, before: Nodes | undefined): readonly AnyStateNode[] {
  if (before === undefined) return activeNodes(now)
  if (now.nodesSince && before.nodesSince) return now.nodesSince(before)
  const old = new Set(activeNodes(before))
  return activeNodes(now).filter((node) => !old.has(node))
}

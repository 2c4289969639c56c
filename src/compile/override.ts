import type { Work } from './leaf-input.ts'
import { type HasNode, NODE, type Node } from './node.ts'

/** The node with its override applied: another function, or a leaf with another `run`. */
export function applyOverride(node: Node, replacement: unknown): Node {
  if (replacement === undefined) return node
  const other = (replacement as Partial<HasNode>)[NODE]
  return other ?? (node.swap as NonNullable<Node['swap']>)(replacement as Work)
}

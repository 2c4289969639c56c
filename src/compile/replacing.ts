import type { Work } from './call.ts'
import { type HasNode, NODE, type Node } from './node.ts'

/** The node that stands in the place of another one, if there is any: a function, or what a leaf does instead. */
export function replace(node: Node, replacement: unknown): Node {
  if (replacement === undefined) return node
  const other = (replacement as Partial<HasNode>)[NODE]
  return other ?? (node.swap as NonNullable<Node['swap']>)(replacement as Work)
}

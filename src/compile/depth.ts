import { globalState } from '../border/global-state.ts'
import { type HasNode, NODE, type Node } from './scope.ts'

/**
 * How many functions may stand in each other. A chart is walked by recursion, ours and XState's, and the stack is finite:
 * with Node's, XState's own interpreter (`engine: 'stock'`) is the first to meet its end, in parallels between 200 and
 * 300 deep, while chains hold 400.
 */
const DEEPEST = 200

const depths = globalState('depths', () => new WeakMap<object, number>())

/** Says where a definition is too deep to run. Each node knows its depth, so this costs no more than its children. */
export function checkDepth(owner: string, node: Node): void {
  const depth = measure(node)
  depths.set(node, depth)
  if (depth <= DEEPEST) return
  throw new TypeError(
    `${owner} nests functions ${depth} levels deep (${wayDown(node)}), and ${DEEPEST} is the limit. Put steps side by side in one chain, and use loop or map for what repeats.`,
  )
}

/** A machine is as deep as the function that it was made from, also inside an `actor`. */
export const asDeepAs = (machine: object, { [NODE]: node }: HasNode): void => {
  depths.set(machine, depths.get(node) ?? 1)
}

function measure({ children = [], overrides, facts }: Node): number {
  const below = children.map(({ fn }) => depths.get(fn[NODE]) ?? 1)
  const inside = facts?.logic ? (depths.get(facts.logic) ?? 0) : 0
  // Where a replacement stands, its path says: the root itself is '', a child '.a'.
  const replaced = [...(overrides ?? [])].map(
    ([path, other]) => path.split('.').length - 1 + (depths.get((other as Partial<HasNode>)[NODE] ?? {}) ?? 1),
  )
  // Not with spread: a parallel may have thousands of children.
  return [...replaced, inside + 1, ...below.map((depth) => depth + 1)].reduce((most, depth) => Math.max(most, depth), 1)
}

/** From the outside to the innermost, by name; the first and the last will do. */
function wayDown(node: Node): string {
  const names: string[] = []
  for (let at: Node | undefined = node; at; at = deepest(at)) names.push(at.name)
  return names.length <= 6 ? names.join('.') : [...names.slice(0, 3), '…', ...names.slice(-2)].join('.')
}

function deepest({ children = [] }: Node): Node | undefined {
  let found: Node | undefined
  for (const { fn } of children) {
    if (!found || (depths.get(fn[NODE]) ?? 0) > (depths.get(found) ?? 0)) found = fn[NODE]
  }
  return found
}

import { globalState } from '../border/global-state.ts'
import { type HasNode, NODE, type Node } from './scope.ts'

/**
 * How deep functions may be nested. tinyllm and XState recurse over a chart: with Node's default stack, XState's
 * interpreter (`engine: 'stock'`) overflows first, with parallels nested 200 to 300 deep; chains reach 400.
 */
const MAX_DEPTH_OF_FUNCTIONS = 200

const depths = globalState('depths', () => new WeakMap<object, number>())

/** Throws a `TypeError` for a definition that is nested too deep. The depth of each child is known already. */
export function checkDepth(owner: string, node: Node): void {
  const depth = measure(node)
  depths.set(node, depth)
  if (depth <= MAX_DEPTH_OF_FUNCTIONS) return
  throw new TypeError(
    `${owner} nests functions ${depth} levels deep (${nestingPath(node)}), and ${MAX_DEPTH_OF_FUNCTIONS} is the limit. Put steps side by side in one chain, and use loop or map for what repeats.`,
  )
}

/** Sets the depth of a machine to that of its function, for machines in an `actor`. */
export const setDepth = (machine: object, { [NODE]: node }: HasNode): void => {
  depths.set(machine, depths.get(node) ?? 1)
}

function measure({ children = [], overrides, facts }: Node): number {
  const below = children.map(({ fn }) => depths.get(fn[NODE]) ?? 1)
  const inside = facts?.logic ? (depths.get(facts.logic) ?? 0) : 0
  // The depth of an override is in its path: '' is the root, '.a' a child.
  const replaced = [...(overrides ?? [])].map(
    ([path, other]) => path.split('.').length - 1 + (depths.get((other as Partial<HasNode>)[NODE] ?? {}) ?? 1),
  )
  // Not with spread: a parallel may have thousands of children.
  return [...replaced, inside + 1, ...below.map((depth) => depth + 1)].reduce((most, depth) => Math.max(most, depth), 1)
}

/** The names from the outermost to the innermost function; a long list is cut in the middle. */
function nestingPath(node: Node): string {
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

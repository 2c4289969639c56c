import { toKey } from '../compile/names.ts'
import { type HasNode, NODE, type Node } from '../compile/scope.ts'
import { delayAfter } from '../compile/timer.ts'
import type { AnyFn, Policy } from '../types.ts'

/** One function of a pipeline, as it was defined. */
export type Part = {
  readonly path: string
  /** Under which its parent holds it. */
  readonly key: string
  readonly node: Node
  readonly parent?: Part | undefined
  readonly children: readonly Part[]
}

/** A pipeline as a tree of its definitions, replacements in their places. Reads what was written; runs nothing. */
export function definitionOf(fn: AnyFn): Part {
  const root = nodeOf(fn)
  return part(root, root.name, root.name, undefined, new Map())
}

/** Itself and everything below, parents first. */
export const allParts = (root: Part): Part[] => [root, ...root.children.flatMap(allParts)]

/** Its parents, the nearest first. */
export const above = ({ parent }: Part): Part[] => (parent ? [parent, ...above(parent)] : [])

/** The wait after an attempt, in ms; jitter could only make it shorter. */
export const waitAfter = (retry: NonNullable<Policy['retry']>, attempt: number): number =>
  Math.round(delayAfter(retry, attempt))

function part(own: Node, path: string, key: string, parent: Part | undefined, overrides: Map<string, unknown>): Part {
  for (const [below, replacement] of own.overrides ?? []) {
    if (!overrides.has(path + below)) overrides.set(path + below, replacement)
  }
  const node = replaced(own, overrides.get(path))
  const children: Part[] = []
  const self: Part = { path, key, node, parent, children }
  for (const child of node.children ?? []) {
    const state = child.text ? toKey(child.key) : child.key
    children.push(part(child.fn[NODE], `${path}.${state}`, state, self, overrides))
  }
  return self
}

function replaced(node: Node, replacement: unknown): Node {
  if (replacement === undefined) return node
  return (replacement as Partial<HasNode>)[NODE] ?? node.swap?.(replacement as never) ?? node
}

function nodeOf(fn: AnyFn): Node {
  const node = (fn as unknown as Partial<HasNode> | undefined)?.[NODE]
  if (node) return node
  throw new TypeError('That is no pipeline of this copy of tinyllm. Give what fn(), chain() or another factory made.')
}

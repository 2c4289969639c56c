import { toKey } from '../compile/names.ts'
import { type HasNode, namesOf, NODE, type Node } from '../compile/scope.ts'
import { backoffDelay } from '../border/backoff.ts'
import { labelOf, ownNameOf, pathLabelOf } from '../border/label.ts'
import type { AnyFn, Policy } from '../types.ts'

/** One function of a pipeline, as it was defined. */
export type Part = {
  readonly path: string
  /** Under which its parent holds it. */
  readonly key: string
  /** What the user calls it, where that says more than its key. */
  readonly ownName: string | undefined
  /** For a picture: its key and its own name. */
  readonly label: string
  /** For a sentence: its path and its own name. */
  readonly named: string
  readonly node: Node
  readonly parent?: Part | undefined
  readonly children: readonly Part[]
}

/** A pipeline as a tree of its definitions, replacements in their places. Reads what was written; runs nothing. */
export function definitionOf(fn: AnyFn): Part {
  const root = nodeOf(fn)
  return part(root, root.name, root.name, undefined, new Map())
}

/** Whether it is what makes the calls of an agent, whose children are the tools. */
export const isCalls = (part: Part | undefined): part is Part => part?.node.facts?.calling !== undefined

export const isAgent = (part: Part | undefined): part is Part => part?.children.some(isCalls) ?? false

/** Itself and everything below, parents first. */
export const allParts = (root: Part): Part[] => [root, ...root.children.flatMap(allParts)]

/** Its parents, the nearest first. */
export const above = ({ parent }: Part): Part[] => (parent ? [parent, ...above(parent)] : [])

/** Whether it calls a model. */
export const isModel = (part: Part | undefined): boolean =>
  part !== undefined && (part.node.takesFeedback === true || part.node.policy.meta?.model !== undefined)

/** Its node, with what was put in the places below it from further above. */
export function withReplacements(part: Part): Node {
  const found = new Map(part.node.overrides)
  for (const { path, node } of above(part)) {
    for (const [below, replacement] of node.overrides ?? []) {
      const place = path + below
      if (place.startsWith(`${part.path}.`)) found.set(place.slice(part.path.length), replacement)
    }
  }
  return found.size > 0 ? { ...part.node, overrides: found } : part.node
}

/** The wait after an attempt, in ms; jitter could only make it shorter. */
export const waitAfter = (retry: NonNullable<Policy['retry']>, attempt: number): number =>
  Math.round(backoffDelay(retry, attempt))

function part(own: Node, path: string, key: string, parent: Part | undefined, overrides: Map<string, unknown>): Part {
  for (const [below, replacement] of own.overrides ?? []) {
    if (!overrides.has(path + below)) overrides.set(path + below, replacement)
  }
  const node = replaced(own, overrides.get(path))
  const children: Part[] = []
  const ownName = ownNameOf(key, namesOf(node))
  const self: Part = {
    path,
    key,
    ownName,
    label: labelOf(key, ownName),
    named: pathLabelOf(path, ownName),
    node,
    parent,
    children,
  }
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
  throw new TypeError(
    'The argument is not a pipeline of this copy of tinyllm. Give the result of fn(), chain() or another factory.',
  )
}

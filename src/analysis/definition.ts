import { toKey } from '../compile/names.ts'
import { type HasNode, namesOf, NODE, type Node } from '../compile/scope.ts'
import { backoffDelay } from '../border/backoff.ts'
import { labelOf, ownNameOf, pathLabelOf } from '../border/label.ts'
import type { AnyFn, Policy } from '../types.ts'

/** One function of a pipeline as it was defined: a node of the definition tree. */
export type Definition = {
  readonly path: string
  /** The key under which its parent has it. */
  readonly key: string
  /** The user's name for it, where that is not its key. */
  readonly ownName: string | undefined
  /** Its key and its own name, for a picture. */
  readonly label: string
  /** Its path and its own name, for a message. */
  readonly displayName: string
  readonly node: Node
  readonly parent?: Definition | undefined
  readonly children: readonly Definition[]
}

/** The definition tree of a pipeline, with its overrides in their places. Runs nothing. */
export function definitionOf(fn: AnyFn): Definition {
  const root = nodeOf(fn)
  return build(root, root.name, root.name, undefined, new Map())
}

/** Whether it is the part of an agent that calls its tools, which are its children. */
export const isToolCalls = (definition: Definition | undefined): definition is Definition =>
  definition?.node.facts?.calling !== undefined

export const isAgent = (definition: Definition | undefined): definition is Definition =>
  definition?.children.some(isToolCalls) ?? false

/** Itself and everything below, parents first. */
export const allDefinitions = (root: Definition): Definition[] => [root, ...root.children.flatMap(allDefinitions)]

/** Its parents, the nearest first. */
export const ancestors = ({ parent }: Definition): Definition[] => (parent ? [parent, ...ancestors(parent)] : [])

/** Whether it calls a model. */
export const callsModel = ({ node }: Definition): boolean =>
  node.takesFeedback === true || node.policy.meta?.model !== undefined

/** Its node, with the overrides of its parents for what is below it. */
export function withOverrides(definition: Definition): Node {
  const found = new Map(definition.node.overrides)
  for (const { path, node } of ancestors(definition)) {
    for (const [below, replacement] of node.overrides ?? []) {
      const place = path + below
      if (place.startsWith(`${definition.path}.`)) found.set(place.slice(definition.path.length), replacement)
    }
  }
  return found.size > 0 ? { ...definition.node, overrides: found } : definition.node
}

/** The delay after an attempt, in ms, without jitter, which only makes it shorter. */
export const maxRetryDelay = (retry: NonNullable<Policy['retry']>, attempt: number): number =>
  Math.round(backoffDelay(retry, attempt))

function build(
  own: Node,
  path: string,
  key: string,
  parent: Definition | undefined,
  overrides: Map<string, unknown>,
): Definition {
  for (const [below, replacement] of own.overrides ?? []) {
    if (!overrides.has(path + below)) overrides.set(path + below, replacement)
  }
  const node = replaced(own, overrides.get(path))
  const children: Definition[] = []
  const ownName = ownNameOf(key, namesOf(node))
  const self: Definition = {
    path,
    key,
    ownName,
    label: labelOf(key, ownName),
    displayName: pathLabelOf(path, ownName),
    node,
    parent,
    children,
  }
  for (const child of node.children ?? []) {
    const state = child.text ? toKey(child.key) : child.key
    children.push(build(child.fn[NODE], `${path}.${state}`, state, self, overrides))
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

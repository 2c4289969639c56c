import { toKey } from '../compile/names.ts'
import { type HasNode, namesOf, NODE, type Node } from '../compile/scope.ts'
import { delayAfter } from '../compile/timer.ts'
import { labelOf, ownNameOf, placeOf } from '../border/label.ts'
import type { AnyFn, Policy } from '../types.ts'

/** One function of a pipeline, as it was defined. */
export type Definition = {
  readonly path: string
  /** Under which its parent holds it. */
  readonly key: string
  /** What the user calls it, where that says more than its key. */
  readonly ownName: string | undefined
  /** For a picture: its key and its own name. */
  readonly label: string
  /** For a sentence: its path and its own name. */
  readonly displayName: string
  readonly node: Node
  readonly parent?: Definition | undefined
  readonly children: readonly Definition[]
}

/** A pipeline as a tree of its definitions, replacements in their places. Reads what was written; runs nothing. */
export function definitionOf(fn: AnyFn): Definition {
  const root = nodeOf(fn)
  return definition(root, root.name, root.name, undefined, new Map())
}

/** Itself and everything below, parents first. */
export const allDefinitions = (root: Definition): Definition[] => [root, ...root.children.flatMap(allDefinitions)]

/** Its parents, the nearest first. */
export const ancestors = ({ parent }: Definition): Definition[] => (parent ? [parent, ...ancestors(parent)] : [])

/** Whether it calls a model. */
export const callsModel = (define: Definition | undefined): boolean =>
  define !== undefined && (define.node.kind === 'llmCall' || define.node.policy.meta?.model !== undefined)

/** Its node, with what was put in the places below it from further above. */
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

/** The wait after an attempt, in ms; jitter could only make it shorter. */
export const retryDelay = (retry: NonNullable<Policy['retry']>, attempt: number): number =>
  Math.round(delayAfter(retry, attempt))

function definition(
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
    displayName: placeOf(path, ownName),
    node,
    parent,
    children,
  }
  for (const child of node.children ?? []) {
    const state = child.text ? toKey(child.key) : child.key
    children.push(definition(child.fn[NODE], `${path}.${state}`, state, self, overrides))
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

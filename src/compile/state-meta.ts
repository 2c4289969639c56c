import { ownNameOf } from '../border/label.ts'
import { namesOf, type Node } from './node.ts'

type Meta = { readonly path: string; readonly item: string | undefined; readonly [key: string]: unknown }

/** How a function is drawn, where that is not its children in a row: `layout`, `actors` and `ways` of its `meta`. */
export function layoutMeta({ layout = 'row', facts, children, dataFlow }: Node) {
  const { ways } = facts ?? {}
  return {
    ...(ways && { ways }),
    ...(layout !== 'row' && { layout }),
    ...(children && dataFlow && 'children' in dataFlow && dataFlow.children === 'item' && { actors: 'items' as const }),
  }
}

/** The `meta` of a function's state, for everything that shows the chart. */
export function stateMeta(node: Node, { path, item, slot, ...meta }: Meta): Record<string, unknown> {
  const { kind, input, output } = node
  const ownName = ownNameOf(path.slice(path.lastIndexOf('.') + 1), namesOf(node))
  const shown = {
    ...meta,
    path,
    kind,
    ...(ownName !== undefined && { ownName }),
    ...(item !== undefined && { item }),
    ...layoutMeta(node),
    slot,
  }
  // Schemas are not data, so the property is not enumerable, and not in the JSON of the chart.
  return input || output ? Object.defineProperty(shown, 'schemas', { value: { input, output } }) : shown
}

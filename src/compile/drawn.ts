import { ownNameOf } from '../border/label.ts'
import { namesOf, type Node } from './node.ts'

type Meta = { readonly path: string; readonly item: string | undefined; readonly [key: string]: unknown }

/** How a function is drawn, where that is not its children in a row. */
export function drawing({ layout = 'row', facts, children, dataFlow }: Node) {
  const { ways } = facts ?? {}
  return {
    ...(ways && { ways }),
    ...(layout !== 'row' && { layout }),
    ...(children && dataFlow && 'children' in dataFlow && dataFlow.children === 'item' && { actors: 'items' as const }),
  }
}

/** What those need who draw the chart: the `meta` of a function's state. */
export function drawn(node: Node, { path, item, slot, ...meta }: Meta): Record<string, unknown> {
  const { kind, input, output } = node
  const ownName = ownNameOf(path.slice(path.lastIndexOf('.') + 1), namesOf(node))
  const shown = {
    ...meta,
    path,
    kind,
    ...(ownName !== undefined && { ownName }),
    ...(item !== undefined && { item }),
    ...drawing(node),
    slot,
  }
  // Schemas ride along for whoever shows the chart; as they are no data, they are not in its JSON.
  return input || output ? Object.defineProperty(shown, 'schemas', { value: { input, output } }) : shown
}

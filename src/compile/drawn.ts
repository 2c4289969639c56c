import { ownNameOf } from '../border/label.ts'
import { namesOf, type Node } from './node.ts'

type Meta = { readonly path: string; readonly item: string | undefined; readonly [key: string]: unknown }

/** What those need who draw the chart: the `meta` of a function's state. */
export function drawn(node: Node, { path, item, slot, ...meta }: Meta): Record<string, unknown> {
  const { kind, layout = 'row', facts, input, output } = node
  const runsItems = node.children !== undefined && node.dataFlow.children === 'item'
  const ownName = ownNameOf(path.slice(path.lastIndexOf('.') + 1), namesOf(node))
  const { ways } = facts ?? {}
  const shown = {
    ...meta,
    path,
    kind,
    ...(ownName !== undefined && { ownName }),
    ...(layout !== 'row' && { layout }),
    ...(runsItems && { actors: 'items' }),
    ...(item !== undefined && { item }),
    ...(ways && { ways }),
    slot,
  }
  // Schemas ride along for whoever shows the chart; as they are no data, they are not in its JSON.
  return input || output ? Object.defineProperty(shown, 'schemas', { value: { input, output } }) : shown
}

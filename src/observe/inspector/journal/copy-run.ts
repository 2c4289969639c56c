import type { ActorView, NodeView, RunView } from './run-view.ts'

/** The same run again, which may be folded on without changing the first. Values never change, so they are shared. */
export const copyRun = (view: RunView): RunView => ({
  ...view,
  charts: new Map(view.charts),
  actors: new Map(Array.from(view.actors, ([actor, known]) => [actor, copyActor(known)])),
  refusals: [...view.refusals],
  children: new Map(Array.from(view.children, ([actor, children]) => [actor, [...children]])),
})

const copyActor = (actor: ActorView): ActorView => ({
  ...actor,
  active: new Set(actor.active),
  taken: new Set(actor.taken),
  last: new Map(actor.last),
  nodes: new Map(Array.from(actor.nodes, ([index, node]) => [index, copyNode(node)])),
})

/** Only the last span may still get an end. */
function copyNode(node: NodeView): NodeView {
  const last = node.spans.at(-1)
  return { ...node, spans: last ? [...node.spans.slice(0, -1), { ...last }] : [] }
}

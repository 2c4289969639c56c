import type { CallOfTool, ChartEvent } from './line.ts'
import type { ActorView, RunView } from './run-view.ts'

/** What a run waits for at one place: each event that may come there, and what it is about. */
export type PendingWait = {
  /** The actor that waits, and the number of the waiting function in its chart. */
  readonly actor: number
  readonly index: number
  /** The actor to which events are sent, and the path that they need there (none in a machine that tinyllm did not compile). */
  readonly to: number
  readonly path?: string
  readonly events: readonly ChartEvent[]
  readonly input: unknown
  /** Of an approval: the call of a tool, whose arguments are the input. */
  readonly call?: CallOfTool
  /** Another one for each time that it waits, also in the same place. */
  readonly key: string
}
/** What an actor waits for now. */
export function waitsOfActor(view: RunView, actor: ActorView): PendingWait[] {
  const { chart, status } = actor
  if (!chart || status !== 'active') return []
  return [...actor.active].flatMap((at) => {
    const { events = [], owner } = chart.states[at] ?? {}
    if (events.length === 0) return []
    const index = owner ?? at
    const node = actor.nodes.get(index)
    const { path } = chart.states[index] ?? {}
    const asks = node?.asks
    const call = index === 0 && chart.states[at]?.key === 'waitingForApproval' ? actor.call : undefined
    const isOurs = chart.isTinyllm && path !== undefined
    return {
      actor: actor.actor,
      index,
      to: isOurs ? outermostMachine(view, actor).actor : actor.actor,
      ...(isOurs && { path: pathInRun(view, actor, path) }),
      events: asks
        ? Object.entries(asks.events).map(([type, schema]) => ({ type, ...(schema && { schema }) }))
        : events,
      input: asks?.input ?? node?.input,
      ...(call && { call }),
      key: [actor.actor, index, node?.visits, call?.id].join(':'),
    }
  })
}

/** What an actor and all below it wait for. */
export function waitsOfActorTree(view: RunView, number: number): PendingWait[] {
  const actor = view.actors.get(number)
  const below = (view.children.get(number) ?? []).flatMap((child) => waitsOfActorTree(view, child))
  return actor ? [...waitsOfActor(view, actor), ...below] : below
}

/**
 * The path in the run of what the chart of an actor has at a path: in an item of the map `many`, `many.each.ask` is
 * `many[3].ask`, and in a call of a tool `assistant.act.pay` is `assistant.act[c1].pay`.
 */
export function pathInRun(view: RunView, actor: ActorView, path: string): string {
  const [owner, child] = machineAbove(view, actor)
  const root = actor.chart?.states[0]
  if (!owner || root?.path === undefined) return path
  const item = poolItemOf(actor)
  if (item && child === actor && root.path.startsWith(`${item.of}.`)) {
    // One function in an item has its name there; several stand in the item itself.
    const isAlone = actor.chart?.drawn.length === 1 && root.ownName !== undefined
    const name = actor.call ? root.path.slice(item.of.length) : isAlone ? `.${root.ownName}` : ''
    return `${pathInRun(view, owner, item.of)}[${item.key}]${name}${path.slice(root.path.length)}`
  }
  // What a leaf runs has its path; what stands inside other machines is called after what started those.
  return child.id === root.path ? pathInRun(view, owner, path) : `${pathInRun(view, owner, child.id)}.${path}`
}

/** The path of the pool (in the chart around), and which item of it an actor is, by the actor's name. */
export function poolItemOf({ id }: Pick<ActorView, 'id'>): { of: string; key: string } | undefined {
  const [, of, key] = /^(.+)\[([^[\].]+)\]$/s.exec(id) ?? []
  return of === undefined || key === undefined ? undefined : { of, key }
}

/** What a person calls an actor: an item of a map by its number, a call by its tool and id. */
export function actorTitle(actor: Pick<ActorView, 'id' | 'call'>): string {
  const { id, call } = actor
  const item = poolItemOf(actor)
  return call ? `${call.name} ${call.id}` : item ? `[${item.key}]` : (id.split('.').at(-1) ?? id)
}

/** The nearest machine of tinyllm around an actor, and its child that leads there. */
function machineAbove(view: RunView, actor: ActorView): [ActorView | undefined, ActorView] {
  let child = actor
  while (child.parent !== undefined) {
    const above = view.actors.get(child.parent)
    if (!above) break
    if (above.chart?.isTinyllm) return [above, child]
    child = above
  }
  return [undefined, child]
}

/** The outermost machine of tinyllm: it delivers events by their path. */
function outermostMachine(view: RunView, actor: ActorView): ActorView {
  const [above] = machineAbove(view, actor)
  return above ? outermostMachine(view, above) : actor
}

import { toolCallsAt } from '../../journal/tool-calls.ts'
import type { ActorView, RunView } from '../../journal/run-view.ts'

/**
 * The actors that a state started: named after its path (`PATH[3]` is an item of a map, `PATH.NAME` what a leaf runs), or
 * after what it invokes; the calls of a tool. Of a map, those of its last round.
 */
export function startedActors(run: RunView | undefined, actor: ActorView | undefined, index: number): number[] {
  const state = actor?.chart?.states[index]
  if (!run || !actor || !state) return []
  const { path, invoke = [], inside, actors } = state
  if (actors === 'calls') return toolCallsAt(run, actor, index).map((call) => call.actor)
  const rounds =
    actors === 'items' ? actor.nodes.get(index)?.spans.filter((span) => span.state === 'running') : undefined
  // Of a restored run, the lines of items may come before the round that they are in.
  const since = rounds && rounds.length > 1 ? (rounds.at(-1)?.start ?? 0) : 0
  const isOwn = (id: string, src?: string) =>
    path === undefined
      ? invoke.some((name) => name === src || name === id)
      : id === path || src === path || id.startsWith(`${path}[`) || (inside.length === 0 && id.startsWith(`${path}.`))
  return (run.children.get(actor.actor) ?? []).filter((child) => {
    const view = run.actors.get(child)
    return view !== undefined && isOwn(view.id, view.src) && view.started >= since
  })
}

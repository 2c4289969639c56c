import type { ActorView, NodeView, RunView } from '../../journal/run-view.ts'
import { stateName } from '../../layout/labels.ts'
import type { Box } from '../../layout/scene.ts'
import { isRejectedCall } from '../../journal/tool-calls.ts'
import { startedActors } from './started-actors.ts'

/** Of what is folded up in a box, of the items of a map, or of the calls of tools: how many there are, and how far they are. */
export type BoxProgress = {
  readonly all: number
  readonly done: number
  readonly failed: number
  /** By a person. */
  readonly rejected: number
  readonly active: number
  readonly what: string
  /** What runs in it. */
  readonly at?: string
}

export function boxProgress(run: RunView, actor: ActorView, { index, state }: Box): BoxProgress | undefined {
  const what = state.actors
  if (what !== undefined) {
    const items = startedActors(run, actor, index).map((item) => run.actors.get(item))
    const number = (status: string) => items.filter((one) => one?.status === status).length
    const all = Math.max(items.length, what === 'items' ? sizeOf(actor.nodes.get(index)) : 0)
    // A tool that was not called has no calls to tell of.
    if (all === 0 && what === 'calls') return undefined
    const rejected = items.filter((one) => one && isRejectedCall(one)).length
    const ended = { done: number('done') - rejected, failed: number('error'), rejected }
    return { all, ...ended, active: number('active'), what: all === 1 && what === 'calls' ? 'call' : what }
  }
  const { chart } = actor
  if (!chart || state.inside.length === 0) return undefined
  let [all, done, failed, rejected, active] = [0, 0, 0, 0, 0]
  let at: string | undefined
  const walk = (inside: readonly number[]): void => {
    for (const child of inside) {
      const one = chart.states[child]
      if (!one) continue
      if (one.inside.length > 0) {
        walk(one.inside)
        continue
      }
      all++
      const node: NodeView | undefined = actor.nodes.get(child)
      if (node?.state === 'complete') done++
      else if (node?.state === 'failed') failed++
      else if (node?.state === 'rejected') rejected++
      else if (node && node.state !== 'idle' && node.state !== 'stopped') {
        active++
        at = stateName(one)
      }
    }
  }
  walk(state.inside)
  // Ways that were not taken are none that is missing.
  if (actor.nodes.get(index)?.state === 'complete') all = done + failed + rejected
  return { all, done, failed, rejected, active, what: 'steps', ...(at !== undefined && { at }) }
}

const sizeOf = (node: NodeView | undefined): number => (Array.isArray(node?.input) ? node.input.length : 0)

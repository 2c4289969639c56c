import type { ActorView, NodeView, RunView } from '../../journal/view.ts'
import { nameOf } from '../../layout/names.ts'
import type { Box } from '../../layout/scene.ts'
import { actorsOf } from './actors.ts'

/** Of what is folded up in a box, or of the items of a map: how many there are, and how far they are. */
export type Progress = {
  readonly all: number
  readonly done: number
  readonly failed: number
  readonly active: number
  readonly what: string
  /** What runs in it. */
  readonly at?: string
}

export function progressOf(run: RunView, actor: ActorView, { index, state }: Box): Progress | undefined {
  if (state.kind === 'map') {
    const items = actorsOf(run, actor, index).map((item) => run.actors.get(item)?.status)
    const number = (status: string) => items.filter((one) => one === status).length
    const all = Math.max(items.length, sizeOf(actor.nodes.get(index)))
    return { all, done: number('done'), failed: number('error'), active: number('active'), what: 'items' }
  }
  const { chart } = actor
  if (!chart || state.inside.length === 0) return undefined
  let [all, done, failed, active] = [0, 0, 0, 0]
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
      else if (node && node.state !== 'idle' && node.state !== 'stopped') {
        active++
        at = nameOf(one)
      }
    }
  }
  walk(state.inside)
  // Ways that were not taken are none that is missing.
  if (actor.nodes.get(index)?.state === 'complete') all = done + failed
  return { all, done, failed, active, what: 'steps', ...(at !== undefined && { at }) }
}

const sizeOf = (node: NodeView | undefined): number => (Array.isArray(node?.input) ? node.input.length : 0)

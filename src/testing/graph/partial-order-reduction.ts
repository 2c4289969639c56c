import type { AnyMachineSnapshot, AnyStateNode } from 'xstate'
import { pathOfActor } from '../simulation/simulated-event.ts'
import type { SimulationState } from '../simulation/simulation-state.ts'
import { activeNodes } from '../../border/actors.ts'

type Region = { readonly path: string; readonly finished: boolean }

const pathOf = (node: AnyStateNode): string => (node.meta as { path: string }).path
export const isDescendantPath = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`)

/** The regions of each active parallel state. */
export function activeRegions(snapshot: AnyMachineSnapshot): Region[][] {
  const nodes = activeNodes(snapshot)
  const finals = new Set(nodes.filter(({ type }) => type === 'final').map(({ parent }) => parent))
  return nodes
    .filter(({ type }) => type === 'parallel')
    .map((node) =>
      Object.values(node.states as Record<string, AnyStateNode>).map((region) => ({
        path: pathOf(region),
        finished: finals.has(region),
      })),
    )
}

/** Which events of a function are explored: all, its successful output only, or none yet. */
export type AmpleSet = 'all' | 'success' | 'none'

/**
 * Partial order reduction: regions are independent, so they are explored one after the other, which makes the number of
 * states a sum instead of a product. Only time is shared: so that a longer timer can fire, the region of the next timer may
 * end first, by success.
 */
export function ampleSets({ snapshot, timers }: SimulationState): (path: string) => AmpleSet {
  const groups = snapshot ? activeRegions(snapshot) : []
  const [next] = [...timers].toSorted(([, a], [, b]) => a - b)
  const longest = Math.max(...timers.values())
  return (path) => {
    let ampleSet: AmpleSet = 'all'
    for (const regions of groups) {
      const own = regions.find((region) => isDescendantPath(path, region.path))
      if (!own || own === regions.find(({ finished }) => !finished)) continue
      const hasNextTimer = next && next[1] < longest && isDescendantPath(pathOfActor(next[0]), own.path)
      if (!hasNextTimer) return 'none'
      ampleSet = 'success'
    }
    return ampleSet
  }
}

import type { AnyMachineSnapshot, AnyStateNode } from 'xstate'
import type { Moment } from '../simulation/test-model.ts'
import { activeNodes } from '../../border/actors.ts'

type Region = { readonly path: string; readonly finished: boolean }

const pathOf = (node: AnyStateNode): string => (node.meta as { path: string }).path
export const isIn = (path: string, around: string): boolean => path === around || path.startsWith(`${around}.`)

/** The regions of each parallel state that is active. */
export function regionsOf(snapshot: AnyMachineSnapshot): Region[][] {
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

export type Turn = 'any' | 'well' | 'none'

/**
 * Whose turn it is. Regions do not see each other, so their order makes no difference, and it is enough to go through
 * them one after the other: that keeps the number of moments a sum and not a product. Only time is shared: so that a
 * long timer can run out, the owner of the shortest one may come to its end first, if all goes well there.
 */
export function turns({ snapshot, timers }: Moment): (path: string) => Turn {
  const groups = snapshot ? regionsOf(snapshot) : []
  const [shortest] = [...timers].toSorted(([, a], [, b]) => a - b)
  const longest = Math.max(...timers.values())
  return (path) => {
    let turn: Turn = 'any'
    for (const regions of groups) {
      const own = regions.find((region) => isIn(path, region.path))
      if (!own || own === regions.find(({ finished }) => !finished)) continue
      const isHurried = shortest && shortest[1] < longest && isIn(pathIn(shortest[0]), own.path)
      if (!isHurried) return 'none'
      turn = 'well'
    }
    return turn
  }
}

/** The path of an actor's name. */
export const pathIn = (actor: string): string => actor.split('#')[0] as string

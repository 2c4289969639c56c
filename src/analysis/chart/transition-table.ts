import { outsideOf } from '../../border/external-events/machines.ts'
import { isRefusal } from '../../engine/plan.ts'
import { EMIT } from '../../compile/leaf.ts'
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'

/** One arrow of a chart. */
export type ChartTransition = {
  readonly id: string
  readonly from: string
  readonly to: readonly string[]
  readonly event: string
  readonly guard?: string | undefined
  /** The function that it belongs to. */
  readonly path: string
}
export type TransitionTable = {
  /** Every state, by its id, with the path of its function. */
  readonly states: ReadonlyMap<string, string>
  readonly transitions: Map<string, ChartTransition>
  /** The arrow that a transition of this machine is. */
  idOf(transition: AnyTransitionDefinition): string | undefined
}

/** Every state and every arrow of a chart. A transition that forbids an event has no target and no arrow. */
export function transitionTableOf(machine: AnyStateMachine): TransitionTable {
  const states = new Map<string, string>()
  const arrows = new Map<string, ChartTransition>()
  const ids = new Map<AnyTransitionDefinition, string>()
  const { actors } = machine.implementations as unknown as { actors: object }
  // Only what runs lets events out, or waits, which nobody simulates.
  const isQuiet = Object.keys(actors).every((name) => name.includes('#'))
  const { takers } = outsideOf(machine) ?? {}
  const visit = (node: AnyStateNode, around: string) => {
    const path = (node.meta as { path?: string } | undefined)?.path ?? around
    states.set(node.id, path)
    const lists: [string, readonly AnyTransitionDefinition[]][] = [...node.transitions]
    for (const [event, list] of [['', node.always ?? []] as const, ...lists]) {
      list.forEach((transition, index) => {
        if (!transition.target && transition.actions.length === 0) return
        if (isQuiet && event === EMIT) return
        // What is for another machine is taken on the paths of that one, which is run below a root of its own.
        if (transition.guard === 'isForAnother' || (isRefusal(transition.meta) && !takers?.has(event))) return
        const id = `${node.id} ${event}[${index}]`
        const guard = typeof transition.guard === 'string' ? transition.guard : undefined
        ids.set(transition, id)
        arrows.set(id, { id, from: node.id, to: (transition.target ?? []).map(({ id: to }) => to), event, guard, path })
      })
    }
    for (const below of Object.values(node.states)) visit(below, path)
  }
  visit(machine.root, machine.id)
  return { states, transitions: arrows, idOf: (transition) => ids.get(transition) }
}

export const localStateName = (id: string): string => id.slice(id.lastIndexOf('.') + 1)

/** Whether a state is that of a function, and not one of the states that every function has. */
export const isFunctionState = (id: string, { states }: TransitionTable): boolean =>
  states.get(id) !== states.get(id.slice(0, id.lastIndexOf('.')))

/** An arrow in words, as seen from its function: `running → failed on timeout`. */
export function transitionLabel({ from, to, event, guard, path }: ChartTransition, inventory: TransitionTable): string {
  const ends = to.map((id) =>
    isFunctionState(id, inventory) ? inventory.states.get(id)?.split('.').at(-1) : localStateName(id),
  )
  const start = isFunctionState(from, inventory) ? 'it' : localStateName(from)
  const [, kind, source = ''] = /^xstate\.(done|error)\.actor\.(.*)$/s.exec(event) ?? []
  const verb = source.includes('#') ? source.slice(source.indexOf('#') + 1) : undefined
  const outside = event.startsWith('xstate.done.state.') ? 'its end' : event
  const why = kind ? (verb ?? (kind === 'done' ? 'success' : 'failure')) : outside
  const when = guard?.startsWith(`${path}#`) ? guard.slice(path.length + 1) : guard?.split('#').at(-1)
  return `${start} → ${ends.join(', ') || start}${why && ` on ${why}`}${when ? ` [${when}]` : ''}`
}

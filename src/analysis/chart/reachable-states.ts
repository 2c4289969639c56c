import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { Definition } from '../definition.ts'

/** The machine that an `actor` invokes, where its logic is one. */
export function machineOf({ node }: Definition): AnyStateMachine | undefined {
  const logic = node.facts?.logic as Partial<AnyStateMachine> | undefined
  return logic?.root && logic.getStateNodeById ? (logic as AnyStateMachine) : undefined
}

/** The states of a machine that initial states and transitions lead to. */
export function reachableStates({ root }: AnyStateMachine): ReadonlySet<AnyStateNode> {
  const reachable = new Set<AnyStateNode>()
  const enter = (state: AnyStateNode | undefined): void => {
    if (!state || reachable.has(state)) return
    reachable.add(state)
    enter(state.parent)
    if (state.type === 'parallel') Object.values(state.states).forEach((child) => enter(child as AnyStateNode))
    for (const target of state.initial?.target ?? []) enter(target)
    const transitions = [...state.transitions.values(), state.always ?? []].flat()
    for (const transition of transitions) for (const target of transition.target ?? []) enter(target)
  }
  enter(root)
  return reachable
}

import type { AnyStateNode } from 'xstate'
import { machineOf, reachableStates } from '../chart/reachable-states.ts'
import type { Rule } from '../rule.ts'

/** A state in the machine of an `actor` that no transition leads to. */
export const unreachableState: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const machine = machineOf(definition)
    if (!machine) return []
    const reachable = reachableStates(machine)
    const outermost = (state: AnyStateNode): AnyStateNode[] =>
      reachable.has(state) ? Object.values(state.states).flatMap((child) => outermost(child as AnyStateNode)) : [state]
    return outermost(machine.root).map(({ id }) => ({
      code: 'unreachable',
      severity: 'error',
      path: definition.path,
      message: `The machine in ${definition.displayName} has the state ${id}, and nothing leads to it.`,
      remedy: 'Add a transition to it, or remove it.',
    }))
  })

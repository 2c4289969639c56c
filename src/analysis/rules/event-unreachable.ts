import type { AnyStateNode } from 'xstate'
import { outsideOf } from '../../border/external-events/machines.ts'
import { machineOf, reachableStates } from '../chart/reachable-states.ts'
import type { Rule } from '../rule.ts'

/** A state in the machine of an `actor` that only an event leaves: events that are sent to the run do not reach it. */
export const eventUnreachable: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const { path, displayName } = definition
    const machine = machineOf(definition)
    if (!machine || outsideOf(machine)) return []
    const states = [...reachableStates(machine)]
    // Its own actors, actions and timers may send the event.
    if (states.some(({ invoke, entry, after }) => invoke.length > 0 || entry.length > 0 || after.length > 0)) return []
    const stuck = states.filter(
      ({ type, always, parent }) => type === 'atomic' && !always?.length && parent !== undefined,
    )
    const types = [...new Set(stuck.flatMap(eventsOf))]
    const [type] = types
    if (type === undefined) return []
    return [
      {
        code: 'event-unreachable',
        severity: 'warning',
        path,
        message: `The machine in ${displayName} waits for ${types.join(', ')}, and an event that is sent to the run reaches only what was made with tinyllm.`,
        remedy: `Use receive({ events: { ${type}: … } }) instead, or send it to that actor: run.getSnapshot().children['${path}'].send({ type: '${type}' }).`,
      },
    ]
  })

/** The types of the events that a state or its parents accept. */
const eventsOf = (state: AnyStateNode): readonly string[] => {
  const own = [...state.transitions.keys()].filter((type) => !/^(?:xstate|tinyllm)\.|^\*?$/.test(type))
  return state.parent ? [...own, ...eventsOf(state.parent)] : own
}

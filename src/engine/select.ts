import type { EventObject } from 'xstate'
import { type Active, find } from './configuration.ts'
import type { Plan, PlanNode, PlanTransition } from './plan.ts'

/** What a guard may look at. `snapshot` is for XState's own guards (`and`, `not`, `stateIn` …). */
export type Situation = {
  readonly guards: Readonly<Record<string, unknown>>
  readonly context: object
  snapshot(): unknown
}

/**
 * The transitions that an event takes: of states inside each other the innermost that has one, regions side by side.
 * They never conflict (SCXML's removeConflictingTransitions): see `isApart` in plan.ts.
 */
export function select(plan: Plan, root: Active, event: EventObject, situation: Situation): PlanTransition[] {
  const chosen: PlanTransition[] = []
  for (const { node, transitions } of plan.listeners.get(event.type) ?? []) {
    // Inner states come first, right before those around them.
    if (chosen.at(-1)?.source.isBelow(node) || !find(root, node)) continue
    const transition = transitions.find(({ guard }) => {
      try {
        return guard === undefined || holds(guard, event, situation)
      } catch (thrown) {
        const where = `'${guard}' in transition for event '${event.type}' in state node '${node.id}'`
        // oxlint-disable-next-line preserve-caught-error -- word for word XState's error
        throw new Error(`Unable to evaluate guard ${where}:\n${(thrown as Error).message}`)
      }
    })
    if (transition) chosen.push(transition)
  }
  return chosen
}

/** The eventless transitions of states that are left at once. */
export function selectEventless(pending: readonly PlanNode[], event: EventObject, situation: Situation) {
  return pending.map(
    ({ always }) =>
      always?.find(({ guard }) => guard === undefined || holds(guard, event, situation)) as PlanTransition,
  )
}

type Guard = string | { type: string; params?: unknown }

function holds(guard: Guard, event: EventObject, situation: Situation): boolean {
  const { guards, context } = situation
  const name = typeof guard === 'string' ? guard : guard.type
  const found = guards[name]
  if (!found) throw new Error(`Guard '${name}' is not implemented.'.`)
  if (typeof found !== 'function') return holds(found as Guard, event, situation)
  const args = { context, event }
  if ('check' in found) return (found as unknown as Check).check(situation.snapshot(), args, found)
  const params = typeof guard === 'string' ? undefined : guard.params
  return (found as Test)(args, typeof params === 'function' ? (params as Test)(args) : params)
}

type Test = (args: { context: object; event: EventObject }, params?: unknown) => boolean
type Check = { check(snapshot: unknown, args: object, guard: unknown): boolean }

import type { EventObject } from 'xstate'
import { type Active, find } from './configuration.ts'
import type { Plan, PlanNode, PlanTransition } from './plan.ts'

const NONE: readonly never[] = []

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
export function select(plan: Plan, root: Active, event: EventObject, situation: Situation): readonly PlanTransition[] {
  const listeners = plan.listeners.get(event.type)
  if (!listeners) return NONE
  const chosen: PlanTransition[] = []
  for (const { node, transitions } of listeners) {
    // Inner states come first, right before those around them.
    if (chosen.at(-1)?.source.isBelow(node) || !find(root, node)) continue
    for (const transition of transitions) {
      if (!isOpen(transition, event, situation)) continue
      chosen.push(transition)
      break
    }
  }
  return chosen
}

function isOpen({ guard, source }: PlanTransition, event: EventObject, situation: Situation): boolean {
  if (guard === undefined) return true
  try {
    return holds(guard, event, situation)
  } catch (thrown) {
    const where = `'${guard}' in transition for event '${event.type}' in state node '${source.id}'`
    // oxlint-disable-next-line preserve-caught-error -- word for word XState's error
    throw new Error(`Unable to evaluate guard ${where}:\n${(thrown as Error).message}`)
  }
}

/** The eventless transitions of states that are left at once. */
export function selectEventless(
  pending: readonly PlanNode[],
  event: EventObject,
  situation: Situation,
): readonly PlanTransition[] {
  if (pending.length === 0) return NONE
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

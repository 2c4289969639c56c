import type { Plan, PlanNode } from './plan.ts'

/** Why a chart or an implementation has no plan: a clause, so that it can stand after "because". */
export class NotUnderstood extends Error {}

export function need(understood: boolean, { id }: { id: string }): asserts understood {
  if (!understood) throw new NotUnderstood(`its state ${id} uses features that only that one supports`)
}

/** That a config has no keys but these. */
export function needKeys(config: object, known: ReadonlySet<string>, node: { id: string }): void {
  need(
    Object.keys(config).every((key) => known.has(key)),
    node,
  )
}

/** XState's own actions that the engine can run: the rest may change more than the context. */
const BUILT_IN = new Set(['xstate.assign', 'xstate.emit'])

/** What there is in the implementations that the plan does not understand, if anything. */
export function lacking({ sources, actions: used }: Plan, { actors, actions }: Implementations): string | undefined {
  for (const name of used) {
    const { resolve, type } = Object(actions?.[name]) as { resolve?: unknown; type?: unknown }
    if (resolve === undefined || BUILT_IN.has(type as string)) continue
    const kind = String(type).replace('xstate.', '')
    return `its action ${name} is ${kind}(…): the faster one supports only functions, assign(…) and emit(…)`
  }
  for (const src of sources) if (!actors?.[src]) return `its actor ${src} has no logic`
  return undefined
}
type Implementations = { [kind in 'actors' | 'actions']?: Readonly<Record<string, unknown>> }

/** Whether two states are never active at the same time: where their ways part, only one child is active. */
export function exclude(one: PlanNode, other: PlanNode): boolean {
  const fork = one.path.findIndex((node, depth) => node !== other.path[depth])
  return fork > 0 && other.path.length > fork && one.path[fork - 1]?.type === 'compound'
}

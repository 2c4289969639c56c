import type { AnyActorScope } from 'xstate'
import { type Outside, liveRoot } from '../border/external-events/machines.ts'
import type { ExternalEvent, Routing } from '../border/external-events/event-routing.ts'
import { waitSchemasOf } from '../border/external-events/waits.ts'
import type { JsonSchema } from '../types.ts'
import { perform } from './effects.ts'
import type { Owner } from './snapshot.ts'

type Snap = { readonly context: object; readonly status: string }

/**
 * What becomes of an event that the chart has no transition for: nothing in it ever waits for such an event, or logic
 * that is not known to hold any machine does.
 */
export function deliverOrRefuse(
  owner: Owner,
  { taker }: Routing,
  event: ExternalEvent,
  { context }: Snap,
  scope: AnyActorScope,
) {
  const { self } = scope
  const name = taker ? 'deliver' : 'refuse'
  perform(name, owner.implementations.actions[name], { context, event, self, system: self.system }, scope)
}

/** The schemas of the expected events, so that reading a saved run needs no code: each schema once in a whole run. */
export function schemasToSave(
  outside: Outside | undefined,
  snapshot: Snap,
): { schemas?: Readonly<Record<string, JsonSchema>> } {
  if (!outside || outside.isItem || snapshot.status !== 'active') return {}
  const schemas = waitSchemasOf(liveRoot(outside, snapshot))
  return Object.keys(schemas).length > 0 ? { schemas } : {}
}

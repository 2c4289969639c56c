import type { AnyActorRef, EventObject } from 'xstate'
import type { System } from './internals.ts'
import type { LazySnapshot } from './snapshot.ts'

/** A microstep as observers are told of it. */
export type Told = {
  readonly actorRef: AnyActorRef
  readonly event: EventObject
  snapshot(): LazySnapshot
  definitions(): unknown[]
}

let now: Told

// XState copies an inspection event (`{ ...event }`), and only if there is an observer. So all that has a price is
// behind a getter, and one object does for all microsteps.
const MICROSTEP = {
  type: '@xstate.microstep',
  get actorRef() {
    return now.actorRef
  },
  get event() {
    return now.event
  },
  get snapshot() {
    return now.snapshot()
  },
  get _transitions() {
    return now.definitions()
  },
}

/** Tells the observers of a microstep; costs next to nothing when there are none. */
export function report(system: AnyActorRef['system'], told: Told): void {
  now = told
  ;(system as System)._sendInspectionEvent(MICROSTEP)
}

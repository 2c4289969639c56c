import type { AnyActorRef, EventObject } from 'xstate'
import { sendInspectionEvent, TRANSITIONS } from './internals.ts'
import type { LazySnapshot } from './snapshot.ts'

/** A microstep as it is reported to observers. */
export type MicrostepReport = {
  readonly actorRef: AnyActorRef
  readonly event: EventObject
  snapshot(): LazySnapshot
  definitions(): unknown[]
}

let now: MicrostepReport | undefined
const currentReport = (): MicrostepReport => now as MicrostepReport

// XState copies an inspection event (`{ ...event }`), and only if there is an observer. So all that has a price is
// behind a getter, and one object does for all microsteps.
const MICROSTEP = {
  type: '@xstate.microstep',
  get actorRef() {
    return currentReport().actorRef
  },
  get event() {
    return currentReport().event
  },
  get snapshot() {
    return currentReport().snapshot()
  },
  get [TRANSITIONS]() {
    return currentReport().definitions()
  },
}

/** Reports a microstep to the observers; costs next to nothing when there are none. */
export function report(system: AnyActorRef['system'], step: MicrostepReport): void {
  now = step
  try {
    sendInspectionEvent(system, MICROSTEP)
  } finally {
    // Else the last run that made a step would stay in memory, with all that it was given.
    now = undefined
  }
}

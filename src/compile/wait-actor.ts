import { freshSnapshot, type Resumable, RESUME } from '../border/restore.ts'
import { type EventSchemas, type OpenWait, trackWait } from '../border/open-waits.ts'
import { hashOfSchema } from '../border/external-events/schema-hash.ts'
import { definitionPathOf, instancePath, type WaitInfo } from '../border/external-events/machines.ts'
import { EMIT, emitUp } from './emit-up.ts'
import { workObserversOf } from './work-observers.ts'
import { type WaitLogic, waitLogic } from './wait-logic.ts'

/** The events that it waits for, and when the wait began (ms of the actor's clock). */
export type WaitActorInput = WaitInfo & { readonly since: number }

/**
 * The actor `PATH#waiting`, active while its function waits for external events. It emits `waiting` when it starts, and
 * again after a restore, in a microtask so that listeners can attach first. It never ends by itself.
 */
export function waitActor(path: string, types: EventSchemas): WaitLogic<WaitActorInput> & Resumable {
  /** By definition path: all items of a map share one wait. */
  const waits = new Map<string, OpenWait>()
  const waitAt = (place: string): OpenWait => {
    const wait = waits.get(place) ?? { path: place, events: types, runs: 0, awaited: 0 }
    waits.set(place, wait)
    return wait
  }
  const logic = waitLogic<WaitActorInput>(({ events, input, call }, { self }) => {
    const end = trackWait(waitAt(definitionPathOf(instancePath(self, path))), self.system)
    const overseers = workObserversOf(self)
    for (const overseer of overseers) overseer.wait?.(1)
    let isOver = false
    queueMicrotask(() => {
      if (!isOver) emitUp(self, { type: EMIT, path, event: { type: 'waiting', events } })
      if (isOver || !call) return
      const { id: callId, name, turn } = call
      emitUp(self, { type: EMIT, path, event: { type: 'approvalRequested', turn, callId, name, input } })
    })
    return () => {
      isOver = true
      for (const overseer of overseers) overseer.wait?.(-1)
      end()
    }
  })
  return {
    ...logic,
    // The input is in the frame of the waiting state; the schemas are saved once for the whole run.
    getPersistedSnapshot: ({ input, ...snapshot }) => {
      const { since, events, call, input: about } = input ?? {}
      const hashes = Object.entries(events ?? {}).map(([type, schema]) => [type, hashOfSchema(schema)])
      return {
        ...snapshot,
        input: { since, events: Object.fromEntries(hashes), ...(call && { call, input: about }) },
      } as never
    },
    [RESUME]: (saved, input) => {
      const { since } = Object((saved as { input?: unknown }).input) as { since?: unknown }
      const fresh = input as WaitActorInput
      const isKnown = typeof since === 'number' && Number.isFinite(since) && since <= fresh.since
      return freshSnapshot(isKnown ? { ...fresh, since } : fresh)
    },
  }
}

import { freshSnapshot, RESUME, type Resumable } from '../border/restore.ts'
import { type EventSchemas, type OpenWait, trackWait } from '../border/open-waits.ts'
import { hashOfSchema } from '../border/external-events/schema-hash.ts'
import { instancePath, definitionPathOf, type WaitInfo } from '../border/external-events/machines.ts'
import { EMIT, tell } from './bubbling.ts'
import { overseersOf } from './overseeing.ts'
import { type WaitLogic, waitLogic } from './waiting.ts'

/** What is waited for, and since when (ms of the actor's clock). */
export type Announced = WaitInfo & { readonly since: number }

/**
 * The actor `PATH#waiting`, which is there as long as its function waits for events from outside: it tells that the wait
 * has begun, again when a run is restored, and never ends by itself. In a microtask of its own, so that listeners can
 * attach first.
 */
export function announcing(path: string, types: EventSchemas): WaitLogic<Announced> & Resumable {
  /** By place: items of one map wait in one. */
  const waits = new Map<string, OpenWait>()
  const waitAt = (place: string): OpenWait => {
    const wait = waits.get(place) ?? { path: place, events: types, runs: 0, awaited: 0 }
    waits.set(place, wait)
    return wait
  }
  const logic = waitLogic<Announced>(({ events, input, call }, { self }) => {
    const end = trackWait(waitAt(definitionPathOf(instancePath(self, path))), self.system)
    const overseers = overseersOf(self)
    for (const overseer of overseers) overseer.wait?.(1)
    let isOver = false
    queueMicrotask(() => {
      if (!isOver) tell(self, { type: EMIT, path, event: { type: 'waiting', events } })
      if (isOver || !call) return
      const { id: callId, name, turn } = call
      tell(self, { type: EMIT, path, event: { type: 'approvalRequested', turn, callId, name, input } })
    })
    return () => {
      isOver = true
      for (const overseer of overseers) overseer.wait?.(-1)
      end()
    }
  })
  return {
    ...logic,
    // The rest is in the state that waits; the schemas are kept once for the whole run.
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
      const fresh = input as Announced
      const isKnown = typeof since === 'number' && Number.isFinite(since) && since <= fresh.since
      return freshSnapshot(isKnown ? { ...fresh, since } : fresh)
    },
  }
}

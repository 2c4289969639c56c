import { beginsAnew, type Resumable } from '../border/resuming.ts'
import { type Awaited, type Wait, waitOpen } from '../border/open-waits.ts'
import { EMIT, tell } from './bubbling.ts'
import { type WaitLogic, waitLogic } from './waiting.ts'

/**
 * The actor `PATH#waiting`, which is there as long as its function waits for events from outside: it tells that the wait
 * has begun, again when a run is restored, and never ends by itself. In a microtask of its own, so that listeners can
 * attach first.
 */
export function announcing(path: string, events: Awaited): WaitLogic<unknown> & Resumable {
  const wait: Wait = { path, events, runs: 0, awaited: 0 }
  return beginsAnew(
    waitLogic((_, { self }) => {
      const end = waitOpen(wait, self.system)
      let isOver = false
      queueMicrotask(() => {
        if (!isOver) tell(self, { type: EMIT, path, event: { type: 'waiting', events } })
      })
      return () => {
        isOver = true
        end()
      }
    }),
  )
}

import type { RunEvent } from '../../types.ts'
import type { Wait } from './wait.ts'

/** What a run waits for, from its events. */
export function following(): { on(event: RunEvent): void; waits(): readonly Wait[] } {
  const open = new Map<string, Wait>()
  return {
    on: (event) => {
      if (event.type === 'waiting') open.set(event.path, { ...event, since: performance.now() })
      if (event.type !== 'state') return
      for (const path of open.keys()) {
        if (path === event.path || path.startsWith(`${event.path}.`)) open.delete(path)
      }
    },
    waits: () => [...open.values()],
  }
}

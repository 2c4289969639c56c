import type { Outside, Receiver } from '../../border/external-events/machines.ts'
import type { Build } from '../chart.ts'

/** The function at this path takes events of that type from outside, or hands them on to an actor below. */
export function takenAt(build: Build, path: string, type: string, taker: Receiver): void {
  const known = build.takers.get(type) ?? new Map<string, Receiver>()
  build.takers.set(type, known.set(path, taker))
  if (taker.route) build.below.add(type)
  if (!taker.isMemory) isAt(build, type, path)
}

/** At this path stands a machine, which takes what it takes; or logic that may hold any. */
export function takenBelow(build: Build, path: string, outside: Outside | undefined): void {
  if (!outside || outside.isOpen) build.isOpen = true
  for (const [type, places] of outside?.places ?? []) {
    build.below.add(type)
    for (const place of places) isAt(build, type, `${path}.${place}`)
  }
}

function isAt({ places }: Build, type: string, place: string): void {
  places.set(type, (places.get(type) ?? new Set<string>()).add(place))
}

import type { Outside, Receiver } from '../../border/external-events/machines.ts'
import type { Build } from '../chart.ts'

/** The function at this path takes external events of that type, or forwards them to an actor below. */
export function addReceiver(build: Build, path: string, type: string, taker: Receiver): void {
  const known = build.takers.get(type) ?? new Map<string, Receiver>()
  build.takers.set(type, known.set(path, taker))
  if (taker.route) build.below.add(type)
  if (!taker.isMemory) addPlace(build, type, path)
}

/** A machine at this path takes external events, or a custom logic takes unknown ones. */
export function addReceiversBelow(build: Build, path: string, outside: Outside | undefined): void {
  if (!outside || outside.isOpen) build.isOpen = true
  for (const [type, places] of outside?.places ?? []) {
    build.below.add(type)
    for (const place of places) addPlace(build, type, `${path}.${place}`)
  }
}

function addPlace({ places }: Build, type: string, place: string): void {
  places.set(type, (places.get(type) ?? new Set<string>()).add(place))
}

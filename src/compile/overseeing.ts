import type { AnyActorRef } from 'xstate'
import { globalState } from '../border/global-state.ts'
import type { UsageEvent } from '../types.ts'

/** The work of a leaf: active until it has ended, or its state was left, whatever it still does. */
export type Ongoing = { readonly isActive: boolean }

/** What a function has to do with the work of all leaves in it, its own too, while it runs. */
export interface Overseer {
  begin(work: Ongoing): void
  /** It has really ended, and not only its state. */
  end(work: Ongoing): void
  spend?(usage: UsageEvent): void
  /** It let an event out. */
  hear?(): void
  /** So many more of the functions in it wait for an event from outside. */
  wait?(by: 1 | -1): void
}

type Place = { readonly path: string; readonly overseer: Overseer }
type Oversight = {
  /** By the actor of the machine, the functions in it that oversee. */
  readonly places: WeakMap<AnyActorRef, Set<Place>>
  /** Most processes have none, and a leaf need not look for them. */
  areAny: boolean
}
const oversight = globalState('oversight', (): Oversight => ({ places: new WeakMap(), areAny: false }))

/** From now on the function at this path oversees; returns how it ceases to. */
export function oversee(machine: AnyActorRef, path: string, overseer: Overseer): () => void {
  const place = { path, overseer }
  const others = oversight.places.get(machine) ?? new Set<Place>()
  oversight.places.set(machine, others.add(place))
  oversight.areAny = true
  return () => others.delete(place)
}

const NONE: readonly Overseer[] = []

/** Those of the functions around an actor: in its machine, and in all machines above that one. */
export function overseersOf(self: AnyActorRef): readonly Overseer[] {
  if (!oversight.areAny) return NONE
  const found: Overseer[] = []
  let child = self
  for (let actor = self._parent; actor; actor = actor._parent) {
    // What a machine of ours invokes has the path of its function for an id.
    for (const { path, overseer } of oversight.places.get(actor) ?? []) {
      if (child.id === path || child.id.startsWith(`${path}.`)) found.push(overseer)
    }
    child = actor
  }
  return found
}

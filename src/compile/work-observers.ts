import type { AnyActorRef } from 'xstate'
import { globalState } from '../border/global-state.ts'
import type { UsageEvent } from '../types.ts'
import { parentOf } from '../border/actors.ts'

/** The work of a leaf; active until it settles or its state is exited. */
export type OngoingWork = { readonly isActive: boolean }

/** Observes the work of all leaves in a function (its own too) while the function runs. */
export interface WorkObserver {
  begin(work: OngoingWork): void
  /** It has settled, and not only its state was exited. */
  end(work: OngoingWork): void
  spend?(usage: UsageEvent): void
  /** A leaf emitted an event. */
  hear?(): void
  /** One function more (1) or less (-1) waits for an external event. */
  wait?(by: 1 | -1): void
}

type ObservedPath = { readonly path: string; readonly overseer: WorkObserver }
type Registry = {
  /** The observers by the actor of the machine. */
  readonly places: WeakMap<AnyActorRef, Set<ObservedPath>>
  /** Most processes have no observer; then leaves need not look for one. */
  areAny: boolean
}
const registry = globalState('oversight', (): Registry => ({ places: new WeakMap(), areAny: false }))

/** Adds an observer for the function at this path; returns the function that removes it. */
export function observeWork(machine: AnyActorRef, path: string, overseer: WorkObserver): () => void {
  const place = { path, overseer }
  const others = registry.places.get(machine) ?? new Set<ObservedPath>()
  registry.places.set(machine, others.add(place))
  registry.areAny = true
  return () => others.delete(place)
}

const NONE: readonly WorkObserver[] = []

/** The observers of the functions around an actor: in its machine, and in all machines above. */
export function workObserversOf(self: AnyActorRef): readonly WorkObserver[] {
  if (!registry.areAny) return NONE
  const found: WorkObserver[] = []
  let child = self
  for (let actor = parentOf(self); actor; actor = parentOf(actor)) {
    // The id of an invoked actor is the path of its function.
    for (const { path, overseer } of registry.places.get(actor) ?? []) {
      if (child.id === path || child.id.startsWith(`${path}.`)) found.push(overseer)
    }
    child = actor
  }
  return found
}

import type { AnyActorRef } from 'xstate'
import type { LimitTurn, UsageEvent } from '../types.ts'

/**
 * A turn of a limit, as long as a function has it: until its state is left, and then until all work below it has really
 * ended. A leaf need not heed its signal, and what it still does counts.
 */
export class Hold {
  readonly #turn: LimitTurn
  #working = 0
  #isLeft = false

  constructor(turn: LimitTurn) {
    this.#turn = turn
  }

  begin(): void {
    this.#working++
  }

  end(): void {
    this.#working--
    this.#leaveIfOver()
  }

  leave(): void {
    this.#isLeft = true
    this.#leaveIfOver()
  }

  spend(usage: UsageEvent): void {
    this.#turn.spend(usage)
  }

  #leaveIfOver(): void {
    if (this.#isLeft && this.#working === 0) this.#turn.leave()
  }
}

/** By the actor of the machine, the functions in it that hold a turn, by their paths. */
const holds = new WeakMap<AnyActorRef, Map<string, Hold>>()
/** Most processes have no limits, and a leaf need not look for them. */
let areAny = false

/** From now on the function at this path has the turn; returns how it leaves. */
export function hold(machine: AnyActorRef, path: string, turn: LimitTurn): () => void {
  const held = new Hold(turn)
  const others = holds.get(machine) ?? new Map<string, Hold>()
  holds.set(machine, others.set(path, held))
  areAny = true
  return () => {
    if (others.get(path) === held) others.delete(path)
    held.leave()
  }
}

const NONE: readonly Hold[] = []

/** The turns that the functions around an actor hold: in its machine, and in all machines above that one. */
export function holdsAround(self: AnyActorRef): readonly Hold[] {
  if (!areAny) return NONE
  const found: Hold[] = []
  let child = self
  for (let actor = self._parent; actor; actor = actor._parent) {
    // What a machine of ours invokes has the path of its function for an id.
    for (const [path, held] of holds.get(actor) ?? []) {
      if (child.id === path || child.id.startsWith(`${path}.`)) found.push(held)
    }
    child = actor
  }
  return found
}

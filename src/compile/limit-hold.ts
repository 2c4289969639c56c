import type { AnyActorRef } from 'xstate'
import type { LimitTurn, UsageEvent } from '../types.ts'
import { observeWork, type WorkObserver } from './work-observers.ts'

/**
 * Holds a turn of a limit for a function: until its state is exited and all leaves below it have settled. A leaf may
 * ignore its signal, and still counts.
 */
class LimitHold implements WorkObserver {
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

/** Holds a turn for the function at this path; returns the function to call when its state is exited. */
export function holdTurn(machine: AnyActorRef, path: string, turn: LimitTurn): () => void {
  const held = new LimitHold(turn)
  const leave = observeWork(machine, path, held)
  return () => {
    leave()
    held.leave()
  }
}

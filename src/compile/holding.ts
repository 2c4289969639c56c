import type { AnyActorRef } from 'xstate'
import type { LimitTurn, UsageEvent } from '../types.ts'
import { oversee, type Overseer } from './overseeing.ts'

/**
 * A turn of a limit, as long as a function has it: until its state is left, and then until all work below it has really
 * ended. A leaf need not heed its signal, and what it still does counts.
 */
class Hold implements Overseer {
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

/** From now on the function at this path has the turn; returns how it leaves. */
export function hold(machine: AnyActorRef, path: string, turn: LimitTurn): () => void {
  const held = new Hold(turn)
  const leave = oversee(machine, path, held)
  return () => {
    leave()
    held.leave()
  }
}

import type { AnyActorRef } from 'xstate'
import { globalState } from '../border/global-state.ts'
import { restartOnRestore, type Resumable } from '../border/restore.ts'
import type { Limit, LimitTurn } from '../types.ts'
import { holdTurn } from './limit-hold.ts'
import { type WaitLogic, waitLogic } from './wait-logic.ts'
import { parentOf } from '../border/actors.ts'

/**
 * `wait`: ends when it is this function's turn. `hold`: keeps the turn until it is stopped, which every exit does. A hold
 * without a turn is a restored run: a leaf waits again (`again`), a composite, which has results already, continues at
 * once (`on`).
 */
export type LimitPhase = 'wait' | 'hold, or again' | 'hold, or on'

/** Turns on the way from the actor that waits to the one that holds, by their parent machine. */
const grantedTurns = globalState('turns', () => new WeakMap<AnyActorRef, Map<string, LimitTurn>>())

/** The actor `PATH#limit`, which waits for a turn of a limit, or holds it. */
export const limitLogic = (limit: Limit, path: string): WaitLogic<LimitPhase> & Resumable =>
  restartOnRestore(
    waitLogic<LimitPhase>((phase, { self, done, fail }) => {
      const parent = parentOf(self) as AnyActorRef
      if (phase === 'wait') {
        const granted = () => {
          done()
          // After the machine has processed the end: if it took another transition, the turn must be returned here.
          queueMicrotask(() => queueMicrotask(leave))
        }
        const leave = () => {
          if (grantedTurns.get(parent)?.get(path) !== turn) return
          grantedTurns.get(parent)?.delete(path)
          turn.leave()
        }
        const turn = limit.enter(self, granted)
        grantedTurns.set(parent, (grantedTurns.get(parent) ?? new Map<string, LimitTurn>()).set(path, turn))
        return leave
      }
      const held = grantedTurns.get(parent)?.get(path)
      grantedTurns.get(parent)?.delete(path)
      if (!held && phase === 'hold, or again') {
        fail(new Error('This run waits again.'))
        return undefined
      }
      return holdTurn(parent, path, held ?? limit.enter(self))
    }),
  )

import type { AnyActorRef } from 'xstate'
import { globalState } from '../border/global-state.ts'
import { restartOnRestore, type Resumable } from '../border/restore.ts'
import type { Limit, LimitTurn } from '../types.ts'
import { hold } from './holding.ts'
import { type WaitLogic, waitLogic } from './waiting.ts'

/**
 * `wait`: ends when it is this function's turn. `hold`: keeps the turn until it is stopped, which is on every way out.
 * A hold without a turn is a run that was restored: it goes to the end of the line (`again`), or where it has done
 * things already that must not be lost, on at once (`on`).
 */
export type Phase = 'wait' | 'hold, or again' | 'hold, or on'

/** The turn on its way from the actor that waits to the one that holds, by the machine that both belong to. */
const turns = globalState('turns', () => new WeakMap<AnyActorRef, Map<string, LimitTurn>>())

/** The actor `PATH#limit`: the one place where a function has to do with a limit. */
export const limitLogic = (limit: Limit, path: string): WaitLogic<Phase> & Resumable =>
  restartOnRestore(
    waitLogic<Phase>((phase, { self, done, fail }) => {
      const parent = self._parent as AnyActorRef
      if (phase === 'wait') {
        const granted = () => {
          done()
          // After the machine has heard of it: if it went elsewhere meanwhile, nobody else gives the turn back.
          queueMicrotask(() => queueMicrotask(leave))
        }
        const leave = () => {
          if (turns.get(parent)?.get(path) !== turn) return
          turns.get(parent)?.delete(path)
          turn.leave()
        }
        const turn = limit.enter(self, granted)
        turns.set(parent, (turns.get(parent) ?? new Map<string, LimitTurn>()).set(path, turn))
        return leave
      }
      const held = turns.get(parent)?.get(path)
      turns.get(parent)?.delete(path)
      if (!held && phase === 'hold, or again') {
        fail(new Error('This run waits again.'))
        return undefined
      }
      return hold(parent, path, held ?? limit.enter(self))
    }),
  )

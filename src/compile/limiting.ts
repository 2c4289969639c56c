import { type AnyActorRef, fromPromise } from 'xstate'
import type { Limit, LimitTurn } from '../types.ts'
import { hold } from './holding.ts'

/**
 * `wait`: ends when it is this function's turn. `hold`: keeps the turn until it is stopped, which is on every way out.
 * A hold without a turn is a run that was restored: it goes to the end of the line (`again`), or where it has done
 * things already that must not be lost, on at once (`on`).
 */
export type Phase = 'wait' | 'hold, or again' | 'hold, or on'

/** The turn on its way from the actor that waits to the one that holds, by the machine that both belong to. */
const turns = new WeakMap<AnyActorRef, Map<string, LimitTurn>>()

/** The actor `PATH#limit`: the one place where a function has to do with a limit. */
export const limitLogic = (limit: Limit, path: string) =>
  fromPromise<void, Phase>(({ input: phase, self, signal }) => {
    const parent = self._parent as AnyActorRef
    const onStop = (leave: () => void) => signal.addEventListener('abort', leave, { once: true })
    if (phase === 'wait') {
      return new Promise((granted) => {
        const turn = limit.enter(self, granted)
        turns.set(parent, (turns.get(parent) ?? new Map<string, LimitTurn>()).set(path, turn))
        onStop(() => {
          turns.get(parent)?.delete(path)
          turn.leave()
        })
      })
    }
    const held = turns.get(parent)?.get(path)
    turns.get(parent)?.delete(path)
    if (!held && phase === 'hold, or again') return Promise.reject(new Error('This run waits again.'))
    onStop(hold(parent, path, held ?? limit.enter(self)))
    return new Promise(() => {})
  })

import { type Limit, limit } from 'tinyllm'
import type { Dice } from './dice.ts'

/** Limits that functions of one pipeline share; the order in which they let in shows in the journal. */
export function limitsOf(dice: Dice, note: (line: string) => void): readonly Limit[] {
  return [
    watched('narrow', limit({ concurrency: 1 }), note),
    watched('wide', limit({ concurrency: 1 + dice.int(3) }), note),
    watched('rate', limit({ requestsPerMinute: 1 + dice.int(3) }), note),
  ]
}

const watched = (name: string, inner: Limit, note: (line: string) => void): Limit => ({
  ...inner,
  enter(actor, granted) {
    note(`${name} ${granted ? 'waits' : 'begins'} ${actor.id}`)
    const grant = () => {
      note(`${name} grants ${actor.id}`)
      granted?.()
    }
    const turn = inner.enter(actor, granted && grant)
    return {
      ...turn,
      leave() {
        note(`${name} leaves ${actor.id}`)
        turn.leave()
      },
    }
  },
})

// The same function on every item of a list, or of anything else that gives items one after the other.
//
// The chart:
//   starting
//   validatingInput    is it something with items?
//   running            invokes a pool, which starts an actor for each item: their number is only known now
//   validatingOutput
//   complete           with the outputs, in the order of the items
//   failed             the first failure ends it, and stops the others; with mode 'settled' none does
import { fn, map } from 'tinyllm'

const initial = fn({ name: 'initial', run: async (word: string) => word.charAt(0).toUpperCase() })

export const acronym = map({ name: 'acronym', each: initial, concurrency: 2 })

export const sample = ['state', 'chart', 'extensible', 'markup', 'language']

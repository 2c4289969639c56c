// One after the other: each child gets what the one before gave. A plain function is a child, too.
//
// The chart:
//   starting
//   running
//     trim        its chart as in function.ts; complete leads to the next child, failed to the chain's failed
//     shorten
//     shout
//   complete
//   failed
import { chain, fn } from 'tinyllm'

const trim = fn({ name: 'trim', run: (text: string) => text.trim() })
const shorten = fn({ name: 'shorten', run: (text: string) => text.slice(0, 11) })
const shout = (text: string) => text.toUpperCase()

export const headline = chain({ name: 'headline', children: [trim, shorten, shout] })

export const sample = '  statecharts for everyone  '

// Again and again: the body gets the input, then its own output, until the predicate holds.
//
// The chart:
//   starting
//   running
//     body
//     checking    the predicate's answer: body again, or out
//   complete      with the body's last output
//   failed        also after maxIterations rounds, with the code max_iterations
import { fn, loop } from 'tinyllm'

type Draft = { text: string; score: number }

const improve = fn({
  name: 'improve',
  run: ({ text, score }: Draft): Draft => ({ text: `${text}!`, score: score + 3 }),
})

export const refine = loop({
  name: 'refine',
  body: improve,
  until: ({ value }) => value.score > 8,
  maxIterations: 5,
})

export const sample = { text: 'Statecharts', score: 1 }

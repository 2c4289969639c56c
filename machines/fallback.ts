// The first child that works: each gets the input, and the next one runs when it fails.
//
// The chart:
//   starting
//   running
//     bigModel      failed leads to the next child, complete to the fallback's complete
//     smallModel
//     apologize
//   complete
//   failed          when the last one fails, too: its message has the errors of all
import { fallback, fn } from 'tinyllm'

const bigModel = fn({
  name: 'bigModel',
  run: async (_question: string): Promise<string> => {
    throw new Error('429 Too Many Requests')
  },
})
const smallModel = fn({ name: 'smallModel', run: async (question: string) => `I think it is about ${question}` })
const apologize = (_question: string) => 'Sorry, ask me later.'

export const answer = fallback({ name: 'answer', children: [bigModel, smallModel, apologize] })

export const sample = 'statecharts'

// A function decides, usually a model; then one branch runs with the decision's input.
//
// The chart:
//   starting
//   running
//     deciding     `decide`, a function like any other; then one guarded transition a choice
//     question     a branch
//     statement    pass() gives back its input
//   complete
//   failed         also for an answer that is none of the choices, with the code invalid_choice
import { decision, fn, pass } from 'tinyllm'

// As a model would say it: case, quotes and a final full stop do not matter.
const classify = fn({
  name: 'classify',
  run: (text: string): string => (text.endsWith('?') ? '"Question."' : 'Statement'),
})
const answer = fn({ name: 'answer', run: (question: string) => `Good question: ${question}` })

export const reply = decision({ name: 'reply', decide: classify, branches: { question: answer, statement: pass() } })

export const sample = 'What is a statechart?'

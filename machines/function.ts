// One function. Every pipeline is made of these, so these states appear in every other chart.
//
// The chart:
//   starting
//   validatingInput    the schema `input`; what does not fit goes to failed
//   running            `run`, an invoked actor named countWords
//   validatingOutput   the schema `output`
//   processingOutput   `processOutput`, an invoked actor named countWords#processOutput; only there if you give one
//   complete           final: the machine's output is the value
//   failed             ends the machine with a PipelineError; inside another pipeline a final state that the parent sees
import { fn } from 'tinyllm'
import { z } from 'zod'

export const countWords = fn({
  name: 'countWords',
  description: 'Counts the words of a text.',
  input: z.object({ text: z.string().min(1) }),
  output: z.number().int(),
  run: ({ text }) => text.trim().split(/\s+/).length,
  processOutput: (words) => ({ words }),
})

export const sample = { text: 'one two three' }

import { flow, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { score, verdict } from './fixtures.ts'

const letter = flow({
  name: 'letter',
  input: z.object({ loanApplication: z.string(), lang: z.string().default('en') }),
  steps: (s) =>
    s
      // The value of the step before, at first the flow's input.
      .step(score)
      .step(verdict)
      // A mapper sees the input, that value and every earlier output, and feeds the step.
      .step(score.as('second'), ({ input, value, outputs }) => {
        expectTypeOf(input).toEqualTypeOf<{ loanApplication: string; lang: string }>()
        expectTypeOf(value).toEqualTypeOf<{ decision: 'good' | 'bad' }>()
        expectTypeOf(outputs.score).toEqualTypeOf<{ score: number }>()
        expectTypeOf(outputs.verdict).toEqualTypeOf<{ decision: 'good' | 'bad' }>()
        return { loanApplication: input.loanApplication }
      })
      // A step of its own.
      .step('text', async ({ input, value, outputs }) => `${input.lang} ${value.score} ${outputs.verdict.decision}`)
      .step('summary', ({ value, outputs }) => ({
        text: value,
        length: outputs.text.length,
        second: outputs.second.score,
      })),
})
expectTypeOf<InputOf<typeof letter>>().toEqualTypeOf<{ loanApplication: string; lang?: string | undefined }>()
expectTypeOf<OutputOf<typeof letter>>().toEqualTypeOf<{ text: string; length: number; second: number }>()
expectTypeOf(letter.name).toEqualTypeOf<'letter'>()

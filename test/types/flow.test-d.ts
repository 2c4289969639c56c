import { type ChatMessage, flow, fn, type InputOf, llmCall, type OutputOf } from 'tinyllm'
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

// Messages are written in place, for a function that takes them and as a step of its own.
const chat = llmCall({ name: 'chat', model: async () => 'fine' })
const asked = z.object({ q: z.string(), history: z.array(z.custom<ChatMessage>()) })
const talk = flow({
  name: 'talk',
  input: asked,
  steps: (s) =>
    s
      .step(chat, ({ input }) => [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: input.q },
      ])
      .step(chat.as('wrapped'), ({ input }) => ({ messages: [{ role: 'user', content: input.q }] }))
      .step(chat.as('single'), ({ input }) => ({ role: 'user', content: input.q }))
      .step(chat.as('spread'), ({ input, value }) => [
        ...input.history,
        { role: 'assistant', content: value },
        { role: 'user', content: [{ type: 'text', text: input.q }] },
      ])
      .step('list', ({ input }) => [{ role: 'user', content: input.q }])
      .step(chat.as('a'))
      .step('message', ({ input }) => ({ role: 'user', content: input.q }))
      .step(chat.as('b'))
      .step('prompt', ({ input }) => ({ messages: [...input.history, { role: 'user', content: input.q }] }))
      .step(chat.as('c'))
      .step('later', async ({ input }) => [{ role: 'user', content: input.q }])
      .step(chat.as('d'))
      .step('ways', ({ input }) => {
        if (input.q === '') return [{ role: 'system', content: 'Say hello.' }]
        return [{ role: 'user', content: input.q }]
      })
      .step(chat.as('e')),
})
expectTypeOf<OutputOf<typeof talk>>().toEqualTypeOf<string>()

// What is no message stays as wide as it always was.
const wide = flow({ name: 'wide', input: asked, steps: (s) => s.step('x', () => ({ text: 'a', list: ['b'] })) })
expectTypeOf<OutputOf<typeof wide>>().toEqualTypeOf<{ text: string; list: string[] }>()
const text = flow({ name: 'text', input: asked, steps: (s) => s.step('x', () => 'good') })
expectTypeOf<OutputOf<typeof text>>().toEqualTypeOf<string>()

// A step that may be skipped, and early ends.
const search = fn({ name: 'search', run: (q: string) => [q] })
const research = flow({
  name: 'research',
  input: z.object({ q: z.string() }),
  steps: (s) =>
    s
      .when(
        ({ input }) => input.q.length > 3,
        search,
        ({ input }) => input.q,
      )
      .when(
        ({ outputs }) => outputs.search !== undefined,
        'count',
        ({ outputs }) => outputs.search?.length ?? 0,
      )
      .endWhen(
        ({ value }) => typeof value === 'number',
        ({ input }) => ({ early: input.q }),
      )
      .endWhen(({ input }) => input.q === '')
      .step('last', ({ value, outputs }) => {
        expectTypeOf(value).toEqualTypeOf<number | string[] | { q: string }>()
        expectTypeOf(outputs.search).toEqualTypeOf<string[] | undefined>()
        expectTypeOf(outputs.count).toEqualTypeOf<number | undefined>()
        return true
      }),
})
expectTypeOf<OutputOf<typeof research>>().toEqualTypeOf<
  boolean | { early: string } | { q: string } | number | string[]
>()
// The value of the step before fits without a mapper.
const sometimes = flow({ name: 'sometimes', input: z.string(), steps: (s) => s.when(() => true, search) })
expectTypeOf<OutputOf<typeof sometimes>>().toEqualTypeOf<string | string[]>()

// Steps that depend on a condition: the output is that of either.
const flag = Math.random() > 0.5
const conditional = flow({
  name: 'conditional',
  input: z.object({ q: z.string() }),
  steps: (s) => {
    const asked = s.step('asked', ({ input }) => input.q)
    return flag ? asked.step('size', ({ value }) => value.length) : asked
  },
})
expectTypeOf<OutputOf<typeof conditional>>().toEqualTypeOf<string | number>()
expectTypeOf<InputOf<typeof conditional>>().toEqualTypeOf<{ q: string }>()

import { fn, llmCall, loop, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'

const judge = llmCall({ name: 'judge', model: async () => 'fine' })
const grow = fn({ name: 'grow', run: (n: number) => ({ n: n + 1 }) })

// `next` makes the body's next input: then its output need not be that, and messages are written in place.
const insist = loop({
  name: 'insist',
  body: judge,
  until: ({ value }) => value === 'yes',
  next: ({ value, iteration }) => {
    expectTypeOf(value).toEqualTypeOf<string>()
    expectTypeOf(iteration).toEqualTypeOf<number>()
    return [
      { role: 'assistant', content: value },
      { role: 'user', content: 'Are you sure?' },
    ]
  },
  // `result` tells how many rounds it took.
  result: ({ value, iteration }) => ({ value, rounds: iteration }),
  maxIterations: 3,
})
expectTypeOf<OutputOf<typeof insist>>().toEqualTypeOf<{ value: string; rounds: number }>()

const far = loop({
  name: 'far',
  body: grow,
  until: ({ input, value }) => value.n > input + 3,
  next: ({ value }) => value.n,
  maxIterations: 5,
})
expectTypeOf<InputOf<typeof far>>().toEqualTypeOf<number>()
expectTypeOf<OutputOf<typeof far>>().toEqualTypeOf<{ n: number }>()

// A plain function as the body.
const plain = loop({
  name: 'plain',
  body: async (n: number) => ({ n }),
  until: ({ value }) => value.n > 3,
  next: ({ value: { n } }) => n + 1,
  maxIterations: 5,
})
expectTypeOf<OutputOf<typeof plain>>().toEqualTypeOf<{ n: number }>()
const same = loop({ name: 'same', body: (n: number) => n + 1, until: ({ value }) => value > 3, maxIterations: 5 })
expectTypeOf<OutputOf<typeof same>>().toEqualTypeOf<number>()

import { branch, chain, decision, fn, parallel, pass, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { classify, email, further, offer } from './fixtures.ts'

const bad = parallel({ name: 'bad', children: { email, further } })

// A branch gets the decision's input: together they say what it is.
const credit = decision({ name: 'credit', decide: classify, branches: { good: offer, bad } })
expectTypeOf<InputOf<typeof credit>>().toEqualTypeOf<{
  to: string
  loanApplication: string
  depth?: 'quick' | 'full' | undefined
}>()
expectTypeOf<OutputOf<typeof credit>>().toEqualTypeOf<
  { rate: number } | { email: { sent: boolean }; further: { risk: number } }
>()

// `decide` may be inline, async, return any string, or an object that holds the choice.
const inline = decision({
  name: 'inline',
  decide: async (input: { n: number }, { signal }) => ({
    decision: input.n > 3 ? ('good' as const) : ('bad' as const),
    signal,
  }),
  branches: { good: offer, bad: fn({ name: 'q', run: async (input: { z: number }) => input.z }) },
})
expectTypeOf<InputOf<typeof inline>>().toEqualTypeOf<{ n: number; loanApplication: string; z: number }>()
expectTypeOf<OutputOf<typeof inline>>().toEqualTypeOf<{ rate: number } | number>()
const said = decision({ name: 'said', decide: (text: string) => text.trim(), branches: { yes: pass(), no: pass() } })
expectTypeOf<InputOf<typeof said>>().toEqualTypeOf<string>()
decision({ name: 'event', decide: () => ({ type: 'APPROVE' as const }), branches: { APPROVE: offer, REJECT: offer } })

// Numbers and free text are choices too.
const numbers = decision({
  name: 'numbers',
  decide: (x: { n: number }) => (x.n > 3 ? 1 : 2),
  branches: { 1: offer, 2: further },
})
expectTypeOf<OutputOf<typeof numbers>>().toEqualTypeOf<{ rate: number } | { risk: number }>()
decision({ name: 'models', decide: (x: string) => x, branches: { 'gpt-4.1': pass(), 'gpt-4.1 mini': pass() } })

// With `choices` they are fixed; without branches the output is the choice.
const choice = decision({ name: 'choice', choices: ['good', 'bad'], decide: classify })
expectTypeOf<InputOf<typeof choice>>().toEqualTypeOf<{ loanApplication: string }>()
expectTypeOf<OutputOf<typeof choice>>().toEqualTypeOf<{ decision: 'good' | 'bad' }>()
decision({ name: 'both', choices: ['good', 'bad'], decide: classify, branches: { good: offer, bad: further } })

// How the design's example reads.
const decide = chain({ name: 'decide', children: [(input: { loanApplication: string }) => input.loanApplication] })
const design = decision({ name: 'design', decide, branches: { good: pass(), bad } })
expectTypeOf<InputOf<typeof design>>().toExtend<{ loanApplication: string; to: string }>()

// Predicates see the value plainly. The input is what they and the ways ask for (where one is annotated, all are).
const amount = branch({
  name: 'amount',
  cases: [
    {
      name: 'big',
      when: (input: { amount: number; loanApplication: string }) => input.amount > 1e6,
      then: further,
    },
    {
      name: 'odd',
      when: (input: { amount: number }) => input.amount % 2 === 1,
      then: ({ amount: n }: { amount: number }) => n,
    },
  ],
  otherwise: offer,
})
expectTypeOf<InputOf<typeof amount>>().toEqualTypeOf<{
  amount: number
  loanApplication: string
  depth?: 'quick' | 'full' | undefined
}>()
expectTypeOf<OutputOf<typeof amount>>().toEqualTypeOf<{ rate: number } | { risk: number } | number>()

// Without `otherwise` the output is that of the cases.
const deep = branch({
  name: 'deep',
  cases: [{ name: 'full', when: (input: { depth?: string }) => input.depth === 'full', then: further }],
})
expectTypeOf<InputOf<typeof deep>>().toEqualTypeOf<{ loanApplication: string; depth?: 'quick' | 'full' | undefined }>()
expectTypeOf<OutputOf<typeof deep>>().toEqualTypeOf<{ risk: number }>()

// `pass` gives the input, whatever that is there.
const maybe = decision({ name: 'maybe', decide: classify, branches: { good: pass(), bad: further } })
expectTypeOf<OutputOf<typeof maybe>>().toExtend<{ loanApplication: string } | { risk: number }>()

// Functions that are made in place keep their types, too: nothing becomes `any`.
const inPlace = decision({
  name: 'inPlace',
  decide: classify,
  branches: { good: pass(), bad: parallel({ name: 'bad', children: { email, further } }) },
})
expectTypeOf<InputOf<typeof inPlace>>().toEqualTypeOf<InputOf<typeof design>>()
expectTypeOf<OutputOf<typeof inPlace>>().toExtend<object>()
expectTypeOf<OutputOf<typeof inPlace>>().not.toBeAny()
const noInput = decision({
  name: 'noInput',
  decide: classify,
  branches: { good: fn({ name: 'q', run: () => 1 }), bad: offer },
})
expectTypeOf<InputOf<typeof noInput>>().toEqualTypeOf<{ loanApplication: string }>()
expectTypeOf<OutputOf<typeof noInput>>().toEqualTypeOf<number | { rate: number }>()

// Booleans are choices, under the keys 'true' and 'false'; alone, in an object, or said by name in `choices`.
const isLarge = decision({ name: 'isLarge', decide: async () => true, branches: { true: offer, false: further } })
expectTypeOf<OutputOf<typeof isLarge>>().toEqualTypeOf<{ rate: number } | { risk: number }>()
decision({
  name: 'held',
  decide: ({ n }: { n: number }) => ({ decision: n > 3 }),
  branches: { true: offer, false: offer },
})
decision({ name: 'typed', decide: () => ({ type: false as const }), branches: { true: offer, false: offer } })
const either = decision({ name: 'either', choices: [true, false], decide: (n: number) => n > 3 })
expectTypeOf<OutputOf<typeof either>>().toEqualTypeOf<{ decision: boolean }>()
decision({ name: 'said', choices: [true, false], decide: () => 'True', branches: { true: offer, false: further } })
decision({
  name: 'mixed',
  choices: [true, 'no'],
  decide: ({ n }: { n: number }) => (n > 3 ? true : 'no'),
  branches: { true: offer, no: offer },
})

// Cases may be a list of any length, and each predicate has the input of its own way, or says more.
const echo = (text: string) => text
const listed = branch({
  name: 'listed',
  cases: ['a', 'b'].map((name) => ({ name, when: (text: string) => text === name, then: echo })),
  otherwise: () => 0,
})
expectTypeOf<InputOf<typeof listed>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof listed>>().toEqualTypeOf<string | number>()
const mixedCases = branch({
  name: 'mixedCases',
  cases: [
    { name: 'a', when: ({ a }) => a === '', then: (x: { a: string }) => x.a },
    { name: 'b', when: (x: { b: number; c: string }) => x.c === '', then: (x: { b: number }) => x.b },
  ],
})
expectTypeOf<InputOf<typeof mixedCases>>().toEqualTypeOf<{ a: string; b: number; c: string }>()

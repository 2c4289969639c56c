import { branch, decision } from 'tinyllm'
import { z } from 'zod'
import { classify, email, further, offer, score } from '../fixtures.ts'

// wrong: a choice without a branch
decision({ name: 'a', choices: ['good', 'bad'], decide: classify, branches: { good: offer } })

// wrong: a branch that is no choice
decision({ name: 'b', choices: ['good', 'bad'], decide: classify, branches: { good: offer, bad: offer, ugly: offer } })

// wrong: what is decided has no branch
decision({ name: 'c', decide: classify, branches: { good: offer, ok: offer } })

// wrong: what is decided is never one of the choices
decision({ name: 'd', choices: ['yes', 'no'], decide: classify })

// wrong: decide gives no choice at all
decision({ name: 'e', decide: score, branches: { good: offer, bad: offer } })

// wrong: a spelling mistake in an inline decide
decision({ name: 'f', decide: (x: { n: number }) => (x.n > 3 ? 'good' : 'bda'), branches: { good: offer, bad: offer } })

// wrong: an input that only suits the decision, not the branches
await decision({ name: 'g', decide: classify, branches: { good: offer, bad: email } }).run({ loanApplication: '' })

const amount = z.object({ amount: z.number() })

// wrong: a predicate reads what is not there
branch({
  name: 'h',
  input: amount,
  cases: [{ name: 'big', when: (input) => input.amont > 1, then: () => 1 }],
  otherwise: () => 2,
})

// wrong: a predicate that says no yes or no
branch({
  name: 'i',
  input: amount,
  cases: [{ name: 'big', when: (input) => input.amount, then: () => 1 }],
  otherwise: () => 2,
})

// wrong: a case that cannot take the input
branch({
  name: 'j',
  input: amount,
  cases: [{ name: 'big', when: (input) => input.amount > 1, then: further }],
  otherwise: () => 2,
})

// wrong: nor can otherwise
branch({
  name: 'k',
  input: amount,
  cases: [{ name: 'big', when: (input) => input.amount > 1, then: () => 1 }],
  otherwise: further,
})

import { branch, decision } from 'tinyllm'
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

// wrong: a boolean that is never one of the choices
decision({ name: 'l', decide: (x: { n: number }) => x.n > 3, branches: { true: offer, no: offer } })

// wrong: a boolean choice without a branch
decision({ name: 'm', choices: [true, false], decide: () => true as boolean, branches: { true: offer } })

type Amount = { amount: number }

// wrong: a predicate reads what is not there
branch({ name: 'h', cases: [{ name: 'big', when: (input: Amount) => input.amont > 1, then: () => 1 }] })

// wrong: a predicate that says neither yes nor no
branch({ name: 'i', cases: [{ name: 'big', when: (input: Amount) => input.amount, then: () => 1 }] })

// wrong: a case without a name
branch({ name: 'j', cases: [{ when: (input: Amount) => input.amount > 1, then: () => 1 }] })

// wrong: an input that only suits the predicate, not the way
await branch({ name: 'k', cases: [{ name: 'big', when: (input: Amount) => input.amount > 1, then: further }] }).run({
  amount: 1,
})

// wrong: a branch that cannot have the input of decide
decision({ name: 'n', decide: (text: string) => text, branches: { a: offer, b: (text: string) => text } })

// wrong: branches that cannot have the same input
decision({ name: 'o', decide: () => 'a', branches: { a: (text: string) => text, b: (n: number) => n } })

// wrong: a branch without a type at its parameter
decision({ name: 'p', decide: classify, branches: { good: offer, bad: (loan) => loan.loanApplication } })

// wrong: a way that cannot have what its predicate looks at
branch({ name: 'q', cases: [{ name: 'big', when: (n: number) => n > 1, then: offer }] })

// wrong: a way without a type at its parameter
branch({ name: 'r', cases: [{ name: 'big', when: (input: Amount) => input.amount > 1, then: (input) => [input] }] })

// wrong: an otherwise that cannot have the input of the cases
branch({ name: 's', cases: [{ name: 'big', when: (n: number) => n > 1, then: () => 1 }], otherwise: offer })

import { chain, flow } from 'tinyllm'
import { z } from 'zod'
import { email, score, verdict } from '../fixtures.ts'

// wrong: the second child wants something else
chain({ name: 'a', children: [score, email] })

// wrong: so does a plain function, in the middle
chain({ name: 'b', children: [score, (x: string) => x.length, (n: number) => n] })

// wrong: the last of many
chain({ name: 'c', children: [score, verdict, (x: { decision: string }) => x.decision, verdict] })

// wrong: no children
chain({ name: 'd', children: [] })

// wrong: an input that the first child does not take
await chain({ name: 'e', children: [score, verdict] }).run({ loan: 'a' })

const loan = z.object({ loanApplication: z.string() })

// wrong: a step of a flow that cannot follow
flow({ name: 'f', input: loan, steps: (s) => s.step(score).step(email) })

// wrong: a mapper that gives something else
flow({ name: 'g', input: loan, steps: (s) => s.step(score).step(email, ({ value }) => ({ to: value.score })) })

// wrong: an earlier output that is not there
flow({ name: 'h', input: loan, steps: (s) => s.step(score).step('i', ({ outputs }) => outputs.scores) })

import { chain, flow, map, type Fn } from 'tinyllm'
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

declare const numbers: Fn<number, string>[]
const text = (n: number) => String(n)

// wrong: a list of unknown length that cannot follow itself
chain({ name: 'i', children: [text, ...numbers] })

// wrong: what follows a list of unknown length
chain({ name: 'j', children: [text, ...([] as Fn<string, string>[]), text] })

// wrong: what follows a list that comes first
chain({ name: 'p', children: [...numbers, (n: number) => n] })

// wrong: a list of which no child can follow another kind of child
chain({ name: 'q', children: [] as (Fn<string, string> | Fn<number, number>)[] })

// wrong: an input that the function after a list that may be empty does not take
await chain({ name: 'r', children: [...([] as Fn<string | number, string>[]), (x: string) => x] }).run(1)

// wrong: the 45th child
const n = (x: number) => x
// prettier-ignore
chain({ name: 'k', children: [n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, text, n] })

// wrong: a function without a type at its parameter
chain({ name: 'l', children: [score, (scored) => scored.score] })

// wrong: one that only passes it on
chain({ name: 'm', children: [score, (scored) => [scored]] })

// wrong: the same in a map
map({ name: 'n', each: (item) => item.id })

// wrong: a text is no list of items
chain({ name: 'o', children: [text, map({ name: 'each', each: (item: string) => item })] })

// wrong: type parameters that have nothing to do with each other
export const two = <A, B>(f: Fn<string, A>, g: Fn<B, string>) => chain({ name: 'p', children: [f, g] })

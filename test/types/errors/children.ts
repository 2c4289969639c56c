import { branch, chain, decision, fallback, flow, fn, loop, map, parallel } from 'tinyllm'
import { z } from 'zod'
import { score } from '../fixtures.ts'

declare const flag: boolean
const schema = z.object({ score: z.number() })
const text = (n: number) => String(n)
const show = fn({ name: 'show', run: ({ score: n }: { score: number }) => `${n}` })

// wrong: a child that is undefined
chain({ name: 'a', children: [score, undefined] })

// wrong: a child that is there sometimes
chain({ name: 'b', children: [score, flag && show] })

// wrong: a child that may be undefined
chain({ name: 'c', children: [score, flag ? show : undefined] })

// wrong: a schema
chain({ name: 'd', children: [score, schema] })

// wrong: a schema that comes first
chain({ name: 'e', children: [schema, show] })

// wrong: a text
chain({ name: 'f', children: [score, 'show'] })

// wrong: a function whose second argument is not the context of the run
chain({ name: 'g', children: [text, parseInt] })

// wrong: another of these
chain({ name: 'h', children: [text, JSON.parse, show] })

// wrong: the method of a schema
chain({ name: 'i', children: [score, schema.parse] })

// wrong: a promise of a function
chain({ name: 'j', children: [score, Promise.resolve(show)] })

// wrong: a parameter without a type that is taken apart
chain({ name: 'k', children: [score, ({ score: { value } }) => value, text] })

// wrong: one that comes first
chain({ name: 'l', children: [(input) => input.length + 1, text] })

// wrong: one that is handed on
chain({ name: 'm', children: [score, ({ score: n }) => text(n)] })

// wrong: a schema in a record
parallel({ name: 'n', children: { score, schema } })

// wrong: undefined in a record
parallel({ name: 'o', children: { score, nothing: undefined } })

// wrong: all parameters without a type
parallel({ name: 'p', children: { a: (x) => x.a, b: ({ b }) => b } })

// wrong: a text as what is said at last
fallback({ name: 'q', children: [score, 'sorry'] })

// wrong: a schema for each item
map({ name: 'r', each: schema })

// wrong: an item that is taken apart
map({ name: 's', each: ({ id }) => id })

// wrong: a body that is not there
loop({ name: 't', body: undefined, until: () => true, maxIterations: 2 })

// wrong: a body that is taken apart
loop({ name: 'u', body: ({ n }) => ({ n }), until: ({ value }) => value.n > 3, maxIterations: 2 })

// wrong: a text as a way
branch({ name: 'v', cases: [{ name: 'long', when: (input: string) => input.length > 3, then: 'long' }] })

// wrong: a text where no case matches
branch({ name: 'w', cases: [{ name: 'long', when: (n: number) => n > 3, then: text }], otherwise: 'short' })

// wrong: a text decides
decision({ name: 'x', decide: 'yes', branches: { yes: text } })

// wrong: no branches and no choices
decision({ name: 'y', decide: text })

// wrong: branches that take their input apart
decision({ name: 'z', decide: text, branches: { yes: ({ a }) => a, no: (x) => x.b } })

// wrong: a text and nothing as branches
decision({ name: 'aa', decide: text, branches: { yes: 'yes', no: undefined } })

// wrong: a schema as a step
flow({ name: 'ab', input: schema, steps: (s) => s.step(schema) })

// wrong: a step that is there sometimes
flow({ name: 'ac', input: schema, steps: (s) => s.step(flag && show) })

// wrong: a record of children in a chain
chain({ name: 'ad', children: { score, show } })

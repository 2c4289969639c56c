import { fallback, parallel } from 'tinyllm'
import { email, further } from '../fixtures.ts'

const both = parallel({ name: 'both', children: { email, further } })

// wrong: an input that is not enough for all of them
await both.run({ to: 'me' })

// wrong: a mode that does not exist
parallel({ name: 'a', mode: 'any', children: { email, further } })

// wrong: a mapper for a child that is not there
parallel({ name: 'b', children: { email }, inputs: { mail: (input: { to: string }) => input } })

// wrong: a mapper that gives something else
parallel({ name: 'c', children: { email }, inputs: { email: (input: { to: number }) => ({ to: input.to }) } })

// wrong: the output of one that may have failed
const settled = parallel({ name: 'd', mode: 'settled', children: { email } })
;(await settled.run({ to: 'me' })).email.output.sent

// wrong: an output that is not there
;(await both.run({ to: 'me', loanApplication: '' })).mail

const length = (text: string) => text.length

// wrong: a text and an object
parallel({ name: 'e', children: { length, email } })

// wrong: a text and a number
parallel({ name: 'f', children: [length, (n: number) => n] })

// wrong: a property of two types
parallel({ name: 'g', children: { email, count: (input: { to: number }) => input.to } })

// wrong: children of a fallback
fallback({ name: 'h', children: [length, email] })

// wrong: a fallback without children
fallback({ name: 'i', children: [] })

// wrong: a function without a type at its parameter
parallel({ name: 'j', children: { email, name: (input) => input.name } })

import { decision, fallback, llmCall, map, parallel, pass, type Fn, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { email, further } from './fixtures.ts'

const chat = llmCall({ name: 'chat', model: async () => 'Hi' })
interface Both {
  to: string
  loanApplication: string
  depth?: 'quick' | 'full' | undefined
}

// Every child gets the input, so the input is what all of them ask for.
const record = parallel({ name: 'record', children: { email, further } })
expectTypeOf<InputOf<typeof record>>().toEqualTypeOf<Both>()
expectTypeOf<OutputOf<typeof record>>().toEqualTypeOf<{ email: { sent: boolean }; further: { risk: number } }>()

const list = parallel({ name: 'list', children: [email, further] })
expectTypeOf<InputOf<typeof list>>().toEqualTypeOf<Both>()
expectTypeOf<OutputOf<typeof list>>().toEqualTypeOf<[{ sent: boolean }, { risk: number }]>()

// Plain functions; a union in an input stays one.
const plain = parallel({ name: 'plain', children: { a: async (x: { q: string }) => x.q.length, further } })
expectTypeOf<OutputOf<typeof plain>>().toEqualTypeOf<{ a: number; further: { risk: number } }>()
const union = parallel({ name: 'union', children: { a: (x: string | number) => x, b: (x: string | boolean) => x } })
expectTypeOf<InputOf<typeof union>>().toEqualTypeOf<string>()

// `settled` says how each one ended.
const settled = parallel({ name: 'settled', mode: 'settled', children: { email, further } })
const { email: one } = await settled.run({ to: '', loanApplication: '' })
if (one.success) expectTypeOf(one.output).toEqualTypeOf<{ sent: boolean }>()
else {
  expectTypeOf(one.error.message).toEqualTypeOf<string>()
  expectTypeOf(one.error.path).toEqualTypeOf<string>()
}
const all = parallel({ name: 'all', mode: 'all', children: [email] })
expectTypeOf<OutputOf<typeof all>>().toEqualTypeOf<[{ sent: boolean }]>()

// `inputs` feeds some or all of them from another input.
const fed = parallel({
  name: 'fed',
  children: { email, further },
  inputs: {
    email: (input: { customer: { mail: string }; text: string }) => ({ to: input.customer.mail }),
    further: (input) => ({ loanApplication: input.text }),
  },
})
expectTypeOf<InputOf<typeof fed>>().toEqualTypeOf<{ customer: { mail: string }; text: string }>()
expectTypeOf<OutputOf<typeof fed>>().toEqualTypeOf<{ email: { sent: boolean }; further: { risk: number } }>()
const partly = parallel({
  name: 'partly',
  children: { email, further },
  inputs: { email: (input: { mail: string }) => ({ to: input.mail }) },
})
expectTypeOf<InputOf<typeof partly>>().toExtend<{ mail: string; loanApplication: string }>()

// Inputs that are not the same, and can be had together.
const prompted = parallel({ name: 'prompted', children: { chat, length: (text: string) => text.length, pass: pass() } })
expectTypeOf<InputOf<typeof prompted>>().toEqualTypeOf<string>()
parallel({ name: 'deep', children: { a: (x: { at: Date; l?: string[] }) => x, b: (x: { l: string[] }) => x } })
parallel({ name: 'kinds', children: { a: (x: { k: 'a' } | { k: 'b'; z: 1 }) => x, b: (x: { k: 'b' }) => x } })
parallel({ name: 'mapped', children: { chat, email }, inputs: { chat: (x: { to: string }) => x.to } })
const parsed = parallel({ name: 'parsed', children: { a: (text: string) => JSON.parse(text), b: (x: any) => x.y } }) // oxlint-disable-line typescript/no-explicit-any
expectTypeOf<OutputOf<typeof parsed>['a']>().toBeAny()

// Lists that are made.
const made = parallel({ name: 'made', children: ['a', 'b'].map((name) => chat.as(name)) })
expectTypeOf<OutputOf<typeof made>>().toEqualTypeOf<string[]>()
const first = fallback({ name: 'first', children: ['a', 'b'].map((name) => chat.as(name)) })
expectTypeOf<OutputOf<typeof first>>().toEqualTypeOf<string>()
await first.run('Hi')

// Functions of type parameters.
export const either = <I, O>(a: Fn<I, O>, b: Fn<I, O>) => fallback({ name: 'either', children: [a, b] })
export const both = <I, O>(a: Fn<I, O>, b: Fn<I, O>) => parallel({ name: 'both', children: { a, b } })
export const every = <I, O>(each: Fn<I, O>) => map({ name: 'all', each })
export const chosen = <I, O>(decide: Fn<I, string>, a: Fn<I, O>) =>
  decision({ name: 'one', decide, branches: { a, b: a } })

// The input is what all mappers look at, whichever says more.
const mapped = parallel({
  name: 'mapped',
  children: { a: (text: string) => text, b: (n: number) => n },
  inputs: { a: (x: { t: string }) => x.t, b: (x: { n: number }) => x.n },
})
expectTypeOf<InputOf<typeof mapped>>().toEqualTypeOf<{ t: string; n: number }>()
expectTypeOf<OutputOf<typeof mapped>>().toEqualTypeOf<{ a: string; b: number }>()

// Which children there are may depend on something.
declare const flag: boolean
const answer = fallback({ name: 'some', children: flag ? [chat, () => 'sorry'] : [chat] })
expectTypeOf<OutputOf<typeof answer>>().toEqualTypeOf<string>()
parallel({ name: 'some', children: flag ? [chat, email] : [chat] })

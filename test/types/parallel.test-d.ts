import { parallel, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { email, further } from './fixtures.ts'

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

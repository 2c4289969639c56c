import { chain, fn, type InputOf, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { score, verdict } from './fixtures.ts'

// From the first child's input to the last one's output.
const ends = chain({ name: 'ends', children: [score, verdict, (x: { decision: 'good' | 'bad' }) => x.decision.length] })
expectTypeOf<InputOf<typeof ends>>().toEqualTypeOf<{ loanApplication: string; lang?: string | undefined }>()
expectTypeOf<OutputOf<typeof ends>>().toEqualTypeOf<number>()
expectTypeOf(ends.name).toEqualTypeOf<'ends'>()

// Plain functions, async ones too; a chain in a chain.
const plain = chain({ name: 'plain', children: [ends, async (n: number) => ({ n }), (x: { n: number }) => `${x.n}`] })
expectTypeOf<OutputOf<typeof plain>>().toEqualTypeOf<string>()
const alone = chain({ name: 'alone', children: [(text: string) => text.length] })
expectTypeOf<InputOf<typeof alone>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof alone>>().toEqualTypeOf<number>()
const inside = chain({
  name: 'inside',
  children: [fn({ name: 'length', run: (s: string) => s.length }), (n: number) => n * 2],
})
expectTypeOf<OutputOf<typeof inside>>().toEqualTypeOf<number>()

// A step may ask for less than it gets, and may leave out what is optional.
const optional = chain({ name: 'optional', children: [verdict, (x: { decision: string; why?: string }) => x.why] })
expectTypeOf<OutputOf<typeof optional>>().toEqualTypeOf<string | undefined>()

// It may be long.
const inc = (n: number) => n + 1
const long = chain({
  name: 'long',
  children: [
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    inc,
    (n: number) => `${n}`,
  ],
})
expectTypeOf<OutputOf<typeof long>>().toEqualTypeOf<string>()

// The policy belongs to the composite.
chain({ name: 'policy', children: [score], retry: { attempts: 2 }, timeout: 10, description: 'twice' })

import { chain, fn, type Fn, type InputOf, type OutputOf } from 'tinyllm'
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

// A list of unknown length has the outputs of its children, and of what stands before it.
declare const list: Fn<string, string>[]
const spread = chain({ name: 'spread', children: [(n: number) => String(n), ...list] })
expectTypeOf<InputOf<typeof spread>>().toEqualTypeOf<number>()
expectTypeOf<OutputOf<typeof spread>>().toEqualTypeOf<string>()
const amid = chain({ name: 'amid', children: [(n: number) => String(n), ...list, (text: string) => text.length] })
expectTypeOf<OutputOf<typeof amid>>().toEqualTypeOf<number>()
const made = chain({ name: 'made', children: ['a', 'b'].map((end) => (text: string) => text + end) })
expectTypeOf<InputOf<typeof made>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof made>>().toEqualTypeOf<string>()
const either = chain({ name: 'either', children: [(n: number) => n, ...([] as Fn<unknown, string>[])] })
expectTypeOf<OutputOf<typeof either>>().toEqualTypeOf<string | number>()

// What a function returns as `any` fits, as everywhere; nothing is `never`.
const anything = chain({ name: 'anything', children: [(text: string) => JSON.parse(text), (x: { a: string }) => x.a] })
expectTypeOf<OutputOf<typeof anything>>().toEqualTypeOf<string>()
const fetched = chain({ name: 'fetched', children: [async (text: string) => JSON.parse(text)] })
expectTypeOf<OutputOf<typeof fetched>>().toBeAny()
chain({ name: 'unknown', children: [(text: string): unknown => JSON.parse(text), (x: unknown) => x] })

// A function of type parameters.
export const only = <I, O>(inner: Fn<I, O>) => chain({ name: 'only', children: [inner] })

// A list may come first: it may be empty, so what follows it may be the first, too.
const first = chain({ name: 'first', children: [...list, (text: string | number) => `${text}`.length, String] })
expectTypeOf<InputOf<typeof first>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof first>>().toEqualTypeOf<string>()

// Which children there are may depend on something; each list must fit, and either may be the one.
declare const flag: boolean
const size = (text: string) => text.length
const same = (text: string) => text
const some = chain({ name: 'some', children: flag ? [same, size] : [size] })
expectTypeOf<InputOf<typeof some>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof some>>().toEqualTypeOf<number>()
const oneOf = chain({ name: 'oneOf', children: flag ? [(n: number | string) => `${n}`, size] : [same] })
expectTypeOf<InputOf<typeof oneOf>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof oneOf>>().toEqualTypeOf<string | number>()

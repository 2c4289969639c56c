import {
  chain,
  llmCall,
  type ChatMessage,
  type InputOf,
  type ModelRequest,
  type OutputOf,
  type RunContext,
  type StandardSchema,
} from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

// Your own model: messages (or a text) in, whatever it returns out.
const own = llmCall({ name: 'own', model: async (messages, { signal }) => `${messages.length} ${signal.aborted}` })
expectTypeOf<OutputOf<typeof own>>().toEqualTypeOf<string>()
expectTypeOf<{ messages: ChatMessage[] }>().toExtend<InputOf<typeof own>>()
expectTypeOf<string>().toExtend<InputOf<typeof own>>()

// A schema says what it must be, and what it becomes.
const word = llmCall({ name: 'word', model: async () => 'good', output: z.enum(['good', 'bad']) })
expectTypeOf<OutputOf<typeof word>>().toEqualTypeOf<'good' | 'bad'>()

const asked = chain({ name: 'asked', children: [(question: string) => `Briefly: ${question}`, own] })
expectTypeOf<InputOf<typeof asked>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof asked>>().toEqualTypeOf<string>()

// A function of one's own may give JSON as text, whatever the schema is.
const loan = llmCall({ name: 'loan', model: () => '{"risk":1}', output: z.object({ risk: z.number() }) })
expectTypeOf<OutputOf<typeof loan>>().toEqualTypeOf<{ risk: number }>()

// With a schema: a value that its input takes, literals as they are written, or a text that may hold one.
const N = 'n'
const kinds = z.object({ kind: z.enum(['a', 'b']), n: z.number().optional() })
llmCall({ name: N, model: async () => 5, output: z.coerce.number() })
llmCall({ name: N, model: async () => '5', output: z.coerce.number() })
llmCall({ name: N, model: async () => '{"a":"x"}', output: z.object({ a: z.string() }) })
llmCall({ name: N, model: async () => ({ kind: 'a', n: 1 }), output: kinds })
llmCall({ name: N, model: async (messages) => ({ kind: 'a', n: messages.length }), output: kinds })
llmCall({ name: N, model: (messages) => ({ kind: messages.length > 1 ? 'a' : 'b' }), output: kinds })
llmCall({ name: N, output: kinds, model: async () => ({ kind: 'a' }) })
llmCall({ name: N, output: z.string().transform(Number), model: async () => 'x' })
llmCall({ name: N, output: z.object({ n: z.number().default(1), m: z.string() }), model: async () => ({ m: 'x' }) })
llmCall({ name: N, output: z.enum(['good', 'bad']), model: async () => 'good' })
llmCall({
  name: N,
  output: z.union([z.object({ a: z.literal('x'), b: z.number() }), z.object({ c: z.array(z.enum(['p', 'q'])) })]),
  model: async () => ({ c: ['p', 'q'] }),
})
llmCall({ name: N, output: z.preprocess((x) => x, z.object({ a: z.number() })), model: async () => ({ a: '1' }) })
llmCall({ name: N, output: z.number().optional(), model: async () => undefined })
llmCall({ name: N, output: z.number(), model: (): number | undefined => 1 })
llmCall({ name: N, output: z.object({ a: z.number() }), model: (): string | number[] => '' })
llmCall({ name: N, output: z.number(), model: async () => JSON.parse('1') })
llmCall({
  name: N,
  output: z.discriminatedUnion('t', [z.object({ t: z.literal('x'), v: z.number() }), z.object({ t: z.literal('y') })]),
  model: async () => ({ t: 'x', v: 1 }),
})
llmCall({ name: N, output: z.array(z.object({ k: z.enum(['a', 'b']) })), model: async () => [{ k: 'a' }, { k: 'b' }] })
llmCall({ name: N, output: z.tuple([z.string(), z.number()]), model: async () => ['x', 1] })
llmCall({ name: N, output: z.boolean(), model: () => true })
llmCall({ name: N, output: z.object({ at: z.date() }), model: () => ({ at: new Date() }) })
llmCall({
  name: N,
  output: kinds,
  model: async (m) => {
    if (m.length) return { kind: 'a' }
    return { kind: 'b', n: 1 }
  },
})
llmCall({ name: N, output: kinds, model: async (m) => (m.length ? '{"kind":"a"}' : { kind: 'b', n: 1 }) })
llmCall({ name: N, output: z.map(z.string(), z.number()), model: async () => new Map([['a', 1]]) })
const named = async (messages: readonly ChatMessage[], ctx: RunContext, { schema }: ModelRequest) => ({
  kind: 'a' as const,
  n: messages.length + Number(!!schema),
})
llmCall({ name: N, output: kinds, model: named })
llmCall({ name: N, output: z.number(), model: async () => ({ result: 1 }) })
llmCall({ name: N, output: z.array(z.number()), model: async () => ({ elements: [1] }) })

// Without one: as of any plain function; the literals of messages stay.
const d1 = llmCall({ name: N, model: async () => 'ok' })
expectTypeOf<OutputOf<typeof d1>>().toEqualTypeOf<string>()
const d2 = llmCall({ name: N, model: async () => ({ a: 1, b: ['x'] }) })
expectTypeOf<OutputOf<typeof d2>>().toEqualTypeOf<{ a: number; b: string[] }>()
const d3 = llmCall({ name: N, model: (): 'a' | 'b' => 'a' })
expectTypeOf<OutputOf<typeof d3>>().toEqualTypeOf<'a' | 'b'>()
const d4 = llmCall({ name: N, model: async (messages) => messages.length })
expectTypeOf<OutputOf<typeof d4>>().toEqualTypeOf<number>()
const d5 = llmCall({ name: N, model: async () => new Date() })
expectTypeOf<OutputOf<typeof d5>>().toEqualTypeOf<Date>()
class Own {
  #a = 1
  readonly b = this.#a
}
const d6 = llmCall({ name: N, model: async () => new Own() })
expectTypeOf<OutputOf<typeof d6>>().toEqualTypeOf<Own>()
const d7 = llmCall({
  name: N,
  model: async (): Promise<{ role: 'assistant'; content: string }> => ({ role: 'assistant', content: '' }),
})
expectTypeOf<OutputOf<typeof d7>>().toEqualTypeOf<{ role: 'assistant'; content: string }>()
const d8 = llmCall({
  name: N,
  model: async () => ({ role: 'assistant', content: 'x', deep: [{ a: 1 }], d: new Map<string, number>() }),
})
expectTypeOf<OutputOf<typeof d8>>().toEqualTypeOf<{
  role: 'assistant'
  content: string
  deep: { a: number }[]
  d: Map<string, number>
}>()
const d9 = llmCall({ name: N, model: () => true })
expectTypeOf<OutputOf<typeof d9>>().toEqualTypeOf<boolean>()
const d10 = llmCall({ name: N, model: async () => JSON.parse('') })
expectTypeOf<OutputOf<typeof d10>>().toEqualTypeOf<any>()
const d11 = llmCall({ name: N, model: async () => JSON.parse('') as unknown })
expectTypeOf<OutputOf<typeof d11>>().toEqualTypeOf<unknown>()
const d12 = llmCall({ name: N, model: async (): Promise<void> => {} })
expectTypeOf<OutputOf<typeof d12>>().toEqualTypeOf<void>()
const d13 = llmCall({ name: N, model: async () => null })
expectTypeOf<OutputOf<typeof d13>>().toEqualTypeOf<null>()
const d14 = llmCall({ name: N, model: async (m) => (m.length ? { a: 1 } : 'x') })
expectTypeOf<OutputOf<typeof d14>>().toEqualTypeOf<'x' | { a: number }>()
const d15 = llmCall({ name: N, model: async (): Promise<string[]> => [] })
expectTypeOf<OutputOf<typeof d15>>().toEqualTypeOf<string[]>()
const d16 = llmCall({ name: N, model: async (): Promise<{ a?: 1 }> => ({}) })
expectTypeOf<OutputOf<typeof d16>>().toEqualTypeOf<{ a?: 1 }>()
const d17 = llmCall({ name: N, model: async () => ({}) })
expectTypeOf<OutputOf<typeof d17>>().toEqualTypeOf<{}>()
const d18 = llmCall({ name: N, model: async (m) => m.at(-1) })
expectTypeOf<OutputOf<typeof d18>>().toEqualTypeOf<ChatMessage | undefined>()

// A message in place, for its tools.
const tools = { weather: { description: 'x', input: z.object({ city: z.string() }) } }
llmCall({
  name: N,
  tools,
  model: async (messages) => ({
    role: messages.length > 1 ? 'assistant' : 'assistant',
    content: null,
    tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
  }),
})
llmCall({
  name: N,
  tools,
  model: async () => ({
    role: 'assistant',
    content: null,
    tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
  }),
})

// What was declared stays as it is.
type Choice = { readonly kind: 'a'; readonly n: number } | { readonly kind: 'b' }
type Branded = string & { readonly brand: 'B' }
const e1 = llmCall({ name: N, model: async (): Promise<Choice> => ({ kind: 'b' }) })
expectTypeOf<OutputOf<typeof e1>>().toEqualTypeOf<Choice>()
const e2 = llmCall({ name: N, model: async () => 'x' as Branded })
expectTypeOf<OutputOf<typeof e2>>().toEqualTypeOf<Branded>()
const e3 = llmCall({ name: N, model: async (): Promise<'only'> => 'only' })
expectTypeOf<OutputOf<typeof e3>>().toEqualTypeOf<'only'>()
const e4 = llmCall({ name: N, model: async (): Promise<readonly [1, `a${string}`]> => [1, 'ab'] })
expectTypeOf<OutputOf<typeof e4>>().toEqualTypeOf<readonly [1, `a${string}`]>()
const e5 = llmCall({ name: N, model: async (): Promise<Readonly<Record<string, 'v'>>> => ({}) })
expectTypeOf<OutputOf<typeof e5>>().toEqualTypeOf<Readonly<Record<string, 'v'>>>()
class Fixed {
  readonly a: string = ''
}
const e6 = llmCall({ name: N, model: async () => new Fixed() })
expectTypeOf<OutputOf<typeof e6>>().toEqualTypeOf<Fixed>()

// Messages that a model returns go into the next one.
chain({ name: N, children: [llmCall({ name: 'a', model: async () => ({ role: 'assistant', content: 'x' }) }), own] })
const conversed = llmCall({ name: 'a', model: async (messages) => [...messages, { role: 'assistant', content: 'x' }] })
chain({ name: N, children: [conversed, own] })
const held = llmCall({ name: 'a', model: async () => ({ messages: [{ role: 'user', content: 'x' }] }) })
chain({ name: N, children: [held, own] })

// A schema or a return type may be a type parameter.
export const toSchema = <S extends StandardSchema>(output: S) =>
  llmCall({ name: 'g', output, model: async (messages) => `${messages.length}` })
expectTypeOf<OutputOf<ReturnType<typeof toSchema<z.ZodNumber>>>>().toEqualTypeOf<number>()
export const returning = <O>(model: () => O) => llmCall({ name: 'g', model })
export const toZod = <S extends z.ZodType>(output: S) => llmCall({ name: N, output, model: async () => 'x' })
expectTypeOf<OutputOf<ReturnType<typeof toZod<z.ZodNumber>>>>().toEqualTypeOf<number>()
export const toValue = <T>(output: z.ZodType<T>) => llmCall({ name: N, output, model: async () => 'x' })
expectTypeOf<OutputOf<ReturnType<typeof toValue<number>>>>().toEqualTypeOf<number>()
export const toShape = <T extends z.ZodRawShape>(shape: T) =>
  llmCall({ name: N, output: z.object(shape), model: async () => 'x' })
export const asking = <O>(model: (messages: ChatMessage[]) => Promise<O>) => llmCall({ name: N, model })

// What a `.catch()` takes is anything, however deep it stands; what stands beside it is checked.
const caught = z.string().catch('x')
const f1 = llmCall({ name: N, output: z.object({ a: caught, b: z.number() }), model: async () => ({ a: 5, b: 1 }) })
expectTypeOf<OutputOf<typeof f1>>().toEqualTypeOf<{ a: string; b: number }>()
llmCall({ name: N, output: z.object({ a: caught, b: z.number() }), model: async () => ({ b: 1 }) })
llmCall({ name: N, output: caught, model: async () => 5 })
llmCall({ name: N, output: z.array(caught), model: async () => [1] })
llmCall({ name: N, output: z.record(z.string(), caught), model: async () => ({ a: 1 }) })
llmCall({ name: N, output: z.union([z.object({ a: caught }), z.number()]), model: async () => ({ a: 1 }) })
llmCall({ name: N, output: z.object({ a: caught }).optional(), model: async () => ({ a: 1 }) })
llmCall({ name: N, output: z.object({ a: caught }).transform(({ a }) => a), model: async () => ({ a: 1 }) })
llmCall({ name: N, output: z.tuple([z.number(), caught]), model: async () => [1, 1] })
llmCall({ name: N, output: z.looseObject({ a: caught }), model: async () => ({ a: 1, b: 2 }) })
interface Tree {
  a: string
  below: Tree[]
}
const tree: z.ZodType<Tree> = z.object({
  a: caught,
  get below() {
    return z.array(tree)
  },
})
llmCall({ name: N, output: tree, model: async () => ({ a: 'x', below: [] }) })
const branches = z.object({
  a: caught,
  get below() {
    return z.array(branches)
  },
})
llmCall({ name: N, output: branches, model: async () => ({ a: 1, below: [{ a: 2, below: [] }] }) })
declare const whatever: any // oxlint-disable-line typescript/no-explicit-any
llmCall({ name: N, model: async () => whatever })
llmCall({ name: N, model: whatever, output: z.number() })

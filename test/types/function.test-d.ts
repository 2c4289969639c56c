import {
  fn,
  pass,
  validator,
  type Fn,
  type InputOf,
  type OutputOf,
  type PipelineError,
  type SchemaInput,
  type SchemaOutput,
  type StandardSchema,
} from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { score, type verdict } from './fixtures.ts'

// A caller gives what a schema takes, `run` gets what it gives.
expectTypeOf<InputOf<typeof score>>().toEqualTypeOf<{ loanApplication: string; lang?: string | undefined }>()
expectTypeOf<OutputOf<typeof score>>().toEqualTypeOf<{ score: number }>()
expectTypeOf(score.name).toEqualTypeOf<'score'>()
fn({
  name: 'transforms',
  input: z.object({ lang: z.string().default('en') }),
  output: z.string().transform((text) => text.length),
  run: (input, ctx) => {
    expectTypeOf(input).toEqualTypeOf<{ lang: string }>()
    expectTypeOf(ctx.signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(ctx.attempt).toEqualTypeOf<number>()
    expectTypeOf(ctx.path).toEqualTypeOf<string>()
    expectTypeOf(ctx.idempotencyKey).toEqualTypeOf<string>()
    ctx.emit({ type: 'token', delta: 'a' })
    ctx.emit({ type: 'anything', at: 1 })
    ctx.log('a', 1)
    expectTypeOf(ctx.run(half, 1)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(ctx.run(score, { loanApplication: '' })).toEqualTypeOf<Promise<{ score: number }>>()
    expectTypeOf(ctx.run(pass(), 'a')).toEqualTypeOf<Promise<unknown>>()
    return input.lang
  },
  processOutput: (output) => {
    expectTypeOf(output).toEqualTypeOf<number>()
    return [output]
  },
})

// Without schemas the types are those of `run`, awaited.
expectTypeOf<InputOf<typeof verdict>>().toEqualTypeOf<{ score: number }>()
expectTypeOf<OutputOf<typeof verdict>>().toEqualTypeOf<{ decision: 'good' | 'bad' }>()
const half = fn({ name: 'half', run: async (n: number) => n / 2 })
expectTypeOf(half).toEqualTypeOf<
  Fn<number, number, 'half', typeof half extends Fn<number, number, 'half', infer E> ? E : 0>
>()
const text = fn({ name: 'text', run: (n: number) => n, processOutput: async (n) => `${n}` })
expectTypeOf<OutputOf<typeof text>>().toEqualTypeOf<string>()

// Functions that exist already fit unwrapped.
async function existing(question: string): Promise<number> {
  return question.length
}
expectTypeOf<InputOf<typeof wrapped>>().toEqualTypeOf<string>()
const wrapped = fn({ name: 'wrapped', run: existing })

// The policy of every kind.
fn({
  name: 'careful',
  run: existing,
  retry: {
    attempts: 3,
    backoff: { initial: 100, factor: 2, max: 1000, jitter: true },
    when: (error) => {
      expectTypeOf(error).toExtend<PipelineError>()
      return error.code === 'run'
    },
  },
  timeout: { attempt: 1000, idle: 100 },
  description: 'What it does',
  tags: ['slow'],
  meta: { owner: 'me' },
  verbose: true,
})

// Running.
expectTypeOf(score.run({ loanApplication: 'a' })).toEqualTypeOf<Promise<{ score: number }>>()
const result = await score.safeRun(
  { loanApplication: 'a' },
  { id: 'a', timeout: 1, signal: new AbortController().signal },
)
if (result.success) expectTypeOf(result.output).toEqualTypeOf<{ score: number }>()
else expectTypeOf(result.error).toExtend<PipelineError>()
for await (const event of score.stream({ loanApplication: 'a' })) {
  if (event.type === 'token') expectTypeOf(event.delta).toEqualTypeOf<string>()
  else if (event.type === 'usage') expectTypeOf(event.inputTokens).toEqualTypeOf<number>()
  else if (event.type === 'state') expectTypeOf(event.attempt).toEqualTypeOf<number>()
  else if (event.type === 'output') expectTypeOf(event.output).toEqualTypeOf<{ score: number }>()
  else if (event.type === 'error') expectTypeOf(event.error.path).toEqualTypeOf<string>()
}

// Variance: more input than is needed, less output than there is.
const wider: Fn<{ loanApplication: string; lang: string }, object> = score
void wider

// Another name, another implementation.
expectTypeOf(score.as('again').name).toEqualTypeOf<'again'>()
expectTypeOf<InputOf<ReturnType<typeof again>>>().toEqualTypeOf<InputOf<typeof score>>()
function again() {
  return score.as('again')
}
expectTypeOf(score.override(score, () => ({ score: 1 }))).toEqualTypeOf(score)
expectTypeOf(score.override('score', async () => ({ score: 1 }))).toEqualTypeOf(score)

// The leaves that need no `run`.
const valid = validator(z.object({ n: z.coerce.number() }))
expectTypeOf<OutputOf<typeof valid>>().toEqualTypeOf<{ n: number }>()
const same = pass<{ n: number }>()
expectTypeOf<InputOf<typeof same>>().toEqualTypeOf<{ n: number }>()
expectTypeOf<OutputOf<typeof same>>().toEqualTypeOf<{ n: number }>()

// A replacement may ask for less and give more; its input needs no type.
expectTypeOf(
  score.override(score, ({ loanApplication }) => ({ score: loanApplication.length, why: '' })),
).toEqualTypeOf(score)
score.override(score, fn({ name: 'any', run: (_: unknown) => ({ score: 1 }) })).override('score', score.as('other'))
export const replaced = <I, O>(whole: Fn<I, O>, part: Fn<I, O>, run: (input: I) => O) =>
  whole.override(part, run).override(part, whole).override('part', run)

// What a schema of literals takes is written in place: with parameters, without, async, in a list, as a method.
const E = z.enum(['a', 'b'])
const K = z.object({ k: E })
const kept = fn({ name: 'k', output: K, run: async (_: string) => ({ k: 'a' }) })
expectTypeOf<InputOf<typeof kept>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof kept>>().toEqualTypeOf<{ k: 'a' | 'b' }>()
fn({ name: 'k', input: z.string(), output: z.object({ k: E }), run: () => ({ k: 'a' }) })
fn({ name: 'k', input: z.string(), output: K, run: async () => ({ k: 'a' }) })
fn({ name: 'k', output: z.enum(['a', 'b']), run: async () => 'a' })
fn({ name: 'k', output: E, run: async (q) => (q ? 'a' : 'b') })
fn({ name: 'k', output: E, run: async (_) => 'a' })
fn({ name: 'k', output: z.tuple([z.string(), z.number()]), run: () => ['a', 1] })
fn({ name: 'k', output: z.literal(true), run: () => true })
fn({ name: 'k', output: z.array(K), run: (list: string[]) => list.map(() => ({ k: 'a' })) })
fn({
  name: 'k',
  output: z.union([z.object({ ok: z.literal(true) }), z.object({ ok: z.literal(false), why: z.string() })]),
  run: (q: string) => (q ? { ok: true } : { ok: false, why: q }),
})
fn({
  name: 'k',
  output: K,
  async run(_: string) {
    return { k: 'a' }
  },
})
fn({ name: 'k', run: async () => 'a' as string, output: z.string() })
// @ts-expect-error -- none of the choices
fn({ name: 'k', output: K, run: async (_: string) => ({ k: 'c' }) })
// @ts-expect-error -- any text
fn({ name: 'k', output: E, run: async (text: string) => text })

// What else is inferred stays as it was.
const wide = fn({ name: 'w', run: (_: string) => ({ k: 'a', list: [1] }) })
expectTypeOf<OutputOf<typeof wide>>().toEqualTypeOf<{ k: string; list: number[] }>()
fn({ name: 'w', run: () => new Promise((resolve) => resolve('x')) })
const never = fn({
  name: 'w',
  output: K,
  run: async () => {
    throw new Error()
  },
})
expectTypeOf<OutputOf<typeof never>>().toEqualTypeOf<{ k: 'a' | 'b' }>()
export const ofSchema = <S extends StandardSchema, O>(input: S, run: (x: SchemaOutput<S>) => O) =>
  fn({ name: 'g', input, run })
export const toSchema = <S extends StandardSchema>(output: S, run: (x: string) => SchemaInput<S>) =>
  fn({ name: 'g', output, run })
export const named = <N extends string, O>(name: N, run: (x: string) => O) =>
  fn({ name, run: (x: string, { path }) => run(x + path) })

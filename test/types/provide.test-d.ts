import { actor, agent, fn, key, llmCall, provided, type Key, type Provided, type RunContext } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { createActor, setup } from 'xstate'
import { score } from './fixtures.ts'

type Database = { find(id: string): Promise<number> }
const db = key<Database>('db')
const tenant = key<string | undefined>('tenant')

expectTypeOf(db).toEqualTypeOf<Key<Database>>()
expectTypeOf(db.with({ find: async () => 1 })).toEqualTypeOf<Provided>()
expectTypeOf(key('anything')).toEqualTypeOf<Key<unknown>>()

// A leaf gets what the key stands for, wherever it is given a context.
fn({
  name: 'typed',
  run: (id: string, ctx) => {
    expectTypeOf(ctx.get(db)).toEqualTypeOf<Database>()
    expectTypeOf(ctx.get(tenant)).toEqualTypeOf<string | undefined>()
    const less: { find(id: string): unknown } = ctx.get(db)
    return [ctx.get(db).find(id), less]
  },
  processOutput: (_, { get }) => {
    expectTypeOf(get(db)).toEqualTypeOf<Database>()
  },
})
expectTypeOf(fn({ name: 'read', run: (_: string, ctx) => ctx.get(tenant) }).run).returns.resolves.toEqualTypeOf<
  string | undefined
>()
llmCall({
  name: 'own',
  model: async (_messages, ctx) => {
    expectTypeOf(ctx.get(tenant)).toEqualTypeOf<string | undefined>()
    return 'x'
  },
})
agent({
  name: 'own',
  tools: [],
  model: async (_request, ctx) => ({ role: 'assistant', content: ctx.get(tenant) ?? '' }),
})
const read = <T>(wanted: Key<T>, ctx: RunContext): T => ctx.get(wanted)
expectTypeOf(read<Database>).returns.toEqualTypeOf<Database>()

// Every way to run takes values, and a machine stays what it is.
const provide = [db.with({ find: async () => 1 }), tenant.with(undefined)] as const
score.run({ loanApplication: '' }, { provide })
score.start({ loanApplication: '' }, { provide: [...provide] })
const machine = provided(score.machine, provide)
expectTypeOf(machine).toEqualTypeOf(score.machine)
expectTypeOf(createActor(machine, { input: { loanApplication: '' } }).getSnapshot().output).toEqualTypeOf<
  { score: number } | undefined
>()
setup({ actors: { score: machine } }).createMachine({
  invoke: { src: 'score', input: { loanApplication: '' }, onDone: { actions: ({ event }) => event.output.score } },
})
actor({ name: 'inner', logic: machine })

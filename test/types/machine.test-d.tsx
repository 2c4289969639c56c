import { useActor, useActorRef, useMachine, useSelector } from '@xstate/react'
import { actor, chain, fn, type Emitted, type Fn, type InputOf, type OutputOf, type PipelineContext } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import {
  assign,
  createActor,
  fromPromise,
  setup,
  toPromise,
  waitFor,
  type ActorRefFrom,
  type ContextFrom,
  type EmittedFrom,
  type InputFrom,
  type OutputFrom,
} from 'xstate'
import { score, verdict } from './fixtures.ts'

const credit = chain({ name: 'credit', children: [score, verdict] })
const { machine } = credit
type Verdict = { decision: 'good' | 'bad' }
type Application = { loanApplication: string; lang?: string | undefined }

// XState's own helpers read a pipeline's machine.
expectTypeOf<InputFrom<typeof machine>>().toEqualTypeOf<Application>()
expectTypeOf<OutputFrom<typeof machine>>().toEqualTypeOf<Verdict>()
expectTypeOf<ContextFrom<typeof machine>>().toEqualTypeOf<PipelineContext>()
expectTypeOf<EmittedFrom<typeof machine>>().toEqualTypeOf<Emitted>()

// As an actor.
const running = createActor(machine, { input: { loanApplication: 'x' } }).start()
running.send({ type: 'tinyllm.cancel' })
running.on('token', (event) => {
  expectTypeOf(event.delta).toEqualTypeOf<string>()
  expectTypeOf(event.path).toEqualTypeOf<string>()
})
running.on('usage', (event) => expectTypeOf(event.inputTokens).toEqualTypeOf<number>())
running.on('*', (event) => expectTypeOf(event.type).toExtend<string>())
const snapshot = running.getSnapshot()
expectTypeOf(snapshot.context.usage.inputTokens).toEqualTypeOf<number>()
if (snapshot.status === 'done') expectTypeOf(snapshot.output).toEqualTypeOf<Verdict>()
snapshot.matches('failed')
snapshot.matches({ running: 'score' })
snapshot.hasTag('busy')
expectTypeOf(await toPromise(running)).toEqualTypeOf<Verdict>()
await waitFor(running, (state) => state.matches('complete'))
expectTypeOf(await toPromise(credit.start({ loanApplication: 'x' }))).toEqualTypeOf<Verdict>()
const provided = machine.provide({ actors: { 'credit.verdict': fromPromise(async () => ({ decision: 'good' })) } })
createActor(provided, { input: { loanApplication: '' } })

// Embedded in an app's machine, without a cast.
const app = setup({
  types: { context: {} as { decision?: string; loan: string }, input: {} as { loan: string } },
  actors: { credit: credit.machine },
}).createMachine({
  context: ({ input }) => ({ loan: input.loan }),
  initial: 'classifying',
  states: {
    classifying: {
      invoke: {
        src: 'credit',
        id: 'credit',
        input: ({ context }) => ({ loanApplication: context.loan }),
        onDone: {
          target: 'done',
          actions: assign({
            decision: ({ event }) => {
              expectTypeOf(event.output).toEqualTypeOf<Verdict>()
              return event.output.decision
            },
          }),
        },
        onSnapshot: {
          actions: ({ event }) => expectTypeOf(event.snapshot.context).toEqualTypeOf<PipelineContext>(),
        },
        onError: 'done',
      },
    },
    done: { type: 'final' },
  },
})
const child = createActor(app, { input: { loan: '' } })
  .start()
  .getSnapshot().children.credit
child?.send({ type: 'tinyllm.cancel' })
declare const ref: ActorRefFrom<typeof machine>
ref.send({ type: 'tinyllm.cancel' })

// And the other way round: any actor logic is a function.
const promised = actor({
  name: 'promised',
  logic: fromPromise(async ({ input }: { input: { q: string } }) => input.q.length),
})
expectTypeOf<InputOf<typeof promised>>().toEqualTypeOf<{ q: string }>()
expectTypeOf<OutputOf<typeof promised>>().toEqualTypeOf<number>()
const embedded = actor({ name: 'embedded', logic: machine })
expectTypeOf<InputOf<typeof embedded>>().toEqualTypeOf<Application>()
expectTypeOf<OutputOf<typeof embedded>>().toEqualTypeOf<Verdict>()
const both = chain({ name: 'both', children: [embedded, (said: Verdict) => said.decision] })
expectTypeOf<OutputOf<typeof both>>().toEqualTypeOf<'good' | 'bad'>()

// In React.
export function Credit() {
  const [state, send] = useActor(credit.machine, { input: { loanApplication: '' } })
  const [sameState] = useMachine(credit.machine, { input: { loanApplication: '' } })
  const actorRef = useActorRef(credit.machine, { input: { loanApplication: '' } })
  const busy = useSelector(actorRef, (current) => current.hasTag('busy'))
  expectTypeOf(state.context).toEqualTypeOf<PipelineContext>()
  expectTypeOf(sameState.output).toEqualTypeOf<Verdict | undefined>()
  return (
    <button type="button" disabled={busy} onClick={() => send({ type: 'tinyllm.cancel' })}>
      {state.context.usage.inputTokens}
    </button>
  )
}

// A helper over any pipeline.
async function timed<I, O>(pipeline: Fn<I, O>, input: I): Promise<[O, number]> {
  const start = performance.now()
  return [await pipeline.run(input), performance.now() - start]
}
expectTypeOf(await timed(credit, { loanApplication: '' })).toEqualTypeOf<[Verdict, number]>()

// One leaf replaced, the pipeline as before.
const replaced = credit.override(verdict, (input) => {
  expectTypeOf(input).toEqualTypeOf<{ score: number }>()
  return { decision: 'good' }
})
expectTypeOf(replaced).toEqualTypeOf(credit)
expectTypeOf(credit.override('credit.verdict', fn({ name: 'other', run: () => 1 }))).toEqualTypeOf(credit)

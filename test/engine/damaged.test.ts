import { setImmediate } from 'node:timers/promises'
import {
  actor,
  agent,
  type AnyFn,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  limit,
  loop,
  map,
  parallel,
  PipelineError,
  receive,
  type RunContext,
} from 'tinyllm'
import { type AnyActorRef, createActor, createMachine, fromPromise, SimulatedClock } from 'xstate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Damage, damages } from './damage.ts'

/** For hours: DAMAGE_SEED=100 DAMAGE_SEEDS=1000 */
const first = Number(process.env.DAMAGE_SEED ?? 1)
const seeds = Array.from({ length: Number(process.env.DAMAGE_SEEDS ?? 1) }, (_, index) => first + index)

/** Where the leaves run: what was called, and whether they still answer. */
const world = { calls: [] as { path: string; input: unknown }[], hangs: true }

type Leaf = { name: string; input?: z.ZodType; hangs?: boolean; fails?: boolean; retry?: object; timeout?: number }
const work = ({ name, hangs = false, fails = false, ...config }: Leaf): AnyFn =>
  fn({
    name,
    ...config,
    run: async (input: unknown, { path, signal }: RunContext) => {
      world.calls.push({ path, input })
      if (hangs && world.hangs) {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left'))))
      }
      if (fails && world.hangs) throw new Error('no luck')
      return input
    },
  } as never) as AnyFn

/** A model that looks first, and then pays; then it is done. */
const buyer = (approve: string[]) => {
  const tool = (name: string, hangs = false) =>
    fn({
      name,
      description: name,
      input: z.object({ to: z.string() }),
      run: async ({ to }, { path }) => {
        world.calls.push({ path: `${path} ${to}`, input: to })
        if (hangs && world.hangs) await new Promise(() => {})
        return `${name} ${to}`
      },
    })
  const asks = (name: string, to: string, id: string) =>
    ({ id, type: 'function', function: { name, arguments: JSON.stringify({ to }) } }) as const
  return agent({
    name: 'it',
    tools: [tool('look'), tool('pay', true)],
    approve: approve as never,
    maxTurns: 4,
    model: async ({ messages }, { path }) => {
      const turn = messages.filter(({ role }) => role === 'assistant').length
      world.calls.push({ path: `${path} ${turn}`, input: turn })
      if (turn === 0) return { role: 'assistant', content: null, tool_calls: [asks('look', 'ann', 'a')] }
      if (turn > 1) return { role: 'assistant', content: 'Paid.' }
      return { role: 'assistant', content: null, tool_calls: [asks('look', 'bob', 'b'), asks('pay', 'bob', 'c')] }
    },
  }) as AnyFn
}

const text = z.string().min(1)
const retry = { attempts: 3, backoff: { initial: 1000 } }
const machine = createMachine({
  initial: 'asking',
  states: {
    asking: { invoke: { id: 'ask', src: 'ask', onDone: 'done' } },
    done: { type: 'final' },
  },
  output: 'said',
}).provide({
  actors: { ask: fromPromise(() => (world.hangs ? new Promise(() => {}) : Promise.resolve('said'))) },
} as never)

/** Pipelines in the midst of their work, with something finished in each. */
const pipelines: Record<string, { fn: AnyFn; input: unknown }> = {
  'a chain with schemas': {
    fn: chain({
      name: 'it',
      children: [
        work({ name: 'a', input: z.string().transform((said) => ({ said })) }),
        work({ name: 'b', input: z.object({ said: text }), hangs: true, timeout: 5000, retry }),
        work({ name: 'c' }),
      ] as never,
    }),
    input: 'in',
  },
  'a wait for another attempt': {
    fn: chain({ name: 'it', children: [work({ name: 'a' }), work({ name: 'b', fails: true, retry })] as never, retry }),
    input: 'in',
  },
  regions: {
    fn: parallel({
      name: 'it',
      mode: 'settled',
      children: {
        done: work({ name: 'done' }),
        failed: work({ name: 'failed', fails: true }),
        busy: work({ name: 'busy', input: text, hangs: true }),
        nested: chain({ name: 'n', children: [work({ name: 'a' }), work({ name: 'b', hangs: true })] as never }),
        waits: receive({ name: 'waits', events: { GO: z.object({}) }, timeout: 8000 }),
      },
    }),
    input: 'in',
  },
  'a wait for a person': {
    fn: chain({
      name: 'it',
      children: [
        work({ name: 'a' }),
        receive({ name: 'ask', events: { GO: z.object({}) } }),
        work({ name: 'b' }),
      ] as never,
    }),
    input: 'in',
  },
  'choices, rounds and fallbacks': {
    fn: flow({
      name: 'it',
      input: z.object({ n: z.number() }),
      steps: (s: any) =>
        s
          .step(work({ name: 'first' }))
          .step(
            decision({
              name: 'choose',
              decide: () => 'x',
              branches: {
                x: branch({
                  name: 'way',
                  cases: [
                    {
                      name: 'only',
                      when: () => true,
                      then: fallback({
                        name: 'try',
                        children: [
                          work({ name: 'one', fails: true }),
                          loop({
                            name: 'again',
                            body: chain({
                              name: 'body',
                              children: [work({ name: 'x' }), work({ name: 'y', hangs: true })] as never,
                            }) as never,
                            until: ({ iteration }) => iteration >= 2,
                            maxIterations: 4,
                          }),
                        ] as never,
                      }),
                    },
                  ],
                }),
              },
            } as never),
            ({ input }: any) => input,
          )
          .step('last', ({ outputs }: any) => outputs),
    } as never) as AnyFn,
    input: { n: 1 },
  },
  'items of a map': {
    fn: map({
      name: 'it',
      concurrency: 3,
      mode: 'settled',
      each: chain({
        name: 'item',
        children: [
          work({ name: 'a', input: text }),
          fn({
            name: 'b',
            run: async (input: string, ctx) => {
              world.calls.push({ path: `${ctx.idempotencyKey}`, input })
              if (input === 'bad') throw new Error('bad')
              if (input !== 'quick' && world.hangs) await new Promise(() => {})
              return input
            },
          }),
        ] as never,
      }),
    }),
    input: ['quick', 'one', 'bad', 'two', 'three'],
  },
  'a map in a map': {
    fn: map({ name: 'it', each: map({ name: 'inner', each: work({ name: 'x', hangs: true }) as never }) }),
    input: [['a'], ['b', 'c']],
  },
  'an agent whose tools run': { fn: buyer([]), input: 'Pay bob' },
  'an agent that asks': { fn: buyer(['pay']), input: 'Pay bob' },
  'a limit': {
    fn: parallel({
      name: 'it',
      children: {
        a: work({ name: 'a', hangs: true }),
        b: chain({ name: 'b', children: [work({ name: 'c', hangs: true })] as never }),
      },
      limit: limit({ concurrency: 1 }),
    }),
    input: 'in',
  },
  'machines in actors': {
    fn: parallel({
      name: 'it',
      children: {
        own: actor({
          name: 'own',
          logic: chain({ name: 'inner', children: [work({ name: 'a' }), work({ name: 'b', hangs: true })] as never })
            .machine,
        }),
        foreign: actor({ name: 'foreign', logic: machine }),
        promise: actor({
          name: 'promise',
          logic: fromPromise<unknown, unknown>(({ input }) =>
            world.hangs ? new Promise(() => {}) : Promise.resolve(input),
          ),
          input: text as never,
        }),
      },
    } as never) as AnyFn,
    input: 'in',
  },
}

/** Runs on the clock until it has ended, or nothing moves any more. */
async function drive(ref: AnyActorRef, clock: SimulatedClock): Promise<void> {
  for (let turn = 0; turn < 14 && ref.getSnapshot().status === 'active'; turn++) {
    for (let tick = 0; tick < 4; tick++) await setImmediate()
    if (!world.hangs) clock.increment(1000)
  }
}

type Ending = { status: string; value: unknown; output: unknown; error: unknown; calls: string[] }

async function resume({ machine }: AnyFn, snapshot: unknown): Promise<Ending> {
  const clock = new SimulatedClock()
  world.calls = []
  const ref = createActor(machine, { snapshot, clock, input: undefined } as never)
  ref.subscribe({ error: () => {} })
  ref.start()
  await drive(ref, clock)
  const { status, value, output, error } = ref.getSnapshot()
  ref.stop()
  return { status, value, output, error, calls: world.calls.map(({ path }) => path) }
}

const rejections: unknown[] = []
const onRejection = (reason: unknown) => void rejections.push(reason)
beforeAll(() => void process.on('unhandledRejection', onRejection))
afterAll(() => void process.off('unhandledRejection', onRejection))

/** What a run was given or gave is the user's own; where it stands only once, nobody can tell that it was changed. */
const OWN =
  /\/(messages|told|memory|outcomes|input|value|given|outputs|output|usage|runId|said|n|message|issues|cause|code|state|path|name|retryAfter|attempts|errors|error)(\/|$)/

describe.each(Object.entries(pipelines))('a damaged snapshot of %s', (_, { fn: pipeline, input }) => {
  test.each(seeds)('ends right, ends with a PipelineError, or waits as the run did (seed %i)', async (seed) => {
    world.hangs = true
    world.calls = []
    const clock = new SimulatedClock()
    const first = createActor(pipeline.machine, { input, clock, id: 'run' } as never).start()
    await drive(first, clock)
    const saved = JSON.parse(JSON.stringify(first.getPersistedSnapshot()))
    first.stop()
    const before = new Set(world.calls.map(({ path }) => path))
    world.hangs = false
    const right = await resume(pipeline, saved)
    expect(right.error).toBeUndefined()
    const finished = [...before].filter((path) => !right.calls.includes(path))

    const wrong: string[] = []
    const tell = ({ what }: Damage, problem: string) => wrong.push(`${what}: ${problem}`)
    let refused = 0
    for (const damage of damages(saved, seed)) {
      let ending: Ending
      try {
        ending = await resume(pipeline, damage.damaged)
      } catch (thrown) {
        tell(damage, `throws ${String(thrown)}`)
        continue
      }
      const { status, value, output, error, calls } = ending
      const again = calls.filter((path) => finished.includes(path))
      if (again.length > 0) tell(damage, `runs ${again.join()} again`)
      // Nobody approves anything here, and nobody asked for another payment.
      const paid = calls.filter((path) => path.includes('pay') && !right.calls.includes(path))
      if (paid.length > 0) tell(damage, `runs ${paid.join()}`)
      const bad = world.calls.filter(({ path, input }) => /\.(busy|a)$/.test(path) && input === '')
      if (bad.length > 0) tell(damage, 'runs with an input that its schema rejects')
      if (status === 'error') {
        if (!(error instanceof PipelineError)) tell(damage, `ends with ${String(error)}`)
        if ((error as PipelineError).code === 'snapshot_mismatch') refused++
      } else if (status === 'active') {
        if (right.status !== 'active' || JSON.stringify(value) !== JSON.stringify(right.value))
          tell(damage, `waits in ${JSON.stringify(value)}`)
      } else if (status !== 'done') tell(damage, `ends as ${status}`)
      else if (JSON.stringify(output) !== JSON.stringify(right.output) && !OWN.test(damage.path)) {
        tell(damage, `gives ${JSON.stringify(output)}`)
      }
    }
    await setImmediate()
    expect(wrong).toEqual([])
    expect(rejections).toEqual([])
    expect(refused).toBeGreaterThan(10)
  })
})

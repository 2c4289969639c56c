import {
  actor,
  agent,
  type AnyFn,
  type AssistantMessage,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  limit,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  type Policy,
  receive,
  validator,
} from 'tinyllm'
import { openAIChat, openAIEmbedding, openAIPromptTemplate, openAISystemMessage } from 'tinyllm/openai'
import * as factories from 'tinyllm'
import { type AnyActorLogic, createActor, fromPromise, raise } from 'xstate'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { PipelineMachine } from '../../src/engine/machine.ts'

/** Every machine that was made, those of a map's items too. */
const made = vi.hoisted(() => [] as PipelineMachine[])
vi.mock('../../src/engine/machine.ts', async (original) => {
  const module = await original<{ PipelineMachine: typeof PipelineMachine }>()
  class Recorded extends module.PipelineMachine {
    constructor(...args: ConstructorParameters<typeof module.PipelineMachine>) {
      super(...args)
      made.push(this)
    }
  }
  return { ...module, PipelineMachine: Recorded }
})
beforeEach(() => {
  made.length = 0
})

type Make = (name: string, policy: Policy) => AnyFn
const text = z.string()
const echo = (input: string) => input
const model = async (): Promise<AssistantMessage> => ({ role: 'assistant', content: 'said' })
const openAI = { model: 'gpt-4o-mini', apiKey: 'none' }

const leaves: Record<string, Make> = {
  fn: (name, policy) => fn({ name, run: echo, ...policy }),
  'fn with schemas': (name, policy) => fn({ name, input: text, output: text, run: echo, ...policy }),
  'fn with processOutput': (name, policy) => fn({ name, output: text, run: echo, processOutput: echo, ...policy }),
  llmCall: (name, policy) => llmCall({ name, model: async () => 'said', ...policy }),
  'llmCall with an output': (name, policy) =>
    llmCall({ name, model: async () => 'good', output: z.enum(['good', 'said']), ...policy }) as AnyFn,
  openAIChat: (name, policy) => openAIChat({ name, ...openAI, output: z.object({ a: text }), ...policy }),
  openAIEmbedding: (name, policy) => openAIEmbedding({ name, ...openAI, ...policy }),
  openAIPromptTemplate: (name, policy) =>
    openAIPromptTemplate({ name, sections: [openAISystemMessage('Hello')], ...policy }),
  actor: (name, policy) => actor({ name, logic: fromPromise(async () => 1), input: text as never, ...policy }),
  'actor around a pipeline': (name, policy) =>
    actor({ name, logic: fn({ name: 'inner', run: echo, ...policy }).machine as AnyActorLogic, ...policy }),
  receive: (name, policy) => receive({ name, events: { GO: z.object({}), LEAVE: z.object({}) }, ...policy }),
  pass: (name) => pass({ name }),
  validator: (name) => validator(text).as(name),
  'an agent without tools': (name, policy) => agent({ name, model, tools: [], ...policy }),
}

const composites: Record<string, (inner: Make) => Make> = {
  chain: (inner) => (name, policy) =>
    chain({ name, children: [inner('a', policy), inner('b', policy)] as never, ...policy }),
  flow: (inner) => (name, policy) =>
    flow({
      name,
      input: text,
      steps: (s) => s.step(inner('a', policy) as never, ({ input }) => input as never),
      ...policy,
    }),
  'parallel (all)': (inner) => (name, policy) =>
    parallel({ name, children: { a: inner('a', policy), b: inner('b', {}) }, inputs: { a: echo } as never, ...policy }),
  'parallel (settled)': (inner) => (name, policy) =>
    parallel({ name, mode: 'settled', children: [inner('a', policy), inner('b', policy)], ...policy }),
  decision: (inner) => (name, policy) =>
    decision({
      name,
      decide: inner('d', policy),
      branches: { 'gpt-4.1 \\ *': inner('x', policy), '#no': pass() },
      ...policy,
    } as never),
  branch: (inner) => (name, policy) =>
    branch({
      name,
      cases: [{ name: 'x', when: () => true, then: inner('x', policy) }],
      otherwise: inner('y', policy),
      ...policy,
    } as never),
  loop: (inner) => (name, policy) =>
    loop({ name, body: inner('body', policy), until: () => true, maxIterations: 3, ...policy } as never),
  fallback: (inner) => (name, policy) =>
    fallback({ name, children: [inner('a', policy), inner('b', policy)] as never, ...policy }),
  map: (inner) => (name, policy) =>
    map({ name, each: inner('each', policy) as never, mode: 'settled', ...policy }) as AnyFn,
  'an agent with a tool': (inner) => (name, policy) => {
    const work = inner('work', policy)
    // A tool has a schema and may not wait; what waits stands beside it.
    const isTool = !JSON.stringify(work.machine.config).includes('"waiting"')
    const tool = chain({
      name: 'tool',
      description: 'Works.',
      children: [fn({ name: 'given', input: z.object({}), run: () => 'x' }), isTool ? work : pass()] as AnyFn[],
    })
    return agent({ name, model, tools: [tool], approve: ['tool'], stopWhen: () => false, ...policy })
  },
}

const policies: Record<string, () => Policy> = {
  'no policy': () => ({}),
  limit: () => ({ limit: limit({ concurrency: 2 }) }),
  retry: () => ({ retry: { attempts: 3, backoff: { initial: 10 }, when: () => true } }),
  timeout: () => ({ timeout: 1000 }),
  'all at once': () => ({
    ...policies.limit?.(),
    ...policies.retry?.(),
    ...policies.timeout?.(),
    description: 'Does something.',
    tags: ['tagged'],
    meta: { own: true },
    verbose: true,
  }),
}

/** The machines that were made for it and have no plan. */
function planless(make: Make, policy: Policy): string[] {
  made.length = 0
  const { machine } = make('it', policy)
  expect(machine).toBe(made.find(({ id }) => id === 'it'))
  return made.filter(({ plan }) => !plan).map(({ id }) => id)
}

describe.each(Object.entries(policies))('with %s there is a plan of', (_, policyOf) => {
  test.each(Object.entries(leaves))('%s, alone and in every composite', (_, leaf) => {
    expect(planless(leaf, policyOf())).toEqual([])
    for (const around of Object.values(composites)) expect(planless(around(leaf), policyOf())).toEqual([])
  })

  test.each(Object.entries(composites))('%s in every composite', (_, inner) => {
    for (const around of Object.values(composites)) {
      expect(planless(around(inner(leaves.fn as Make)), policyOf())).toEqual([])
    }
  })
})

test('these are all kinds that there are', () => {
  // Factories of something else than functions.
  const others = [
    'asTool',
    'ModelError',
    'PipelineError',
    'configure',
    'createLogger',
    'limit',
    'waits',
    'key',
    'provided',
  ]
  const known = [...Object.keys(leaves), ...Object.keys(composites)].map(
    (title) => title.replace(/^an /, '').split(' ')[0],
  )
  expect(Object.keys(factories).filter((name) => !others.includes(name) && !known.includes(name))).toEqual([])
})

describe('a machine without a plan', () => {
  const inc = fn({ name: 'inc', run: (n: number) => n + 1 })
  const two = chain({ name: 'two', children: [inc, inc.as('again')] })
  const raising = () => two.machine.provide({ actions: { emit: raise({ type: 'tinyllm.cancel' }) } } as never)
  const run = (machine: typeof two.machine, log: (...args: unknown[]) => void) => {
    const root = createActor(machine, { input: 1, logger: log }).start()
    root.subscribe({ error: () => {} })
    root.stop()
  }

  test('says once in the log why, and what it costs', () => {
    const log = vi.fn()
    const machine = raising()
    run(machine, log)
    run(machine, log)
    expect(log.mock.calls).toEqual([
      [
        '[two]',
        expect.stringMatching(
          /^This machine runs on XState's own interpreter, because its action emit is raise\(…\): .*10 times as long/,
        ),
      ],
    ])
    run(raising(), log)
    expect(log).toHaveBeenCalledTimes(2)
  })

  test('says so where it is restored, and where a machine of XState invokes it', async () => {
    const machine = raising()
    const silent = createActor(two.machine, { input: 1 }).start()
    const saved = JSON.parse(JSON.stringify(silent.getPersistedSnapshot()))
    silent.stop()
    const log = vi.fn()
    createActor(machine, { input: 1, snapshot: saved, logger: log }).start().stop()
    expect(log).toHaveBeenCalledTimes(1)
  })

  test('says which actor has no logic', () => {
    const log = vi.fn()
    vi.spyOn(console, 'warn').mockReturnValue()
    run(two.machine.provide({ actors: { 'two.again': undefined as never } }), log)
    expect(log.mock.calls).toEqual([['[two]', expect.stringContaining('its actor two.again has no logic')]])
  })

  test('does not say so where the engine was asked for, or where nothing is lacking', async () => {
    const log = vi.fn()
    run((two.machine as unknown as PipelineMachine).stock as never, log)
    run((raising() as unknown as PipelineMachine).stock as never, vi.fn())
    run(two.machine.provide({ actors: { 'two.inc': fromPromise(async () => 1) } }) as never, log)
    run(two.machine.provide({ actions: { unused: raise({ type: 'x' }) } } as never), log)
    const logger = { debug: log, info: log, warn: log, error: log }
    expect(await two.run(1, { engine: 'stock', logger: { ...logger, info: () => {}, debug: () => {} } })).toBe(3)
    expect(log).not.toHaveBeenCalled()
  })
})

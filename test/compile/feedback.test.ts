import { agent, chain, fn, llmCall, type PersistedSnapshot, PipelineError, validator } from 'tinyllm'
import { openAIChat, openAIEmbedding } from 'tinyllm/openai'
import { mcpTools } from 'tinyllm/mcp'
import { type AnyStateMachine, createActor, SimulatedClock, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const settle = () => new Promise((resolve) => setTimeout(resolve, 1))
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const retry = { attempts: 3, feedback: true }
const any = (value: unknown) => value as never

describe('who may be told what was wrong', () => {
  const run = (input: unknown) => input
  const words = /: retry.feedback is for functions that call a model. Set it on the llmCall or openAIChat/
  test.each<[string, () => unknown]>([
    ['a function', () => fn({ name: 'it', run, output: z.unknown(), retry })],
    ['a chain', () => chain({ name: 'it', children: [run], retry })],
    ['an embedding', () => openAIEmbedding({ name: 'it', model: 'm', retry })],
  ])('%s asks no model', (_, make) => {
    expect(make).toThrow(words)
    expect(make).toThrow(TypeError)
  })

  test('nor does a tool of a server', async () => {
    const client = { listTools: async () => ({ tools: [{ name: 'it', inputSchema: {} }] }), callTool: async () => ({}) }
    await expect(mcpTools(client, { retry })).rejects.toThrow(words)
  })

  test.each<[string, () => unknown]>([
    ['llmCall', () => llmCall({ name: 'it', model: async () => 'x', retry })],
    ['openAIChat', () => openAIChat({ name: 'it', model: 'm', retry })],
    ['an agent', () => agent({ name: 'it', model: async () => 'x' as never, tools: [], retry })],
    ['feedback: false anywhere', () => fn({ name: 'it', run, retry: { attempts: 2, feedback: false } })],
    [
      'an override by a plain function',
      () => {
        const { machine } = llmCall({ name: 'it', model: async () => 'x', retry }).override('it', () => 'y')
        return machine
      },
    ],
  ])('%s does', (_, make) => {
    expect(make()).toBeTruthy()
  })

  test('it is true or false', () => {
    expect(() => llmCall({ name: 'it', model: async () => 'x', retry: { attempts: 2, feedback: any('yes') } })).toThrow(
      'llmCall it: retry.feedback is "yes". Give true or false.',
    )
    expect(() => validator(z.string(), any({ retry }))).toThrow(TypeError)
  })
})

/** A model that answers these, one after the other, and what it was asked. */
function model(...answers: unknown[]) {
  const asked: string[][] = []
  const keys: string[] = []
  const made = (policy: object) =>
    llmCall({
      name: 'ask',
      output: z.object({ age: z.number() }) as never,
      ...policy,
      model: async (messages, { idempotencyKey }) => {
        asked.push(messages.map(({ role, content }) => `${role}: ${String(content)}`))
        keys.push(idempotencyKey)
        const answer = answers.shift()
        if (answer instanceof Error) throw answer
        return answer
      },
    })
  return { made, asked, keys }
}

describe.each(['fast', 'stock'] as const)('feedback on the %s engine', (engine) => {
  const machineOf = (pipeline: { machine: object }): AnyStateMachine =>
    (engine === 'stock' ? (pipeline.machine as { stock: object }).stock : pipeline.machine) as AnyStateMachine
  const runOf = (pipeline: { machine: object }) =>
    toPromise(createActor(machineOf(pipeline), { input: 'Age?', id: 'run' }).start())

  test('each refused answer is told, over attempts that fail in other ways, under one key of the leaf', async () => {
    const { made, asked, keys } = model({ age: 'old' }, new Error('503'), 'very', { age: 3 })
    expect(await runOf(made({ retry: { ...retry, attempts: 4 } }))).toEqual({ age: 3 })
    const first = ['assistant: {"age":"old"}', expect.stringMatching(/^user: Your last answer does not fit: age: /)]
    const second = ['assistant: very', expect.stringMatching(/^user: Your last answer does not fit: /)]
    expect(asked).toEqual([
      ['user: Age?'],
      ['user: Age?', ...first],
      ['user: Age?', ...first],
      ['user: Age?', ...first, ...second],
    ])
    expect(new Set(keys)).toEqual(new Set(['run:ask']))
  })

  test('a round of what is around it begins anew', async () => {
    const { made, asked } = model({ age: 1 }, 'no', 'no', { age: 3 })
    const pipeline = chain({
      name: 'c',
      children: [made({ retry: { ...retry, attempts: 2 } })],
      retry: { attempts: 2 },
    })
    const twice = chain({ name: 'twice', children: [pipeline, () => 'Age?', pipeline.as('d')] as never })
    expect(await runOf(twice)).toEqual({ age: 3 })
    expect(asked.map(({ length }) => length)).toEqual([1, 1, 3, 1])
  })

  test('the error that remains is that of the last answer', async () => {
    const { made } = model('a', 'b', 'c')
    await expect(runOf(made({ retry }))).rejects.toMatchObject({ code: 'output_validation', attempts: 3 })
  })

  describe('in a run that is restored', () => {
    const waits = { ...retry, backoff: { initial: 1000 } }
    /** The saved run in its wait after two refused answers. */
    async function saved() {
      const { made, asked } = model('one', 'two', { age: 3 }, { age: 3 })
      const pipeline = chain({ name: 'c', children: [made({ retry: waits })] })
      const clock = new SimulatedClock()
      const actor = createActor(machineOf(pipeline), { clock, input: 'Age?', id: 'run' }).start()
      await settle()
      clock.increment(1000)
      await settle()
      expect(JSON.stringify(actor.getSnapshot().value)).toContain('waitingToRetry')
      const snapshot = json(actor.getPersistedSnapshot()) as unknown as PersistedSnapshot
      actor.stop()
      return { pipeline, snapshot, asked, made }
    }
    async function goOn(pipeline: { machine: object }, snapshot: object) {
      const clock = new SimulatedClock()
      const actor = createActor(machineOf(pipeline), { clock, snapshot: json(snapshot) as never })
      actor.subscribe({ error: () => {} })
      const ended = toPromise(actor.start())
      ended.catch(() => {})
      await settle()
      clock.increment(100_000)
      await settle()
      return ended
    }

    test('all is told', async () => {
      const { pipeline, snapshot, asked } = await saved()
      expect(await goOn(pipeline, snapshot)).toEqual({ age: 3 })
      expect(asked[2]?.filter((text) => text.startsWith('assistant'))).toEqual(['assistant: one', 'assistant: two'])
    })

    test('nothing is, if the definition does not ask for it any more', async () => {
      const { snapshot, asked, made } = await saved()
      const other = chain({ name: 'c', children: [made({ retry: { ...waits, feedback: false } })] })
      expect(await goOn(other, snapshot)).toEqual({ age: 3 })
      expect(asked[2]).toEqual(['user: Age?'])
    })

    type Frame = { path: string; refused?: unknown }
    test.each<[string, unknown]>([
      ['more than there were attempts', [1, 2].map(() => ({ said: 'x', issues: [] }))],
      ['no list', 'one'],
      ['an answer without issues', [{ said: 'x' }]],
      ['issues that are none', [{ said: 'x', issues: ['wrong'] }]],
    ])('%s is refused', async (_, refused) => {
      const { pipeline, snapshot } = await saved()
      const { slots } = snapshot.context as { slots: (Frame | null)[][] }
      for (const frame of slots.flat()) if (frame?.path === 'c.ask') frame.refused = refused
      const error = await goOn(pipeline, snapshot).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(PipelineError)
      expect(error).toMatchObject({ code: 'snapshot_mismatch', message: expect.stringContaining('c.ask') })
    })
  })

  test('what is no data does not stand in the way of saving', async () => {
    const { made, asked } = model(new Map([['age', 3n]]), { age: 3 })
    const clock = new SimulatedClock()
    const pipeline = made({ retry: { ...retry, backoff: { initial: 10 } } })
    const actor = createActor(machineOf(pipeline), { clock, input: 'Age?' })
    const saved: string[] = []
    const ended = toPromise(actor)
    actor.subscribe(({ value }) => value === 'running' && saved.push(JSON.stringify(actor.getPersistedSnapshot())))
    actor.start()
    await settle()
    clock.increment(10)
    expect(await ended).toEqual({ age: 3 })
    expect(saved.at(-1)).toContain('"refused":[{"issues"')
    expect(asked[1]).toEqual(['user: Age?', expect.stringContaining('does not fit')])
  })
})

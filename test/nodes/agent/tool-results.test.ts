import {
  agent,
  type AnyFn,
  branch,
  chain,
  decision,
  fallback,
  fn,
  limit,
  llmCall,
  loop,
  ModelError,
  pass,
  type RunEvent,
  type StandardSchema,
  waits,
} from 'tinyllm'
import { waitFor } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { own, type WrittenCall } from './models.ts'

/** What the model reads of its calls, and how often the tool ran. */
async function told(tool: AnyFn, input: object = {}, rest: object = {}): Promise<string> {
  const { model, requests } = own((turn) => (turn === 0 ? [{ id: 'a', name: tool.name, input }] : 'Done.'))
  await agent({ name: 'it', model, tools: [tool], ...rest } as never).run('Go')
  return requests.at(-1)?.at(-1)?.content as string
}
const description = 'A tool.'
const giving = (output: unknown) =>
  fn({ name: 'give', description, input: z.object({}), run: vi.fn<() => unknown>(() => output) as () => unknown })

const circle: { self?: unknown } = {}
circle.self = circle
const revoked = Proxy.revocable({}, {})
revoked.revoke()

describe('the result of a tool', () => {
  test.each<[string, () => unknown, string]>([
    ['a bigint', () => ({ id: 12n }), 'it holds a bigint at id.'],
    ['a circle', () => circle, 'it holds a circular reference at self.'],
    ['a toJSON that throws', () => ({ a: { toJSON: () => { throw new Error('no') } } }), 'it holds something that cannot be read (no) at a.'], // prettier-ignore
    ['a getter that throws', () => ({ get a() { throw new Error('no') } }), 'it holds something that cannot be read (no) at a.'], // prettier-ignore
    ['a revoked proxy', () => [revoked.proxy], 'it holds something that cannot be read'],
    ['no number', () => ({ a: Infinity }), 'it holds Infinity at a.'],
    ['a function', () => () => 1, 'it holds a function.'],
  ])('that cannot be written is told to the model, and the tool runs once: %s', async (_, make, what) => {
    const run = vi.fn<() => unknown>(make)
    const tool = fn({ name: 'give', description, input: z.object({}), run: run as () => unknown })
    const content = await told(tool, {}, { retry: { attempts: 3 } })
    expect(content).toContain(`Error: the tool succeeded, but its result cannot be written as text: ${what}`)
    expect(run).toHaveBeenCalledOnce()
  })

  test.each<[string, unknown, string]>([
    ['a Map', new Map([['a', new Set([1])]]), '{"a":[1]}'],
    ['an error', { failed: new TypeError('no') }, '{"failed":{"name":"TypeError","message":"no"}}'],
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['nothing', undefined, 'done'],
    ['a text', 'fine', 'fine'],
  ])('is written for it: %s', async (_, output, text) => {
    expect(await told(giving(output))).toBe(text)
  })

  test('does not keep a run from being saved, once it is told', async () => {
    const { model } = own((turn) => (turn === 0 ? [{ name: 'give', input: {} }] : [{ name: 'ask', input: {} }]))
    const ask = fn({ name: 'ask', description, input: z.object({}), run: () => 1 })
    const actor = agent({ name: 'it', model, tools: [giving({ id: 12n }), ask], approve: ['ask'] }).start('Go')
    await waitFor(actor, (state) => (state as unknown as { hasTag(tag: string): boolean }).hasTag('waiting'))
    expect(JSON.stringify(actor.getPersistedSnapshot())).toContain('a bigint at id')
    actor.stop()
  })

  test('is an event that says what the model was told', async () => {
    const { model } = own((turn) => (turn === 0 ? [{ id: 'a', name: 'give', input: {} }] : 'Done.'))
    const events: RunEvent[] = []
    for await (const event of agent({ name: 'it', model, tools: [giving({ id: 12n })] }).stream('Go'))
      events.push(event)
    expect(events.filter(({ type }) => type === 'toolResult')).toMatchObject([
      {
        type: 'toolResult',
        path: 'it.act[a].give',
        turn: 1,
        callId: 'a',
        name: 'give',
        success: true,
        content: expect.stringContaining('a bigint at id'),
      },
    ])
  })
})

describe('the failure of a tool, in words for a model', () => {
  const input = z.object({})
  const boom = (thrown: unknown) => () => Promise.reject(thrown)
  const hang = () => new Promise<never>(() => {})
  const first = fn({ name: 'first', input, run: () => 'x' as string })
  const slow = fn({ name: 'slow', timeout: 5, run: hang })
  const silent = llmCall({
    name: 'chat',
    model: async () => Promise.reject(new ModelError('length', 'the answer was cut off. Raise max_completion_tokens')),
  })
  const tools: [string, AnyFn, string][] = [
    ['it threw', fn({ name: 't', description, input, run: boom(new Error('the disk is full')) }), 'the disk is full'],
    ['it threw nothing', fn({ name: 't', description, input, run: boom(new Error('')) }), 'the tool failed, and did not say why'],
    ['its timeout', fn({ name: 't', description, input, timeout: 5, run: hang }), 'the tool took longer than its timeout of 5 ms, and was stopped'],
    ['a timeout inside', chain({ name: 't', description, children: [first, slow] } as never), 'a part of the tool took too long, and was stopped'],
    ['a limit and a timeout', fn({ name: 't', description, input, timeout: 5, limit: limit({ concurrency: 1 }), run: hang }), 'the tool took longer than its timeout of 5 ms, and was stopped'],
    ['what a model in it said', chain({ name: 't', description, children: [fn({ name: 'a', input, run: () => 'Hi' }), llmCall({ name: 'chat', output: z.object({ n: z.number() }), model: async () => '{"n":"x"}' })] } as never), 'the tool ran, but its result does not have the required form (n: Invalid input: expected number, received string)'],
    ['a step inside', chain({ name: 't', description, children: [fn({ name: 'a', input, run: () => 1 }), fn({ name: 'b', input: z.string() as never, run: () => 1 })] } as never), 'a step of the tool rejected its input (Invalid input: expected string, received number)'],
    ['a decision', decision({ name: 't', description, decide: first, branches: { a: pass() } } as never), 'the tool could not decide how to continue'],
    ['a branch', chain({ name: 't', description, children: [fn({ name: 'a', input, run: () => 1 }), branch({ name: 'b', cases: [{ name: 'c', when: () => false, then: pass() }] } as never)] } as never), 'the tool could not decide how to continue'],
    ['rounds', loop({ name: 't', description, body: fn({ name: 'body', input, run: (x) => x }), until: () => false, maxIterations: 2 } as never), 'the tool reached no result within its maximum number of rounds'],
    ['an agent in it', agent({ name: 't', description, model: own(() => [{ name: 'no', input: {} }]).model, tools: [], maxTurns: 2 } as never), 'the tool reached no result within its maximum number of rounds'],
    ['a model in it', chain({ name: 't', description, children: [fn({ name: 'a', input, run: () => 'Hi' }), silent] } as never), 'the model that the tool calls returned no usable answer'],
    ['all of a fallback', fallback({ name: 't', description, children: [fn({ name: 'a', input, run: boom(new Error('one')) }), fn({ name: 'b', input, run: boom(new Error('two')) })] } as never), 'every alternative of the tool failed'],
    ['a pipeline that it runs', fn({ name: 't', description, input, run: async () => fn({ name: 'sub', run: boom(new Error('the disk is full')) }).run(undefined) }), 'the disk is full'],
    ['a timeout of one', fn({ name: 't', description, input, run: async () => slow.run(undefined as never) }), 'a part of the tool failed'],
  ] // prettier-ignore

  test.each(tools)('%s', async (_, tool, words) => {
    const content = await told(tool, tool.kind === 'agent' ? { input: 'Go' } : {})
    expect(content).toBe(`Error: ${words}`)
    // Where in the pipeline it was, and what its developer could do, is no concern of the model's.
    expect(content).not.toMatch(/it\.act|\.each|t\[0\]|Raise|schema|maxTurns/)
  })
})

describe('arguments that a tool refuses', () => {
  const run = vi.fn<() => string>(() => 'paid')
  const throwing: StandardSchema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw new Error('the rates are not there')
      },
      jsonSchema: { input: () => ({ type: 'object' }) },
    } as never,
  }
  const schemas: [string, StandardSchema, object, string][] = [
    ['by its schema', z.object({ n: z.number().positive() }), { n: -1 }, 'n: Too small: expected number to be >0'],
    ['by a schema that throws', throwing, {}, 'arguments: the schema threw Error: the rates are not there'],
  ]
  const tool = (input: StandardSchema) => fn({ name: 'pay', description, input: input as never, run }) as AnyFn

  test.each(schemas)(
    '%s are told to the model in the same words, and nobody is asked',
    async (_, schema, input, what) => {
      const predicate = vi.fn<() => boolean>(() => true)
      const pay = tool(schema)
      const words = `Error: the arguments do not fit: ${what}. Fix them and call again.`
      expect(await told(pay, input)).toBe(words)
      expect(await told(pay, input, { approve: ['pay'] })).toBe(words)
      expect(await told(pay, input, { approve: predicate })).toBe(words)
      expect(predicate).not.toHaveBeenCalled()
      expect(run).not.toHaveBeenCalled()
    },
  )

  test('where the tool is a chain, by the schema of its first step', async () => {
    const first = fn({ name: 'first', input: z.object({ n: z.number() }), run: ({ n }) => n })
    const sum = chain({ name: 'sum', description, children: [first, (n: number) => n + 1] }) as AnyFn
    const words =
      'Error: the arguments do not fit: n: Invalid input: expected number, received string. Fix them and call again.'
    expect(await told(sum, { n: 'x' })).toBe(words)
    expect(await told(sum, { n: 'x' }, { approve: ['sum'] })).toBe(words)
  })

  test('are told at once, while another call asks', async () => {
    const calls: WrittenCall[] = [
      { id: 'a', name: 'pay', input: { n: -1 } },
      { id: 'b', name: 'pay', input: { n: 2 } },
    ]
    const { model, requests } = own((turn) => (turn === 0 ? calls : 'Done.'))
    const actor = agent({
      name: 'it',
      model,
      tools: [tool(z.object({ n: z.number().positive() }))],
      approve: ['pay'],
    } as never).start('Go')
    await waitFor(actor, (state) => (state as unknown as { hasTag(tag: string): boolean }).hasTag('waiting'))
    expect(waits(actor.getSnapshot())).toMatchObject([{ call: { id: 'b', name: 'pay', turn: 1 }, input: { n: 2 } }])
    actor.send({ type: 'APPROVE', id: 'b' } as never)
    await waitFor(actor, ({ status }) => status === 'done')
    expect(
      requests
        .at(-1)
        ?.slice(-2)
        .map(({ content }) => content),
    ).toEqual([expect.stringContaining('the arguments do not fit'), 'paid'])
  })
})

describe('a predicate of approve', () => {
  const pay = fn({ name: 'pay', description, input: z.object({ n: z.number() }), run: ({ n }) => `paid ${n}` })
  const model = () => own((turn) => (turn < 2 ? [{ id: `c${turn}`, name: 'pay', input: { n: turn } }] : 'Done.')).model

  test.each<[string, () => unknown]>([
    ['throws', () => { throw new Error('no') }],
    ['is asynchronous', async () => false],
    ['is asynchronous, and rejects', () => Promise.reject(new Error('no'))],
  ])('that %s asks', async (_, predicate) => {
    const actor = agent({ name: 'it', model: model(), tools: [pay], approve: predicate as never }).start('Go')
    await waitFor(actor, (state) => (state as unknown as { hasTag(tag: string): boolean }).hasTag('waiting'))
    expect(waits(actor.getSnapshot())).toMatchObject([{ call: { id: 'c0', name: 'pay' }, input: { n: 0 } }])
    actor.stop()
  }) // prettier-ignore

  test('is asked once for each call, and cannot change what runs', async () => {
    const seen: unknown[] = []
    const approve = (call: { id: string; input: unknown }) => {
      seen.push(call.id)
      ;(call.input as { n: number }).n = 9999
      return false
    }
    const { model, requests } = own((turn) =>
      turn < 2 ? [{ id: `c${turn}`, name: 'pay', input: { n: turn } }] : 'Done.',
    )
    await agent({ name: 'it', model, tools: [pay], approve }).run('Go')
    expect(seen).toEqual(['c0', 'c1'])
    expect(requests.at(-1)?.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))).toEqual([
      'paid 0',
      'paid 1',
    ])
  })
})

import { agent, type AnyFn, fn, llmCall, PipelineError } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, json, results, scripted, texts } from './script.ts'

const input = z.object({})
const boom = fn({
  name: 'boom',
  description: 'Fails.',
  input,
  run: (): string => {
    throw new RangeError('the disk is full')
  },
})
const calls = [{ id: 'a', name: 'boom' }]
const failed = async (running: Promise<{ success: boolean; error?: PipelineError }>): Promise<PipelineError> => {
  const { error } = await running
  expect(error).toBeInstanceOf(PipelineError)
  return error as PipelineError
}

describe.each(engines)('on the %s engine', (engine) => {
  const options = { engine }

  describe('the failure of a tool', () => {
    test('is told to the model by default, without paths', async () => {
      const { model, requests } = scripted(calls, 'Done.')
      expect(await agent({ name: 'it', model, tools: [boom] }).run('Go', options)).toBe('Done.')
      expect(results(requests[1]!)).toEqual(['Error: the disk is full'])
    })

    test("is the agent's with 'fail', at the path of the call", async () => {
      const { model, requests } = scripted(calls, 'Done.')
      const error = await failed(agent({ name: 'it', model, tools: [boom], toolErrors: 'fail' }).safeRun('Go', options))
      expect(error).toMatchObject({ code: 'run', path: 'it.act[a].boom', cause: { name: 'RangeError' } })
      expect(requests).toHaveLength(1)
    })

    test.each<[string, unknown, object]>([
      ['tell', 'tell', { output: 'Done.' }],
      ['fail', 'fail', { error: { code: 'run', path: 'it.act[a].boom' } }],
      ['a text', 'Error: try later', { output: 'Done.' }],
      ['nothing', undefined, { error: { code: 'run', path: 'it.act', message: expect.stringContaining("Return 'tell', 'fail', or a text") } }],
      ['a promise', Promise.resolve('tell'), { error: { code: 'run', path: 'it.act' } }],
    ])('is what a function says: %s', async (_, answer, expected) => {
      const { model, requests } = scripted(calls, 'Done.')
      const toolErrors = vi.fn<(error: PipelineError, call: object) => string>(() => answer as string)
      expect(await agent({ name: 'it', model, tools: [boom], toolErrors }).safeRun('Go', options)).toMatchObject(expected)
      expect(toolErrors.mock.calls[0]?.[0]).toMatchObject({ code: 'run', message: expect.stringContaining('disk') })
      expect(toolErrors.mock.calls[0]?.[1]).toEqual({ id: 'a', name: 'boom', input: {} })
      if (requests[1]) expect(results(requests[1])).toEqual([answer === 'tell' ? 'Error: the disk is full' : answer])
    }) // prettier-ignore

    test('that is final stops the calls that run', async () => {
      let signal: AbortSignal | undefined
      const hang = fn({
        name: 'hang',
        description: 'Hangs.',
        input,
        run: (_, ctx) => new Promise<string>(() => (signal = ctx.signal)),
      })
      const later = fn({
        name: 'later',
        description: 'Fails.',
        input,
        run: async () => {
          await vi.waitFor(() => expect(signal).toBeDefined())
          throw new Error('no')
        },
      })
      const { model } = scripted([{ name: 'hang' }, { id: 'b', name: 'later' }])
      const it = agent({ name: 'it', model, tools: [hang, later], toolErrors: 'fail' })
      expect(await it.safeRun('Go', options)).toMatchObject({ error: { path: 'it.act[b].later' } })
      expect(signal?.aborted).toBe(true)
    })
  })

  describe('a mistake of a developer fails the run', () => {
    const late = z.object({}).refine(async () => true)
    const said = async () => '{"n":"x"}'
    const wrong = { output: z.object({ n: z.number() }) as never }
    test.each<[string, AnyFn, object]>([
      ['an output that the own schema of an fn refuses', fn({ name: 't', description: 'A tool.', input, run: () => ({ n: 'x' }), ...wrong }), { code: 'output_validation', path: 'it.act[a].t' }],
      ['an asynchronous schema of its input', fn({ name: 't', description: 'A tool.', input: late, run: () => 1 }), { code: 'input_validation', path: 'it.act[a].t' }],
      ['an asynchronous schema of its output', fn({ name: 't', description: 'A tool.', input, output: z.number().refine(async () => true), run: () => 1 }), { code: 'output_validation', path: 'it.act[a].t' }],
    ])('%s', async (_, tool, expected) => {
      const { model, requests } = scripted([{ id: 'a', name: 't' }], 'Done.')
      expect(await agent({ name: 'it', model, tools: [tool] }).safeRun('Go', options)).toMatchObject({ error: expected })
      expect(requests).toHaveLength(1)
    }) // prettier-ignore

    test('what a model said inside a tool is no such mistake', async () => {
      const inner = agent({ name: 't', description: 'Helps.', model: said, tools: [], outputRetries: 0, ...wrong })
      const { model, requests } = scripted([{ id: 'a', name: 't', input: { input: 'x' } }], 'Done.')
      expect(await agent({ name: 'it', model, tools: [inner] }).run('Go', options)).toBe('Done.')
      expect(results(requests[1]!)).toEqual([expect.stringContaining('does not have the required form')])
    })
  })

  describe('the failure of the model', () => {
    test('in turn 3 asks turn 3 again, with the retry of the agent', async () => {
      const run = vi.fn(() => 'paid')
      const pay = fn({ name: 'pay', description: 'Pays.', input, run })
      const { model, requests } = scripted([{ name: 'pay' }], [{ name: 'pay' }], new Error('overloaded'), 'Done.')
      const retry = { attempts: 2, backoff: { initial: 1 } }
      expect(await agent({ name: 'it', model, tools: [pay], retry, maxTurns: 3 }).run('Go', options)).toBe('Done.')
      expect(run).toHaveBeenCalledTimes(2)
      expect(texts(requests[3]?.messages)).toEqual(texts(requests[2]?.messages))
    })

    test('does not begin the conversation again when all attempts are used', async () => {
      const { model, requests } = scripted([{ id: 'a', name: 'boom' }], new Error('overloaded'))
      const retry = { attempts: 3, backoff: { initial: 1 } }
      const error = await failed(agent({ name: 'it', model, tools: [boom], retry }).safeRun('Go', options))
      expect(error).toMatchObject({ code: 'run', path: 'it.think', attempts: 3 })
      expect(requests).toHaveLength(4)
    })
  })

  describe('every failure has messages and usage', () => {
    const spend = (turns: ReturnType<typeof scripted>) => (request: never, ctx: { emit(event: object): void }) => {
      ctx.emit({ type: 'usage', inputTokens: 10, outputTokens: 1 })
      return turns.model(request)
    }
    const hang = fn({ name: 'boom', description: 'Hangs.', input, run: () => new Promise<never>(() => {}) })
    const late = { timeout: 30 }
    const asked = ['user: Go', 'assistant: ']
    const told = [...asked, 'tool: Error: the disk is full']
    const stopped = [...asked, 'tool: Error: this call was stopped before it ended.']
    const cases: [string, object, ReturnType<typeof scripted>, object, string[]][] = [
      ['max_iterations', { maxTurns: 1 }, scripted(calls), { code: 'max_iterations' }, told],
      ['the model', {}, scripted(calls, new Error('overloaded')), { code: 'run', path: 'it.think' }, told],
      ['a tool', { toolErrors: 'fail' }, scripted(calls), { code: 'run', path: 'it.act[a].boom' }, told],
      ['the output', { output: z.number(), outputRetries: 0 }, scripted(calls, 'many'), { code: 'output_validation' }, [...told, 'assistant: many']],
      ['stopWhen', { stopWhen: () => { throw new Error('x') } }, scripted(calls), { code: 'run' }, told],
      ['its own timeout', { ...late, tools: [hang] }, scripted(calls), { code: 'timeout', path: 'it' }, stopped],
      ['a timeout of the model', { model: llmCall({ name: 'm', timeout: 5, model: () => new Promise<never>(() => {}) }) }, scripted('x'), { code: 'timeout', path: 'it.think' }, ['user: Go']],
      ['instructions', { instructions: ({ turn }: { turn: number }) => { if (turn) throw new Error('x'); return 'Hi' } }, scripted(calls), { code: 'run' }, told],
    ] // prettier-ignore
    test.each(cases)('%s', async (_, given, script, expected, messages) => {
      script.requests.length = 0
      const it = agent({ name: 'it', model: spend(script) as never, tools: [boom], ...given } as never) as AnyFn
      const error = await failed(it.safeRun('Go' as never, options) as never)
      expect(error).toMatchObject(expected)
      expect(texts(error.messages)).toEqual(messages)
      expect(error.usage?.inputTokens).toBe(10 * script.requests.length)
      expect(JSON.stringify(error.toJSON())).not.toContain('"messages"')
      expect(Object.keys(error)).not.toContain('messages')
    })

    test('an abort of the run', async () => {
      const script = scripted(calls)
      const controller = new AbortController()
      const running = agent({ name: 'it', model: spend(script) as never, tools: [hang] }).safeRun('Go', {
        ...options,
        signal: controller.signal,
      })
      await vi.waitFor(() => expect(script.requests).toHaveLength(1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      controller.abort(new Error('enough'))
      const error = await failed(running)
      expect(error).toMatchObject({ code: 'aborted', path: 'it' })
      expect(texts(error.messages)).toEqual(stopped)
      expect(error.usage?.inputTokens).toBe(10)
    })

    test('a restored run has them too, and its snapshot has the conversation once', async () => {
      const marker = 'only-once-in-a-snapshot'
      const script = scripted([{ id: 'a', name: 'boom' }], new Error('overloaded'))
      const it = agent({ name: 'it', model: script.model, tools: [boom] })
      const actor = it.start(marker, options)
      await new Promise((resolve) => actor.subscribe({ error: resolve }))
      const saved = JSON.stringify(json(actor.getPersistedSnapshot()))
      expect(saved.split(marker)).toHaveLength(2)
    })
  })
})

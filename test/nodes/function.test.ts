import { chain, fn, type RunContext, type RunEvent } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

const any = (value: unknown) => value as never
const statesOf = async (stream: AsyncIterable<RunEvent>) => {
  const states: string[] = []
  for await (const event of stream) if (event.type === 'state') states.push(event.state)
  return states
}

describe('a function', () => {
  test('goes through validatingInput, running, validatingOutput and processingOutput', async () => {
    const it = fn({
      name: 'f',
      input: z.string(),
      output: z.number(),
      run: (text: string) => text.length,
      processOutput: (n: number) => n * 2,
    })
    expect(await statesOf(it.stream('abc'))).toEqual([
      'validatingInput',
      'running',
      'validatingOutput',
      'processingOutput',
      'complete',
    ])
  })

  test('run gets what the input schema makes, processOutput what the output schema makes', async () => {
    const run = vi.fn((n: number) => ({ n }))
    const processOutput = vi.fn((n: number) => n + 0.5)
    const it = fn({
      name: 'f',
      input: z.string().transform(Number),
      output: z.object({ n: z.number() }).transform(({ n }) => n * 10),
      run,
      processOutput,
    })
    expect(await it.run('4')).toBe(40.5)
    expect(run).toHaveBeenCalledWith(4, expect.objectContaining({ path: 'f', attempt: 1 }))
    expect(processOutput).toHaveBeenCalledWith(40, expect.objectContaining({ path: 'f' }))
  })

  test('an input that does not fit its schema is rejected, and run is not called', async () => {
    const run = vi.fn(String)
    const { error } = await fn({ name: 'f', input: z.string(), run }).safeRun(any(7))
    expect(error).toMatchObject({
      code: 'input_validation',
      path: 'f',
      state: 'validatingInput',
      issues: [{ path: [] }],
    })
    expect(run).not.toHaveBeenCalled()
  })

  test('an output that does not fit its schema is rejected, and processOutput is not called', async () => {
    const processOutput = vi.fn(String)
    const { error } = await fn({ name: 'f', output: z.string(), run: () => any(7), processOutput }).safeRun(1)
    expect(error).toMatchObject({
      code: 'output_validation',
      path: 'f',
      state: 'validatingOutput',
      issues: [{ path: [] }],
    })
    expect(processOutput).not.toHaveBeenCalled()
  })

  test.each<[string, string, (message: string) => object]>([
    [
      'thrown',
      'running',
      (message) => ({
        run: () => {
          throw new RangeError(message)
        },
      }),
    ],
    [
      'rejected',
      'running',
      (message) => ({
        run: async () => {
          throw new RangeError(message)
        },
      }),
    ],
    [
      'thrown by processOutput',
      'processingOutput',
      (message) => ({
        run: String,
        processOutput: () => {
          throw new RangeError(message)
        },
      }),
    ],
  ])('what is %s is the cause of its error', async (_, state, make) => {
    const { error } = await fn({ name: 'f', ...make('no luck') } as never).safeRun(any(1))
    expect(error).toMatchObject({ code: 'run', path: 'f', state, cause: { name: 'RangeError', message: 'no luck' } })
  })

  test('each attempt has its number, one idempotency key, and a signal of its own', async () => {
    const seen: RunContext[] = []
    const it = fn({
      name: 'f',
      retry: { attempts: 3 },
      run: (_: string, ctx: RunContext) => {
        seen.push(ctx)
        if (seen.length < 3) throw new Error('not yet')
        return 'done'
      },
    })
    expect(await it.run('x')).toBe('done')
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(new Set(seen.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    expect(new Set(seen.map(({ signal }) => signal)).size).toBe(3)
  })

  test('an abort reaches its signal', async () => {
    const controller = new AbortController()
    let signal: AbortSignal | undefined
    const it = fn({
      name: 'f',
      run: (_: string, ctx: RunContext) => {
        signal = ctx.signal
        return new Promise<string>(() => {})
      },
    })
    const running = it.safeRun('x', { signal: controller.signal })
    await vi.waitFor(() => expect(signal).toBeDefined())
    controller.abort()
    expect((await running).error).toMatchObject({ code: 'aborted' })
    expect(signal?.aborted).toBe(true)
  })

  test('a plain function as a child is one too, and gets the context of the run', async () => {
    function second(n: number, { path, attempt }: RunContext) {
      return `${path} ${attempt}: ${n}`
    }
    expect(await chain({ name: 'c', children: [(text: string) => text.length, second] }).run('abc')).toBe(
      'c.second 1: 3',
    )
  })

  test.each<[string, object, string]>([
    ['without run', {}, 'function f has no run'],
    ['with a run that is not a function', { run: 'x' }, 'function f has no run'],
    ['with a processOutput that is not one', { run: String, processOutput: 7 }, 'function f: processOutput'],
    ['with an input that is not a schema', { run: String, input: {} }, 'function f: input is not a schema'],
    ['with an output that is not a schema', { run: String, output: null }, 'function f: output is not a schema'],
  ])('%s is a TypeError where it is defined', (_, config, message) => {
    const define = () => fn({ name: 'f', ...config } as never)
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })
})

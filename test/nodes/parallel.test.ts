import { chain, fn, parallel, pass, type RunContext } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Held, restored } from './saved.ts'

const ok = fn({ name: 'ok', run: (input: string) => input })
const bad = fn({
  name: 'bad',
  run: async (_: string): Promise<number> => {
    throw new RangeError('no')
  },
})
const hang = ({ signal }: RunContext) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('a parallel', () => {
  test('runs its children at the same time; the output has their keys in their order, whichever ends first', async () => {
    const log: string[] = []
    let open: (() => void) | undefined
    const late = async () => {
      log.push('late begins')
      await new Promise<void>((resolve) => (open = resolve))
      log.push('late ends')
      return 1
    }
    const early = async () => {
      log.push('early begins')
      await vi.waitFor(() => expect(open).toBeDefined())
      log.push('early ends')
      open?.()
      return 2
    }
    const output = await parallel({ name: 'p', children: { late, early } }).run('x')
    expect(Object.entries(output)).toEqual([
      ['late', 1],
      ['early', 2],
    ])
    expect(log).toEqual(['late begins', 'early begins', 'early ends', 'late ends'])
  })

  test('of a list returns a list, in order, and names its children as a chain does', async () => {
    const it = parallel({ name: 'p', children: [ok, (text: string) => text.length, pass<string>()] })
    expect(await it.run('abc')).toEqual(['abc', 3, 'abc'])
    const states = (it.machine.config as { states: Record<string, { states: object }> }).states
    expect(Object.keys(states.running?.states ?? {})).toEqual(['ok', 'step2', 'pass'])
  })

  test('gives each child its input, or what inputs makes of it', async () => {
    const inputs = { size: (order: { id: string; size: number }) => order.size }
    const it = parallel({
      name: 'p',
      children: { size: (n: number) => n * 2, id: (order: { id: string; size: number }) => order.id },
      inputs,
    })
    expect(await it.run({ id: 'a', size: 4 })).toEqual({ size: 8, id: 'a' })
  })

  test('a mapper that throws is the failure of its child', async () => {
    const inputs = {
      ok: (): never => {
        throw new Error('boom')
      },
    }
    await expect(parallel({ name: 'p', children: { ok }, inputs }).run(1)).rejects.toMatchObject({
      code: 'run',
      path: 'p.ok',
      state: 'validatingInput',
      cause: { message: 'boom' },
    })
  })

  test('an input that does not fit one child fails there', async () => {
    const short = fn({ name: 'short', input: z.string().max(2), run: (text) => text })
    await expect(parallel({ name: 'p', children: { ok, short } }).run('long')).rejects.toMatchObject({
      code: 'input_validation',
      path: 'p.short',
    })
  })

  test('the first failure ends it, and aborts the other children', async () => {
    let signal: AbortSignal | undefined
    const slow = fn({ name: 'slow', run: (_: string, ctx: RunContext) => ((signal = ctx.signal), hang(ctx)) })
    await expect(parallel({ name: 'p', children: { slow, bad } }).run('x')).rejects.toMatchObject({
      code: 'run',
      path: 'p.bad',
      cause: { message: 'no' },
    })
    expect(signal?.aborted).toBe(true)
  })

  test('settled, it waits for all, and returns each outcome; errors are plain data', async () => {
    const outcomes = await parallel({ name: 'p', children: { ok, bad }, mode: 'settled' }).run('x')
    expect(outcomes).toMatchObject({
      ok: { success: true, output: 'x' },
      bad: {
        success: false,
        error: { name: 'PipelineError', code: 'run', path: 'p.bad', cause: { name: 'RangeError' } },
      },
    })
    expect(JSON.parse(JSON.stringify(outcomes))).toEqual(outcomes)
    const listed = await parallel({ name: 'p', children: [ok, bad], mode: 'settled' }).run('x')
    expect(listed.map(({ success }) => success)).toEqual([true, false])
  })

  test('its retry begins all children again', async () => {
    const steady = vi.fn(() => 1)
    let calls = 0
    const flaky = () => {
      if (++calls < 2) throw new Error('not yet')
      return 2
    }
    const it = parallel({ name: 'p', children: { steady, flaky }, retry: { attempts: 2 } })
    expect(await it.run('x')).toEqual({ steady: 1, flaky: 2 })
    expect(steady).toHaveBeenCalledTimes(2)
  })

  test('restored, only the children that had not ended run again', async () => {
    const first = vi.fn(() => 1)
    const held = new Held<number>()
    const second = vi.fn(() => held.run())
    const it = parallel({ name: 'p', children: { first, second } })
    const saved = await held.saved(it, 'x')
    expect(JSON.parse(saved).value.running).toEqual({ first: 'complete', second: 'running' })
    const run = restored(it, saved)
    await held.resolve(2)
    expect(await toPromise(run)).toEqual({ first: 1, second: 2 })
    expect(first).toHaveBeenCalledOnce()
    expect(second).toHaveBeenCalledTimes(2)
  })

  test('inside another one, paths have the keys of both', async () => {
    const inner = parallel({ name: 'inner', children: { deep: chain({ name: 'c', children: [bad] }) } })
    await expect(parallel({ name: 'p', children: { right: inner } }).run('x')).rejects.toMatchObject({
      path: 'p.right.deep.bad',
    })
  })

  test.each<[string, object, string]>([
    ['without children', { children: {} }, 'parallel p has no children'],
    ['with two children of one name', { children: [ok, ok] }, 'parallel p has two children named "ok"'],
    ['with a key that cannot be a name', { children: { 'a.b': ok } }, 'parallel p cannot be named "a.b"'],
    ['with an input for no child', { children: { ok }, inputs: { no: String } }, 'parallel p: inputs has "no"'],
    ['with a mapper that is not a function', { children: { ok }, inputs: { ok: 7 } }, 'parallel p: inputs.ok'],
    ['with inputs that are not an object', { children: { ok }, inputs: 7 }, 'parallel p: inputs is not an object'],
    ['with an unknown mode', { children: { ok }, mode: 'some' }, "\"some\". Use 'all' or 'settled'"],
  ])('%s is a TypeError where it is defined', (_, config, message) => {
    const define = () => parallel({ name: 'p', ...config } as never)
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })
})

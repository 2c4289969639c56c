import { fallback, fn, type RunContext } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { Held, restored } from './saved.ts'

const failing = <const N extends string>(name: N, message = `${name} is down`) =>
  fn({
    name,
    run: (_: string): string => {
      throw new RangeError(message)
    },
  })
const ok = fn({ name: 'ok', run: (input: string) => `ok ${input}` })

describe('a fallback', () => {
  test('returns the output of the first child that works, and runs no other', async () => {
    const spare = vi.fn(String)
    const it = fallback({ name: 'f', children: [failing('big'), ok, fn({ name: 'spare', run: spare })] })
    expect(await it.run('in')).toBe('ok in')
    expect(spare).not.toHaveBeenCalled()
  })

  test('gives each child its own input', async () => {
    const inputs: string[] = []
    const noting = (name: string) =>
      fn({
        name,
        run: (input: string) => {
          inputs.push(`${name} ${input}`)
          if (name !== 'c') throw new Error('no')
          return name
        },
      })
    await fallback({ name: 'f', children: [noting('a'), noting('b'), noting('c')] }).run('in')
    expect(inputs).toEqual(['a in', 'b in', 'c in'])
  })

  test('when all fail, its error has every message, and theirs as an AggregateError', async () => {
    const { error } = await fallback({ name: 'f', children: [failing('big'), failing('small')] }).safeRun('in')
    expect(error).toMatchObject({ code: 'run', path: 'f', state: 'running', attempts: 1 })
    expect(error?.message).toContain('big is down')
    expect(error?.message).toContain('small is down')
    expect(error?.cause).toBeInstanceOf(AggregateError)
    expect((error!.cause as AggregateError).errors).toMatchObject([
      { code: 'run', path: 'f.big', cause: { message: 'big is down' } },
      { code: 'run', path: 'f.small', cause: { message: 'small is down' } },
    ])
  })

  test('a child is done with its own attempts before the next one runs', async () => {
    const calls: string[] = []
    const flaky = fn({
      name: 'flaky',
      retry: { attempts: 3 },
      run: (_: string, { attempt }: RunContext): string => {
        calls.push(`flaky ${attempt}`)
        throw new Error('no')
      },
    })
    const last = fn({ name: 'last', run: (_: string) => (calls.push('last'), 'x') })
    expect(await fallback({ name: 'f', children: [flaky, last] }).run('in')).toBe('x')
    expect(calls).toEqual(['flaky 1', 'flaky 2', 'flaky 3', 'last'])
  })

  test('its own retry begins with the first child again, without the errors of the attempt before', async () => {
    const first = vi.fn((): string => {
      throw new Error('no')
    })
    const it = fallback({
      name: 'f',
      children: [fn({ name: 'first', run: first }), failing('last')],
      retry: { attempts: 2 },
    })
    const { error } = await it.safeRun('in')
    expect(first).toHaveBeenCalledTimes(2)
    expect(error).toMatchObject({ path: 'f', attempts: 2 })
    expect((error!.cause as AggregateError).errors).toHaveLength(2)
  })

  test('an abort is no failure of a child: the next one does not run', async () => {
    const controller = new AbortController()
    const spare = vi.fn(String)
    const aborting = fn({ name: 'aborting', run: (_: string) => (controller.abort(), new Promise<string>(() => {})) })
    const it = fallback({ name: 'f', children: [aborting, fn({ name: 'spare', run: spare })] })
    expect((await it.safeRun('in', { signal: controller.signal })).error).toMatchObject({ code: 'aborted' })
    expect(spare).not.toHaveBeenCalled()
  })

  describe('restored', () => {
    const held = new Held<string>()
    const failed = vi.fn((): string => {
      throw new Error('no')
    })
    const it = fallback({
      name: 'f',
      children: [fn({ name: 'first', run: failed }), fn({ name: 'second', run: (_: string) => held.run() })],
    })

    test('it goes on with the child that was running, and does not run the failed one again', async () => {
      const saved = await held.saved(it, 'in')
      failed.mockClear()
      const run = restored(it, saved)
      await held.resolve('done')
      expect(await toPromise(run)).toBe('done')
      expect(failed).not.toHaveBeenCalled()
    })

    test('without the errors of the children before, it is rejected', async () => {
      const saved = JSON.parse(await held.saved(it, 'in'), (key, value) => (key === 'errors' ? [] : value))
      const run = restored(it, JSON.stringify(saved))
      await expect(toPromise(run)).rejects.toMatchObject({ code: 'snapshot_mismatch', path: 'f' })
    })
  })

  test.each<[string, unknown, string]>([
    ['without children', [], 'fallback f has no children'],
    ['with what is not a function', [ok, 7], 'fallback f: step2 is not a function'],
    ['with two children of one name', [ok, ok], 'fallback f has two children named "ok"'],
  ])('%s is a TypeError where it is defined', (_, children, message) => {
    const define = () => fallback({ name: 'f', children: children as never })
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })
})

import { chain, fn, pass, type PipelineError, type RunContext } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Held, restored } from './saved.ts'

const add = <const N extends string>(name: N, text: string) => fn({ name, run: (input: string) => input + text })
const keysOf = (fn: { machine: object }) =>
  Object.keys(
    (fn.machine as { config: { states: Record<string, { states?: object }> } }).config.states.running?.states ?? {},
  )

describe('a chain', () => {
  test('runs its children one after the other, each on the output of the one before', async () => {
    const inputs: string[] = []
    const step = (name: string) =>
      fn({
        name,
        run: async (input: string) => {
          inputs.push(input)
          return `${input}${name}`
        },
      })
    expect(await chain({ name: 'c', children: [step('a'), step('b'), step('d')] }).run('>')).toBe('>abd')
    expect(inputs).toEqual(['>', '>a', '>ab'])
  })

  test('has one state for each child, in order', () => {
    const it = chain({ name: 'c', children: [add('b', '1'), add('a', '2'), add('b', '3').as('again')] })
    expect(keysOf(it)).toEqual(['b', 'a', 'again'])
  })

  test('names a plain function after itself, or by its position', () => {
    function first(n: number) {
      return n
    }
    expect(keysOf(chain({ name: 'c', children: [first, (n: number) => n, pass<number>()] }))).toEqual([
      'first',
      'step2',
      'pass',
    ])
  })

  test('a child may have the name of a lifecycle state, or of the chain', async () => {
    const names = ['running', 'failed', 'complete', 'validatingInput', 'starting'] as const
    const children = names.map((name) => fn({ name, run: (n: number) => n + 1 }))
    expect(await chain({ name: 'complete', children: children as never }).run(0 as never)).toBe(5)
  })

  test('ends with the first failure, at the path of that child; the children after it do not run', async () => {
    const after = vi.fn(String)
    const broken = fn({
      name: 'broken',
      run: (): string => {
        throw new RangeError('no luck')
      },
    })
    const it = chain({ name: 'c', children: [add('a', '1'), broken, fn({ name: 'after', run: after })] })
    const { error } = await it.safeRun('x')
    expect(error).toMatchObject({ code: 'run', path: 'c.broken', state: 'running', cause: { message: 'no luck' } })
    expect(after).not.toHaveBeenCalled()
  })

  test('what a child returns must fit the schema of the next', async () => {
    const next = fn({ name: 'next', input: z.string().max(2), run: (text) => text })
    const { error } = await chain({ name: 'c', children: [add('a', '12'), next] }).safeRun('x')
    expect(error).toMatchObject({ code: 'input_validation', path: 'c.next', state: 'validatingInput' })
  })

  test('its retry begins again with the first child, on the input of the chain', async () => {
    const inputs: string[] = []
    const first = fn({ name: 'first', run: (input: string) => (inputs.push(input), `${input}!`) })
    const second = fn({
      name: 'second',
      run: (input: string) => {
        if (inputs.length < 3) throw new Error('not yet')
        return input
      },
    })
    expect(await chain({ name: 'c', children: [first, second], retry: { attempts: 3 } }).run('in')).toBe('in!')
    expect(inputs).toEqual(['in', 'in', 'in'])
  })

  test('an abort ends the child that runs, and starts no other', async () => {
    const controller = new AbortController()
    const after = vi.fn(String)
    let signal: AbortSignal | undefined
    const slow = fn({
      name: 'slow',
      run: (_: string, ctx: RunContext) => {
        signal = ctx.signal
        return new Promise<string>((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)))
      },
    })
    const running = chain({ name: 'c', children: [slow, fn({ name: 'after', run: after })] }).safeRun('x', {
      signal: controller.signal,
    })
    await vi.waitFor(() => expect(signal).toBeDefined())
    controller.abort()
    expect((await running).error).toMatchObject({ code: 'aborted' })
    expect(signal?.aborted).toBe(true)
    expect(after).not.toHaveBeenCalled()
  })

  test('restored between two children, it does not run the first again', async () => {
    const first = vi.fn((input: string) => `${input}1`)
    const second = new Held<string>()
    const it = chain({
      name: 'c',
      children: [fn({ name: 'first', run: first }), fn({ name: 'second', run: (_: string) => second.run() })],
    })
    const run = restored(it, await second.saved(it, 'x'))
    await second.resolve('done')
    expect(await toPromise(run)).toBe('done')
    expect(first).toHaveBeenCalledOnce()
  })

  test.each<[string, unknown, string]>([
    ['without children', [], 'chain c has no children'],
    ['with what is not a function', [add('a', '1'), 7], 'chain c: step2 is not a function'],
    ['with two children of one name', [add('a', '1'), add('a', '2')], 'chain c has two children named "a"'],
    ['with children that are not a list', { a: add('a', '1') }, 'chain c: children is not an array'],
  ])('%s is a TypeError where it is defined', (_, children, message) => {
    const define = () => chain({ name: 'c', children: children as never })
    expect(define).toThrow(TypeError)
    expect(define).toThrow(message)
  })

  test('override replaces one child by its path, and leaves the chain as it was', async () => {
    const it = chain({ name: 'c', children: [add('a', '1'), add('b', '2')] })
    expect(await it.override('c.a', (input: string) => `${input}other`).run('x')).toBe('xother2')
    expect(await it.run('x')).toBe('x12')
    const broken = it.override('c.b', () => Promise.reject(new Error('no')))
    await expect(broken.run('x')).rejects.toMatchObject({ path: 'c.b' } satisfies Partial<PipelineError>)
  })
})

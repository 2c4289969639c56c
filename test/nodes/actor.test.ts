import { actor, chain, fn, parallel } from 'tinyllm'
import {
  type AnyActorRef,
  createMachine,
  fromCallback,
  fromObservable,
  fromPromise,
  fromTransition,
  setup,
  toPromise,
} from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { restored } from './saved.ts'

const double = fromPromise<number, number>(async ({ input }) => input * 2)

describe('an actor', () => {
  test('runs logic of XState on its input, and returns the output of that', async () => {
    expect(await actor({ name: 'a', logic: double }).run(4)).toBe(8)
    const machine = setup({ types: { input: {} as number, context: {} as { n: number } } }).createMachine({
      context: ({ input }) => ({ n: input }),
      initial: 'done',
      states: { done: { type: 'final' } },
      output: ({ context }) => ({ n: context.n + 1 }),
    })
    expect(await actor({ name: 'a', logic: machine }).run(4)).toEqual({ n: 5 })
  })

  test('runs a pipeline of ours as an actor', async () => {
    const inner = chain({ name: 'inner', children: [(n: number) => n + 1] })
    expect(await actor({ name: 'a', logic: inner.machine }).run(4)).toBe(5)
  })

  test('checks its input and its output', async () => {
    const make = (input: z.ZodType<number>, output: z.ZodType) => actor({ name: 'a', logic: double, input, output })
    expect(await make(z.number(), z.number().transform(String)).run(4)).toBe('8')
    await expect(make(z.number().max(3), z.number()).run(4)).rejects.toMatchObject({
      code: 'input_validation',
      path: 'a',
    })
    await expect(make(z.number(), z.string()).run(4)).rejects.toMatchObject({ code: 'output_validation', path: 'a' })
  })

  test('a failure of the logic is the cause of its error', async () => {
    const logic = fromPromise(async (): Promise<string> => {
      throw new RangeError('no luck')
    })
    await expect(actor({ name: 'a', logic }).run(undefined as never)).rejects.toMatchObject({
      code: 'run',
      path: 'a',
      state: 'running',
      cause: { name: 'RangeError', message: 'no luck' },
    })
  })

  test('leaving its state stops the logic', async () => {
    const stopped = vi.fn()
    const logic = fromCallback(() => stopped)
    const broken = fn({ name: 'broken', run: () => Promise.reject(new Error('no')) })
    const it = parallel({ name: 'p', children: { a: actor({ name: 'a', logic }), broken } })
    await expect(it.run(undefined as never)).rejects.toMatchObject({ path: 'p.broken' })
    expect(stopped).toHaveBeenCalledOnce()
  })

  test('a timeout stops the logic, and another attempt starts it again', async () => {
    const started = vi.fn()
    const stopped = vi.fn()
    const logic = fromCallback(() => {
      started()
      return stopped
    })
    const it = actor({ name: 'a', logic, timeout: 5, retry: { attempts: 2 } })
    await expect(it.run(undefined as never)).rejects.toMatchObject({ code: 'timeout', path: 'a', attempts: 2 })
    expect(started).toHaveBeenCalledTimes(2)
    expect(stopped).toHaveBeenCalledTimes(2)
  })

  test.each<[string, never]>([
    ['a transition function', fromTransition((state) => state, {}) as never],
    ['an observable', fromObservable(() => ({ subscribe: () => ({ unsubscribe() {} }) })) as never],
    ['a machine without a final state', createMachine({}) as never],
  ])('runs as long as its logic does: %s', async (_, logic) => {
    const running = actor({ name: 'a', logic }).start(undefined as never)
    await new Promise((resolve) => setImmediate(resolve))
    expect(running.getSnapshot().status).toBe('active')
    running.stop()
    expect(running.getSnapshot().status).toBe('stopped')
  })

  test('restored, a machine goes on where it was', async () => {
    const logic = createMachine({
      id: 'approval',
      initial: 'first',
      states: { first: { on: { NEXT: 'second' } }, second: { on: { NEXT: 'done' } }, done: { type: 'final' } },
      output: 'approved',
    })
    const it = actor({ name: 'a', logic })
    const next = (run: AnyActorRef) => {
      const [inner] = Object.values(run.getSnapshot().children as Record<string, AnyActorRef>)
      inner?.send({ type: 'NEXT' })
    }
    const run = it.start(undefined as never)
    next(run)
    const saved = JSON.stringify(run.getPersistedSnapshot())
    run.stop()
    const again = restored(it, saved)
    next(again)
    expect(await toPromise(again)).toBe('approved')
  })

  test.each([undefined, {}, 'x', () => {}])('without logic is a TypeError where it is defined: %o', (logic) => {
    const define = () => actor({ name: 'a', logic: logic as never })
    expect(define).toThrow(TypeError)
    expect(define).toThrow('actor a has no actor logic')
  })
})

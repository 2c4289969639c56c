import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { isGenerator, lastYielded } from '../../../src/nodes/agent/generator-output.ts'

async function* yielding(...values: unknown[]) {
  for (const value of values) yield value
  return 'returned'
}
function* atOnce(...values: unknown[]) {
  for (const value of values) yield value
  return 'returned'
}
const later = () => new Promise((resolve) => setTimeout(resolve, 1))
const quiet = () => {}

describe('a tool that is a generator', () => {
  test.each([
    ['asynchronous', yielding],
    ['synchronous', atOnce],
  ])('comes to the last value that it yields, and tells the earlier ones: %s', async (_, make) => {
    const told: unknown[] = []
    expect(await lastYielded(make(1, 2, undefined, 3), (value) => told.push(value))).toBe(3)
    expect(told).toEqual([1, 2, undefined])
    expect(await lastYielded(make(), (value) => told.push(value))).toBeUndefined()
    expect(await lastYielded(make('only'), (value) => told.push(value))).toBe('only')
    expect(told).toHaveLength(3)
  })

  test('tells a value as soon as the next one is there', async () => {
    const order: unknown[] = []
    async function* working() {
      for (const step of [1, 2, 3]) {
        await later()
        order.push(`made ${step}`)
        yield step
      }
      await later()
      order.push('end')
    }
    expect(await lastYielded(working(), (value) => order.push(`told ${String(value)}`))).toBe(3)
    expect(order).toEqual(['made 1', 'made 2', 'told 1', 'made 3', 'told 2', 'end'])
  })

  test('waits for promises that it yields', async () => {
    const told = vi.fn()
    expect(await lastYielded(atOnce(Promise.resolve(1), Promise.resolve(2)), told)).toBe(2)
    expect(told.mock.calls).toEqual([[1]])
    await expect(lastYielded(atOnce(Promise.reject(new Error('no'))), told)).rejects.toThrow('no')
  })

  test('fails with what it throws', async () => {
    const told = vi.fn()
    async function* failing() {
      yield 1
      throw new Error('no')
    }
    await expect(lastYielded(failing(), told)).rejects.toThrow('no')
    expect(told).not.toHaveBeenCalled()
  })

  test('is ended where what hears its progress throws', async () => {
    const ended = vi.fn()
    async function* working() {
      try {
        yield 1
        yield 2
        yield 3
      } finally {
        ended()
      }
    }
    const broken = () => {
      throw new Error('not heard')
    }
    await expect(lastYielded(working(), broken)).rejects.toThrow('not heard')
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce())
  })

  test('is ended when the run is aborted, at once', async () => {
    const ended = vi.fn()
    const controller = new AbortController()
    let release = quiet
    async function* working() {
      try {
        yield 1
        await new Promise<void>((resolve) => (release = resolve))
        yield 2
      } finally {
        ended()
      }
    }
    const told = vi.fn()
    const result = lastYielded(working(), told, controller.signal)
    await later()
    controller.abort(new Error('enough'))
    await expect(result).rejects.toThrow('enough')
    expect(ended).not.toHaveBeenCalled()
    release()
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce())
    expect(told).not.toHaveBeenCalled()
  })

  test('does not begin where the run is aborted already', async () => {
    const begun = vi.fn()
    async function* working() {
      begun()
      yield 1
    }
    await expect(lastYielded(working(), quiet, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    expect(begun).not.toHaveBeenCalled()
  })

  test('leaves no listener behind', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await lastYielded(yielding(1), quiet, signal)
    expect(added).toHaveBeenCalledOnce()
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1])
  })
})

describe('what is no generator comes back as it is', () => {
  const iterator = { next: () => ({ done: true }), return: quiet, [Symbol.asyncIterator]: () => iterator }
  test.each<[string, unknown]>([
    ['a list', [1]],
    ['a Map', new Map()],
    ['the iterator of a list', [1].values()],
    ['an iterator by hand', iterator],
    ['one that says that it is one', Object.assign({ [Symbol.toStringTag]: 'AsyncGenerator' }, iterator)],
    ['a generator function', yielding],
    ['the prototype of one', Object.getPrototypeOf(Object.getPrototypeOf(yielding()))],
    ['a stream', new ReadableStream()],
    ['a text', 'abc'],
    ['nothing', undefined],
    ['a revoked proxy', (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {}))],
  ])('%s', (_, value) => {
    expect(isGenerator(value)).toBe(false)
    expect(lastYielded(value, quiet)).toBe(value)
  })

  test('but a generator of another realm is one', async () => {
    const foreign = runInNewContext('(async function* () { yield 1; yield 2 })()') as unknown
    expect(await lastYielded(foreign, quiet)).toBe(2)
  })
})

import { Window } from 'happy-dom'
import { actor, chain, fn, map, ModelError, PipelineError, type RunContext } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { failure, isPipelineError } from '../../src/errors.ts'
import { isTransient } from '../../src/models/failure/model-error.ts'
import { annotateError } from '../../src/models/failure/annotate-error.ts'
import { withTimeouts } from '../../src/models/request-timeout.ts'
import { runInNewContext } from 'node:vm'

/** A signal as an old library makes it: no reason, no throwIfAborted, no EventTarget of ours. */
function plainSignal() {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    addEventListener: (_: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => void listeners.delete(listener),
  }
  const abort = () => {
    signal.aborted = true
    for (const listener of listeners) listener()
  }
  return { signal: signal as never as AbortSignal, abort, listeners }
}

const hang = fn({
  name: 'hang',
  run: (_: unknown, { signal }: RunContext) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
})

describe('a signal of another library', () => {
  test('ends a run, and many that share it, and keeps no listener', async () => {
    const { signal, abort, listeners } = plainSignal()
    await fn({ name: 'quick', run: () => 1 }).run(undefined, { signal })
    expect(listeners.size).toBe(0)
    const runs = Array.from({ length: 50 }, () => hang.safeRun(1, { signal }))
    expect(listeners.size).toBe(1)
    abort()
    for (const { error } of await Promise.all(runs)) expect(error).toMatchObject({ code: 'aborted', path: 'hang' })
    expect(listeners.size).toBe(0)
    expect((await hang.safeRun(1, { signal })).error).toMatchObject({ code: 'aborted' })
  })

  test('whose reason cannot be read, and one run that cannot be told, do not keep it from the others', async () => {
    const { signal, abort } = plainSignal()
    Object.defineProperty(signal, 'reason', {
      get: () => {
        throw new Error('not to be read')
      },
    })
    const runs = Array.from({ length: 3 }, () => hang.safeRun(1, { signal }))
    abort()
    for (const { error } of await Promise.all(runs)) expect(error).toMatchObject({ code: 'aborted', path: 'hang' })
  })

  test('one of a page, of another realm', async () => {
    const { AbortController: Controller } = new Window()
    const controller = new Controller()
    const run = hang.safeRun(1, { signal: controller.signal as never })
    controller.abort()
    expect((await run).error).toMatchObject({ code: 'aborted' })
  })

  test('ends a call of a model', async () => {
    const { signal, abort, listeners } = plainSignal()
    const call = withTimeouts({ signal }, {}, () => new Promise(() => {}))
    abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    expect(listeners.size).toBe(0)
    await expect(withTimeouts({ signal }, {}, async () => 1)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

/** Another copy of the package, as when an app and a library each have their own. */
async function another() {
  vi.resetModules()
  return import('tinyllm')
}

describe('another copy of this package', () => {
  test('makes errors that are ours', async () => {
    const copy = await another()
    expect(copy.PipelineError).not.toBe(PipelineError)
    const { error } = await copy.fn({ name: 'bad', run: () => Promise.reject(new Error('no')) }).safeRun(undefined)
    expect(error).toBeInstanceOf(PipelineError)
    expect(isPipelineError(error)).toBe(true)
    expect(new copy.ModelError('cut_off', 'cut')).toBeInstanceOf(ModelError)
    expect(
      isTransient(failure(new copy.ModelError('cut_off', 'cut'), { code: 'run', path: 'x', state: 'running' })),
    ).toBe(true)
    for (const other of [new Error('PipelineError'), { name: 'PipelineError', code: 'run' }, undefined, 'text']) {
      expect(other).not.toBeInstanceOf(PipelineError)
      expect(other).not.toBeInstanceOf(ModelError)
    }
    class Own extends PipelineError {}
    expect(error).not.toBeInstanceOf(Own)
    expect(new Own({ code: 'run', path: 'x', state: 'running', message: 'x' })).toBeInstanceOf(Own)
  })

  test('makes pipelines that stand in ours: their errors are causes, their usage is counted', async () => {
    const copy = await another()
    const inner = copy.fn({
      name: 'inner',
      run: (fails: boolean, { emit }) => {
        emit({ type: 'usage', inputTokens: 1, outputTokens: 2 })
        if (fails) throw new Error('no')
        return fails
      },
    })
    const outer = chain({ name: 'outer', children: [actor({ name: 'a', logic: inner.machine })] })
    expect((await outer.safeRun(false)).usage).toEqual({ inputTokens: 1, outputTokens: 2, cost: 0 })
    const { error } = await map({ name: 'm', each: outer }).safeRun([true])
    expect(error).toMatchObject({ path: 'm[0].a', usage: { inputTokens: 1 }, cause: { code: 'run', path: 'inner' } })
    const started = outer.start(false)
    await toPromise(started)
  })
})

test('errors of another realm are errors', () => {
  const foreign = runInNewContext(
    "Object.assign(new Error('slow down'), { headers: { 'retry-after-ms': '70' } })",
  ) as Error
  expect(foreign instanceof Error).toBe(false)
  const asked = { provider: 'test', model: 'm' }
  const place = { code: 'run', path: 'x', state: 'running' } as const
  expect(failure(annotateError(foreign, asked), place)).toMatchObject({ retryAfter: 70, cause: foreign })
  const broken = runInNewContext("new SyntaxError('no JSON')") as Error
  expect(isTransient(failure(annotateError(broken, asked), place))).toBe(true)
  const hidden = new Proxy(new Error('x'), {
    get: () => {
      throw new Error('not to be read')
    },
  })
  expect(annotateError(hidden, asked)).toBe(hidden)
  expect(isTransient(failure(hidden, place))).toBe(false)
})

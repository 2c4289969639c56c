import { runInNewContext } from 'node:vm'
import { configure, createLogger, fn, map } from 'tinyllm'
import { afterEach, describe, expect, test, vi } from 'vitest'

const any = (value: unknown) => value as never
const work = vi.fn((input: number) => input)
const it = fn({ name: 'it', run: (input: number) => work(input) })

afterEach(() => {
  work.mockClear()
  configure({ logger: undefined })
})

const wrong: [string, unknown, RegExp][] = [
  ['no time', { timeout: 0 }, /timeout is 0. Give milliseconds, more than 0/],
  ['a time that never ends', { timeout: Infinity }, /timeout is Infinity/],
  ['a time as a text', { timeout: '5000' }, /timeout is 5000. Give milliseconds.* as a number, not a string/],
  ['a time of years', { timeout: 1e12 }, /timeout is 1000000000000.*at most 1,000 days/],
  ['an id that is no text', { id: 5 }, /id is 5. Give a non-empty string/],
  ['an empty id', { id: '' }, /id is "". Give a non-empty string/],
  ['a signal that is none', { signal: {} }, /signal is an object. Give an AbortSignal/],
  ['a controller for its signal', { signal: new AbortController() }, /Give an AbortSignal/],
  ['an unknown engine', { engine: 'slow' }, /engine is "slow". Give 'fast' or 'stock'/],
  ['an observer that is none', { inspect: 7 }, /inspect is 7. Give a function/],
  ['an inspector for its observer', { inspect: { inspect() {} } }, /Give a function of inspection events/],
  ['a logger that is none', { logger: {} }, /logger is an object. Give a logger/],
  ['a misspelt one', { timout: 5 }, /The run of it has no option "timout". Did you mean timeout\?/],
  ['one that is not there', { storage: {} }, /has no option "storage"/],
  ['one that is far from all', { budgett: 1 }, /has no option "budgett".* The options are id, signal, timeout/],
  ['nothing for options', null, /takes an object of options, and was given null/],
  ['a number for options', 1, /was given 1/],
  ['a list for options', [], /was given an array/],
  ['a function for options', () => {}, /was given a function/],
]

describe.each(wrong)('%s', (_, options, message) => {
  test('is a mistake of the caller: start and stream throw it', () => {
    for (const act of [() => it.start(1, any(options)), () => it.stream(1, any(options))]) {
      expect(act).toThrow(TypeError)
      expect(act).toThrow(message)
    }
    expect(work).not.toHaveBeenCalled()
  })

  test('run and safeRun reject with it', async () => {
    for (const act of [() => it.run(1, any(options)), () => it.safeRun(1, any(options))]) {
      const error: unknown = await act().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toMatch(message)
    }
    expect(work).not.toHaveBeenCalled()
  })
})

describe('what is no mistake', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no options', {}],
    ['options that are undefined', { id: undefined, signal: undefined, timeout: undefined, logger: undefined }],
    ['an unknown one that is undefined', { store: undefined }],
    ['a signal of another realm', { signal: runInNewContext('s', { s: foreignSignal() }) }],
    ['an observer', { inspect: { next() {} } }],
    ['the console as a logger', { logger: createLogger({ level: 'silent' }) }],
    ['less than a millisecond', { timeout: 1000.5 }],
  ])('%s', async (_, options) => {
    expect(await it.run(1, any(options))).toBe(1)
    expect(await it.safeRun(1, any(options))).toMatchObject({ success: true, output: 1 })
  })

  test('the run of one function as the work of another, which hands on the signal', async () => {
    const outer = fn({ name: 'outer', run: it.run })
    expect(await outer.run(1)).toBe(1)
    expect(await map({ name: 'all', each: it.run }).run([1, 2])).toEqual([1, 2])
  })
})

function foreignSignal() {
  return { aborted: false, reason: undefined, addEventListener() {}, removeEventListener() {} }
}

describe('a signal whose time runs out', () => {
  const slow = fn({
    name: 'slow',
    run: (_: number, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))),
  })

  test.each<[string, () => AbortSignal]>([
    ['of AbortSignal.timeout', () => AbortSignal.timeout(5)],
    ['composed of others', () => AbortSignal.any([new AbortController().signal, AbortSignal.timeout(5)])],
    ['before the run begins', () => AbortSignal.abort(new DOMException('late', 'TimeoutError'))],
    [
      'of another realm',
      () => AbortSignal.abort(runInNewContext(`Object.assign(new Error('late'), { name: 'TimeoutError' })`)),
    ],
  ])('%s is a timeout', async (_, signal) => {
    await expect(slow.run(1, { signal: signal() })).rejects.toMatchObject({
      code: 'timeout',
      path: 'slow',
      message: expect.stringMatching(/slow took longer than its signal allows/),
      cause: { name: 'TimeoutError' },
    })
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'TimeoutError'],
    ['an error', new Error('enough')],
    ['an AbortError', new DOMException('enough', 'AbortError')],
  ])('one aborted with %s is aborted', async (_, reason) => {
    await expect(slow.run(1, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: 'aborted' })
  })
})

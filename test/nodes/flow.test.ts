import { flow, fn, PipelineError, type RunContext } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

const input = z.object({ q: z.string(), premium: z.boolean().default(false) })
const search = fn({ name: 'search', run: (q: string) => [`about ${q}`] })

const answer = (policy = {}) =>
  flow({
    name: 'answer',
    input,
    steps: (s) =>
      s
        .endWhen(
          ({ input }) => input.q === '',
          ({ input }) => ({ nothing: input.premium }),
        )
        .when(
          ({ input }) => input.premium,
          search,
          ({ input }) => input.q,
        )
        .step('write', ({ value, outputs }) => ({ value, found: outputs.search, has: 'search' in outputs })),
    ...policy,
  })

describe('when', () => {
  test('runs a step only if its predicate holds; skipped, the value stays and outputs does not have it', async () => {
    expect(await answer().run({ q: 'x', premium: true })).toEqual({ value: ['about x'], found: ['about x'], has: true })
    const skipped = { value: { q: 'x', premium: false }, found: undefined, has: false }
    expect(await answer().run({ q: 'x' })).toEqual(skipped)
  })

  test('a step of its own runs sometimes, too, and sees what is there', async () => {
    const it = flow({
      name: 'it',
      input: z.number(),
      steps: (s) =>
        s
          .step('double', ({ input }) => input * 2)
          .when(
            ({ input, value, outputs }) => value === input * 2 && outputs.double > 4,
            'big',
            ({ value }) => `big ${value}`,
          ),
    })
    expect(await it.run(3)).toBe('big 6')
    expect(await it.run(1)).toBe(2)
  })

  test('where every step is skipped the output is the input', async () => {
    const it = flow({
      name: 'it',
      input: z.string(),
      steps: (s) =>
        s
          .when(() => false, search)
          .when(
            () => false,
            'b',
            () => 1,
          ),
    })
    expect(await it.run('x')).toBe('x')
  })

  test('the path of the step is the same as without it', async () => {
    const paths: string[] = []
    const tell = fn({ name: 'tell', run: (_: unknown, { path }: RunContext) => paths.push(path) })
    await flow({ name: 'it', input: z.string(), steps: (s) => s.when(() => true, tell) }).run('x')
    expect(paths).toEqual(['it.tell'])
  })

  test('a predicate that throws, or answers later, fails the step', async () => {
    const make = (predicate: () => boolean) =>
      flow({ name: 'it', input: z.string(), steps: (s) => s.when(predicate, search) })
    const broken = () => {
      throw new RangeError('no luck')
    }
    const error = await make(broken).safeRun('x')
    expect(error.error).toBeInstanceOf(PipelineError)
    expect(error.error).toMatchObject({ code: 'run', path: 'it.search', state: 'validatingInput' })
    expect(error.error?.cause).toBeInstanceOf(RangeError)
    const late = await make((async () => true) as never).safeRun('x')
    expect(late.error?.message).toMatch(/predicate of search returned a promise, and must be synchronous/)
  })

  test('a retry of the flow asks again', async () => {
    let asked = 0
    const it = flow({
      name: 'it',
      input: z.string(),
      retry: { attempts: 2, backoff: { initial: 1 } },
      steps: (s) =>
        s.when(() => {
          if (asked++ === 0) throw new Error('once')
          return true
        }, search),
    })
    expect(await it.run('x')).toEqual(['about x'])
    expect(asked).toBe(2)
  })
})

describe('endWhen', () => {
  test('ends with what its result returns, or with the value there', async () => {
    expect(await answer().run({ q: '' })).toEqual({ nothing: false })
    const write = vi.fn(() => 'written')
    const it = flow({
      name: 'it',
      input: z.string(),
      steps: (s) =>
        s
          .step(search)
          .endWhen(({ value }) => value[0] === 'about x')
          .step('write', write),
    })
    expect(await it.run('x')).toEqual(['about x'])
    expect(write).not.toHaveBeenCalled()
    expect(await it.run('y')).toBe('written')
  })

  test('as the last it may make another output', async () => {
    const it = flow({
      name: 'it',
      input: z.string(),
      steps: (s) =>
        s
          .when(({ input }) => input === 'y', search)
          .endWhen(
            ({ value }) => value === '',
            () => null,
          ),
    })
    expect([await it.run('x'), await it.run(''), await it.run('y')]).toEqual(['x', null, ['about y']])
  })

  test('a predicate or result that throws, or answers later, fails the flow', async () => {
    const make = (predicate: () => boolean, result?: () => unknown) =>
      flow({ name: 'it', input: z.string(), steps: (s) => s.step(search).endWhen(predicate, result as () => string) })
    const broken = (): never => {
      throw new RangeError('no luck')
    }
    for (const it of [make(broken), make(() => true, broken)]) {
      const { error } = await it.safeRun('x')
      expect(error).toMatchObject({ code: 'run', path: 'it', state: 'running' })
      expect(error?.cause).toBeInstanceOf(RangeError)
    }
    const late = await make(
      () => true,
      async () => 1,
    ).safeRun('x')
    expect(late.error?.message).toMatch(/result of endWhen:search returned a promise/)
  })

  test('several after one step each have a state of their own', async () => {
    const it = flow({
      name: 'it',
      input: z.number(),
      steps: (s) =>
        s
          .step('endWhen:input', ({ input }) => input + 1)
          .endWhen(
            ({ value }) => value > 10,
            () => 'large',
          )
          .endWhen(
            ({ value }) => value > 5,
            () => 'middle',
          ),
    })
    expect([await it.run(20), await it.run(6), await it.run(1)]).toEqual(['large', 'middle', 2])
  })
})

describe('in a chart', () => {
  test('the states and guards say what is asked', () => {
    const { running } = (answer().machine.config as unknown as { states: Record<string, any> }).states
    expect(Object.keys(running.states)).toEqual(['endWhen:input', 'when:search', 'search', 'write'])
    expect(running.states['when:search'].always).toEqual([
      { guard: 'answer#failed', target: '#answer.failed', actions: 'answer#fail:when:search' },
      { guard: 'answer#isNeeded:search', target: 'search' },
      { target: 'write' },
    ])
    expect(running.states['endWhen:input'].always[1]).toEqual({
      guard: 'answer#isOver:endWhen:input',
      target: '#answer.complete',
    })
  })

  test.each(['fast', 'stock'] as const)(
    'a saved run goes on (%s), and nothing that was decided is asked again',
    async (engine) => {
      const predicate = vi.fn(() => false)
      let release = () => {}
      const slow = fn({
        name: 'slow',
        run: async (text: string) => (await new Promise<void>((go) => (release = go)), `${text}!`),
      })
      const it = flow({
        name: 'it',
        input: z.string(),
        steps: (s) =>
          s
            .when(predicate, search)
            .when(
              () => true,
              slow,
              ({ input }) => input,
            )
            .endWhen(
              ({ outputs }) => 'search' in outputs,
              () => 'wrong',
            )
            .step('end', ({ outputs }) => Object.keys(outputs)),
      })
      const first = it.start('x', { engine })
      const saved = JSON.parse(JSON.stringify(first.getPersistedSnapshot()))
      first.stop()
      const machine = engine === 'fast' ? it.machine : (it.machine as unknown as { stock: typeof it.machine }).stock
      const second = createActor(machine, { snapshot: saved } as never)
      const done = toPromise(second)
      second.start()
      await vi.waitFor(() => release())
      await new Promise((resolve) => setTimeout(resolve, 5))
      release()
      expect(await done).toEqual(['slow'])
      expect(predicate).toHaveBeenCalledTimes(1)
    },
  )
})

test('says what is wrong with a definition', () => {
  const make = (steps: (s: any) => any) => () => flow({ name: 'it', input: z.string(), steps })
  expect(make((s) => s.when(undefined, search))).toThrow(/it: the predicate of step 1 is not a function.*boolean/)
  expect(make((s) => s.step(search).endWhen(true))).toThrow(/predicate of endWhen before step 2 is not a function/)
  expect(make((s) => s.endWhen(() => true, 'x'))).toThrow(/result of endWhen before step 1 is not a function/)
  expect(make((s) => s.endWhen(() => true))).toThrow(/has no children/)
  expect(make((s) => s.when(() => true, search).step(search))).toThrow(/two children named "search"/)
})

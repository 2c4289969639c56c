import { chain, fallback, fn, loop, type PipelineError, type RunContext } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'

describe('loop', () => {
  const body = (n: number) => n + 1

  test('feeds the body with its own output until the predicate holds', async () => {
    const rounds: unknown[] = []
    const until = (round: { value: number; iteration: number }) => rounds.push(round) === 3
    expect(await loop({ name: 'l', body, until, maxIterations: 9 }).run(5)).toBe(8)
    expect(rounds).toEqual([
      { input: 5, value: 6, iteration: 1 },
      { input: 5, value: 7, iteration: 2 },
      { input: 5, value: 8, iteration: 3 },
    ])
  })

  test('fails with max_iterations when it does not end', async () => {
    const endless = loop({ name: 'l', body, until: () => false, maxIterations: 3 })
    await expect(endless.run(0)).rejects.toMatchObject({
      code: 'max_iterations',
      path: 'l',
      message: expect.stringMatching(/within 3 iterations/),
    })
  })

  test('a predicate that throws, or gives a promise, fails the loop', async () => {
    const throwing = () => {
      throw new Error('of until')
    }
    const make = (until: () => boolean) => loop({ name: 'l', body, until, maxIterations: 3 })
    await expect(make(throwing).run(0)).rejects.toMatchObject({
      code: 'run',
      path: 'l',
      cause: { message: 'of until' },
    })
    await expect(make((async () => true) as never).run(0)).rejects.toMatchObject({
      message: expect.stringMatching(/must be synchronous/),
    })
  })

  test('next makes the input of each round after the first, and result the output', async () => {
    const inputs: unknown[] = []
    const tell = (n: number) => (inputs.push(n), { text: `${n}`, n })
    const it = loop({
      name: 'l',
      body: tell,
      until: ({ value }) => value.n > 20,
      next: ({ input, value, iteration }) => input + value.n + iteration,
      result: ({ input, value, iteration }) => ({ input, text: value.text, rounds: iteration }),
      maxIterations: 5,
    })
    expect(await it.run(5)).toEqual({ input: 5, text: '26', rounds: 4 })
    expect(inputs).toEqual([5, 11, 18, 26])
  })

  test('a next that throws fails the body, a result that throws or answers later the loop', async () => {
    const broken = (): never => {
      throw new RangeError('no luck')
    }
    const wordy = (n: number) => `${n}`
    const asked = await loop({ name: 'l', body: wordy, until: () => false, next: broken, maxIterations: 3 }).safeRun(0)
    expect(asked.error).toMatchObject({ code: 'run', path: 'l.body', state: 'validatingInput' })
    const made = await loop({ name: 'l', body, until: () => true, result: broken, maxIterations: 3 }).safeRun(0)
    expect(made.error).toMatchObject({ code: 'run', path: 'l', cause: { message: 'no luck' } })
    const late = loop({ name: 'l', body, until: () => true, result: (async () => 1) as never, maxIterations: 3 })
    await expect(late.run(0)).rejects.toMatchObject({ message: expect.stringMatching(/result returned a promise/) })
  })

  test('a saved run goes on in its round, with the state that next made', async () => {
    const seen: string[] = []
    const slow = fn({
      name: 'slow',
      run: (n: number, ctx: RunContext) => {
        seen.push(`${n} ${ctx.idempotencyKey}`)
        return n > 0 && seen.length === 2 ? new Promise<string>(() => {}) : Promise.resolve(`${n + 1}`)
      },
    })
    const it = loop({
      name: 'l',
      body: slow,
      until: ({ iteration }) => iteration === 2,
      next: ({ input, value }) => input + Number(value),
      result: ({ input, value, iteration }) => [input, value, iteration],
      maxIterations: 3,
    })
    const first = it.start(1, { id: 'r' })
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve))
    const snapshot = JSON.parse(JSON.stringify(first.getPersistedSnapshot())) as never
    first.stop()
    const second = createActor(it.machine, { snapshot } as never)
    const done = toPromise(second)
    second.start()
    expect(await done).toEqual([1, '4', 2])
    expect(seen).toEqual(['1 r:l.body:1', '3 r:l.body:2', '3 r:l.body:2'])
  })

  test('each round, and each attempt around it, has an idempotency key of its own', async () => {
    const keys: string[] = []
    let failed = false
    const noisy = (n: number, ctx: RunContext) => {
      keys.push(ctx.idempotencyKey)
      if (n === 1 && !failed) {
        failed = true
        throw new Error('once')
      }
      return n + 1
    }
    await loop({
      name: 'l',
      body: noisy,
      until: ({ value }) => value === 2,
      maxIterations: 9,
      retry: { attempts: 2 },
    }).run(0, { id: 'r' })
    expect(keys).toEqual(['r:l.body:1.1', 'r:l.body:1.2', 'r:l.body:2.1', 'r:l.body:2.2'])
    keys.length = 0
    const inner = loop({ name: 'l', body: noisy, until: ({ value }) => value === 2, maxIterations: 9 })
    await chain({ name: 'c', children: [inner] }).run(0, { id: 'r' })
    expect(keys).toEqual(['r:c.l.body:1', 'r:c.l.body:2'])
  })

  test('says what is wrong with a definition', () => {
    expect(() => loop({ name: 'l', body, until: () => true, maxIterations: 0 })).toThrow(/maxIterations is 0/)
    expect(() => loop({ name: 'l', body, until: undefined as never, maxIterations: 1 })).toThrow(/l has no until/)
    const odd = { name: 'l', body, until: () => true, maxIterations: 1 }
    expect(() => loop({ ...odd, next: 1 as never })).toThrow(/l: next is not a function/)
    expect(() => loop({ ...odd, result: 1 as never })).toThrow(/l: result is not a function/)
  })
})

describe('fallback', () => {
  const fails = (name: string) =>
    fn({
      name,
      run: (_: string): string => {
        throw new Error(`${name} is down`)
      },
    })

  test('gives the first that works, with the same input', async () => {
    const pipeline = fallback({ name: 'f', children: [fails('a'), (text: string) => `${text}!`, fails('c')] })
    expect(await pipeline.run('hi')).toBe('hi!')
  })

  test('keeps every error when all fail', async () => {
    const error = await fallback({ name: 'f', children: [fails('a'), fails('b')] })
      .run('hi')
      .catch((caught: PipelineError) => caught)
    expect(error).toMatchObject({
      code: 'run',
      path: 'f',
      message: expect.stringMatching(/All 2 children of f failed.*a is down.*b is down/),
      cause: { errors: [{ path: 'f.a' }, { path: 'f.b' }] },
    })
  })
})

import { chain, fallback, fn, loop, type PipelineError, type RunContext } from 'tinyllm'
import { describe, expect, test } from 'vitest'

describe('loop', () => {
  const body = (n: number) => n + 1

  test('feeds the body with its own output until the predicate holds', async () => {
    const rounds: unknown[] = []
    const until = (round: { value: number; iteration: number }) => rounds.push(round) === 3
    expect(await loop({ name: 'l', body, until, maxIterations: 9 }).run(5)).toBe(8)
    expect(rounds).toEqual([
      { value: 6, iteration: 1 },
      { value: 7, iteration: 2 },
      { value: 8, iteration: 3 },
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
      message: expect.stringMatching(/must answer at once/),
    })
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
    expect(() => loop({ name: 'l', body, until: undefined as never, maxIterations: 1 })).toThrow(/has no end/)
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

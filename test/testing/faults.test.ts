import { chain, fn, llmCall, parallel, type RunContext } from 'tinyllm'
import { cut, delay, fail, hang, scriptedModel } from 'tinyllm/testing'
import { describe, expect, test, vi } from 'vitest'
import { creditAnalysis } from '../../machines/credit-analysis.ts'

const work = vi.fn((text: string, _: RunContext) => text.toUpperCase())
const shout = fn({ name: 'shout', run: work, timeout: 50, retry: { attempts: 3 } })
const talk = chain({ name: 'talk', children: [(text: string) => text.trim(), shout] })

describe('faults', () => {
  test('fail: on some attempts, with an error of your own', async () => {
    expect(await fail(talk, 'talk.shout', { attempts: [1, 2] }).run(' a ')).toBe('A')
    const result = await fail(talk, 'talk.shout', { error: new RangeError('503') }).safeRun('a')
    expect(result).toMatchObject({ error: { code: 'run', path: 'talk.shout', attempts: 3, cause: { message: '503' } } })
    expect(await talk.run('a')).toBe('A')
  })

  test('fail: a whole composite', async () => {
    const both = parallel({ name: 'both', children: { talk, shout }, mode: 'settled' })
    const { talk: first, shout: second } = await fail(both, 'both.talk').run('a')
    expect([first.success, second.success]).toEqual([false, true])
    expect(() => fail(both, 'both.talk', { attempts: 1 })).toThrow('name a leaf in it')
  })

  test('delay and hang: until the timeout', async () => {
    expect(await delay(talk, 'talk.shout', 5).run('a')).toBe('A')
    expect(await delay(talk, 'talk.shout', 1000, { attempts: 1 }).run('a')).toBe('A')
    expect(await hang(talk, 'talk.shout', { attempts: 1 }).run('a')).toBe('A')
    expect(await hang(talk, 'talk.shout').safeRun('a')).toMatchObject({ error: { code: 'timeout', attempts: 3 } })
  })

  test('cut: the work is done, its answer is lost, and it is done again under the same key', async () => {
    work.mockClear()
    expect(await cut(talk, 'talk.shout', { attempts: 1 }).run('a')).toBe('A')
    expect(work).toHaveBeenCalledTimes(2)
    expect(new Set(work.mock.calls.map(([, ctx]) => ctx.idempotencyKey)).size).toBe(1)
  })

  test('they add up, and an unknown path is an error that names the known ones', async () => {
    const flaky = hang(fail(talk, 'talk.shout', { attempts: 1 }), 'talk.shout', { attempts: 2 })
    expect(await flaky.run('a')).toBe('A')
    expect(() => fail(talk, 'talk.whisper')).toThrow('It has: talk, talk.step1, talk.shout')
  })
})

describe('scriptedModel', () => {
  test('answers one after the other, and fails where the script says so', async () => {
    const model = scriptedModel([Object.assign(new Error('503'), { status: 503 }), 'Good.'])
    const scripted = creditAnalysis.override('creditAnalysis.deciding.chat', model)
    const input = { loanApplication: 'I have never missed a payment' }
    expect(await scripted.run(input)).toEqual(input)
    expect(model.calls).toHaveLength(2)
    expect(model.calls[0]?.at(-1)).toEqual({ role: 'user', content: input.loanApplication })
    const result = await scripted.safeRun(input)
    expect(result).toMatchObject({ error: { message: expect.stringContaining('The script has 2 answers') } })
  })

  test('answers by a word, by a function, and tells its tokens', async () => {
    const model = scriptedModel({
      refund: 'billing desk',
      broken: (messages: readonly object[]) => `${messages.length}`,
    })
    const route = llmCall({ name: 'route', model })
    const tokens: string[] = []
    for await (const event of route.stream('A REFUND, please')) if (event.type === 'token') tokens.push(event.delta)
    expect(tokens).toEqual(['billing ', 'desk'])
    expect(await route.run('It is broken')).toBe('1')
    expect(await route.safeRun('Hello')).toMatchObject({
      error: { message: expect.stringContaining('none is in "Hello"') },
    })
  })
})

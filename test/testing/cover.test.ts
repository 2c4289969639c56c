import { chain, decision, fallback, fn, loop, parallel, receive } from 'tinyllm'
import { coverPaths, paths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { kinds } from '../contract/kinds.ts'

const policies = {
  'no policy': undefined,
  'retry and timeout': { retry: { attempts: 3, backoff: { initial: 10, jitter: true } }, timeout: 1000 },
}

describe.each(kinds)('$name', ({ make }) => {
  test.each(Object.entries(policies))('is covered with %s', async (_, policy) => {
    const report = await coverPaths(make(() => 'out', policy))
    // Of a case that never holds nobody can say more, nor of a stopWhen that never does.
    const known = /never|stopping → it.complete/
    expect(report.missing.filter((name) => !known.test(name))).toEqual([])
    expect(report.paths.filter(({ problem }) => problem)).toEqual([])
  })
})

const slow = (name: string, timeout?: number) =>
  fn({ name, run: async (text: string) => text, ...(timeout !== undefined && { timeout }) })

describe('time', () => {
  test('a timeout around others runs out although theirs are shorter', async () => {
    const both = chain({ name: 'both', children: [slow('first', 100), slow('second', 100)], timeout: 150 })
    const { missing } = await coverPaths(both)
    expect(missing).toEqual([])
  })

  test('a timeout that can never run out is reported, since nothing inside takes that long', async () => {
    const both = chain({ name: 'both', children: [slow('first', 100), slow('second', 100)], timeout: 1000 })
    const report = await coverPaths(both)
    expect(report.ok).toBe(false)
    expect(report.missing).toEqual(['both.running → both.failed on xstate.done.actor.both#timeout'])
    expect(() => report.verify()).toThrow('both: running → failed on timeout')
  })

  test('timeouts of regions each run out, whatever their order', async () => {
    const children = { a: slow('a', 300), b: slow('b', 200), c: slow('c', 100), d: slow('d', 300) }
    for (const mode of ['all', 'settled'] as const) {
      const report = await coverPaths(parallel({ name: 'regions', children, mode }))
      expect(report.missing, mode).toEqual([])
    }
  })

  test('a timeout that comes after one around it is reported', async () => {
    const children = { a: slow('a', 300), b: slow('b', 200) }
    const { missing, paths: runs } = await coverPaths(parallel({ name: 'regions', children, timeout: 250 }))
    expect(missing).toEqual([
      'regions.running.a.running → regions.running.a.failed on xstate.done.actor.regions.a#timeout',
    ])
    expect(runs.filter(({ problem }) => problem)).toEqual([])
  })
})

describe('size', () => {
  const wide = (count: number, mode: 'all' | 'settled') =>
    parallel({
      name: 'wide',
      mode,
      children: Object.fromEntries(Array.from({ length: count }, (_, index) => [`r${index}`, slow('region')])),
    })

  test.each(['all', 'settled'] as const)(
    'twelve regions (%s) are covered without looking at every order',
    async (mode) => {
      const report = await coverPaths(wide(12, mode))
      report.verify()
      expect(report.paths.length).toBeLessThan(50)
    },
  )

  test('a bound is said where it is met', () => {
    const endless = loop({
      name: 'endless',
      body: fn({ name: 'body', run: (text: string) => text }),
      until: () => false,
      maxIterations: 100_000,
    })
    const found = paths(endless, { maxStates: 200 })
    expect(found.bound).toMatch('more than 200 states')
    const simple = paths(wide(4, 'settled'), { mode: 'simple', maxPaths: 20 })
    expect(simple).toHaveLength(20)
    expect(simple.bound).toMatch('more than 20 paths')
  })
})

test('an event from outside that nobody takes is refused, and the run goes on', async () => {
  const both = parallel({
    name: 'both',
    children: {
      left: receive({ name: 'left', events: { GO: z.object({ by: z.string() }) }, timeout: 1000 }),
      right: receive({ name: 'right', events: { GO: z.object({}) } }),
    },
  })
  const report = await coverPaths(both)
  expect(report.ok, String(report)).toBe(true)
})

test('every child of a fallback is tried', () => {
  const answer = fallback({ name: 'answer', children: [slow('big'), slow('small')] })
  expect(paths(answer).map(({ description }) => description)).toContain(
    'big fails → small fails → failed at answer (run)',
  )
})

describe('decisions', () => {
  const step = (name: string) => fn({ name, run: (text: string) => text, retry: { attempts: 2 } })

  test('an answer that the schema lets through only if it is a choice cannot be another', async () => {
    const ask = fn({ name: 'ask', output: z.enum(['yes', 'no']), run: () => 'yes' as const })
    const report = await coverPaths(decision({ name: 'it', decide: ask, branches: { yes: step('a'), no: step('b') } }))
    expect(report.ok, String(report)).toBe(true)
    expect(report.paths.map(({ description }) => description)).toContain(
      "it.deciding: ask returns 'no' → no: b fails, then works → complete",
    )
  })

  test('the field that a decision reads is found in the schema', async () => {
    const output = z.object({ decision: z.enum(['yes', 'no']), why: z.string() })
    const ask = fn({ name: 'ask', output, run: () => ({ decision: 'yes' as const, why: '' }) })
    const report = await coverPaths(decision({ name: 'it', decide: ask, branches: { yes: step('a'), no: step('b') } }))
    expect(report.ok, String(report)).toBe(true)
  })

  test('an event decides', async () => {
    const events = { APPROVE: z.object({ by: z.string() }), REJECT: z.object({}) }
    const ask = receive({ name: 'ask', events, timeout: 1000 })
    const report = await coverPaths(
      decision({ name: 'it', decide: ask, branches: { approve: step('a'), reject: step('b') } }),
    )
    expect(report.ok, String(report)).toBe(true)
  })
})

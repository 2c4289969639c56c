import { chain, fn } from 'tinyllm'
import { coverPaths, paths } from 'tinyllm/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'

const circle: { self?: unknown } = {}
circle.self = circle

test.each<[string, unknown, unknown]>([
  ['a bigint', { n: 1n }, { n: 2n }],
  ['a Map', new Map([['n', 1]]), new Map([['n', 2]])],
  ['a circle', circle, [circle]],
])('what JSON cannot hold can be given on a path: %s', async (_, one, other) => {
  const given = fn({ name: 'given', output: z.any(), meta: { limit: 10n }, run: () => one })
  const it = chain({ name: 'it', children: [given, fn({ name: 'last', run: (value: unknown) => value })] })
  const samples = { 'it.given': [one, other], 'it.last': [one, other] }
  const report = await coverPaths(it, { samples })
  expect(report.ok, String(report)).toBe(true)
  const ways = paths(it, { samples }).map(({ description }) => description)
  expect(new Set(ways).size).toBe(ways.length)
})

import { readdirSync } from 'node:fs'
import type { AnyFn } from 'tinyllm'
import { check, coverPaths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { root } from '../tools/repository.ts'

const isFn = (value: unknown): value is AnyFn => typeof value === 'object' && value !== null && 'machine' in value

const pipelines: [name: string, fn: AnyFn][] = []
for (const folder of ['machines', 'examples']) {
  for (const file of readdirSync(`${root}${folder}`).filter((name) => name.endsWith('.ts'))) {
    const module = (await import(`../../${folder}/${file.slice(0, -3)}.ts`)) as Record<string, unknown>
    for (const [name, value] of Object.entries(module)) {
      if (isFn(value)) pipelines.push([`${folder}/${file} ${name}`, value])
    }
  }
}

test('there is a pipeline in most files', () => {
  expect(pipelines.length).toBeGreaterThan(20)
})

describe.each(pipelines)('%s', (_, fn) => {
  test('every state and transition is covered, and every path ends where the chart says', async () => {
    const report = await coverPaths(fn)
    expect(report.ok, String(report)).toBe(true)
    expect(() => report.verify()).not.toThrow()
  })

  test('check finds nothing that may go wrong', () => {
    expect(check(fn).filter(({ severity }) => severity !== 'info')).toEqual([])
  })
})

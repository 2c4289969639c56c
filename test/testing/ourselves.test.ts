import { readdirSync } from 'node:fs'
import type { AnyFn } from 'tinyllm'
import { check, coverPaths, type PathOptions } from 'tinyllm/testing'
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

/** What no schema tells: long histories, say. */
const given: Record<string, PathOptions> = {
  summarizedConversation: {
    inputs: [{ message: 'Hello', history: Array.from({ length: 20 }, () => ({ role: 'user', content: 'text' })) }],
  },
}
given.researcher = {
  inputs: ['text', 'text '.repeat(8_100)],
  samples: { 'researcher.beforeTurn.otherwise': [{}] },
}
/** What cannot happen, and why. */
const impossible: Record<string, readonly string[]> = {
  // What stands before its turns makes the conversation shorter, and never stops it.
  researcher: [
    'researcher.running.beforeTurn → researcher.complete on xstate.done.state.researcher.running.beforeTurn [researcher#mustStop]',
  ],
  // Its predicate also ends it in the last round.
  evaluatedDraft: ['evaluatedDraft.running.checking → evaluatedDraft.failed'],
}

describe.each(pipelines)('%s', (_, fn) => {
  test('every state and transition is covered, and every path ends where the chart says', async () => {
    const report = await coverPaths(fn, given[fn.name])
    expect(report.missing, String(report)).toEqual(impossible[fn.name] ?? [])
    expect(report.paths.filter(({ problem }) => problem)).toEqual([])
    expect(() => report.verify(impossible[fn.name] ? 90 : 100)).not.toThrow()
  })

  test('check finds nothing that may go wrong', () => {
    expect(check(fn).filter(({ severity }) => severity !== 'info')).toEqual([])
  })
})

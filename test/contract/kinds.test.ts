import { readdirSync } from 'node:fs'
import * as tinyllm from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { root } from '../tools/repository.ts'
import { kinds, worklessKinds } from './kinds.ts'

const factoryOf = ({ name }: { name: string }) => name.replace(/ \(.*\)$/, '')

/** The functions of `src/nodes/*.ts` that `src/index.ts` exports: a new one is a factory without being named anywhere. */
async function factories(): Promise<string[]> {
  const files = readdirSync(`${root}src/nodes`).filter((file) => file.endsWith('.ts'))
  const modules = await Promise.all(files.map((file) => import(`${root}src/nodes/${file}`) as Promise<object>))
  const fromNodes = new Set(modules.flatMap((module) => Object.values(module) as unknown[]))
  return Object.entries(tinyllm).flatMap(([name, value]) =>
    typeof value === 'function' && fromNodes.has(value) ? [name] : [],
  )
}

describe('the list of kinds', () => {
  test('has every factory that the index exports, and nothing else', async () => {
    const exported = await factories()
    expect(exported).toEqual(expect.arrayContaining(['agent', 'chain', 'fn', 'pass', 'receive', 'validator']))
    const listed = new Set([...kinds, ...worklessKinds].map(factoryOf))
    expect([...listed].toSorted()).toEqual(exported.toSorted())
  })

  test('has each entry once, and each makes a function named "it"', () => {
    const names = [...kinds, ...worklessKinds].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { make } of kinds) expect(make(() => 'out').name).toBe('it')
    for (const { make } of worklessKinds) expect(make().name).toBe('it')
  })
})

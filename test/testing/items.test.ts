import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { agent, chain, map, receive } from 'tinyllm'
import { coverPaths } from 'tinyllm/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const src = fileURLToPath(new URL('../../src', import.meta.url))
/** Inside the project, so that its packages and settings are found. */
const artifacts = fileURLToPath(new URL('../../artifacts', import.meta.url))
const ask = receive({ name: 'ask', events: { OK: z.object({ v: z.number() }) } })

describe('the paths of what waits below the root', () => {
  test.each([
    ['an item', map({ name: 'm', each: ask })],
    [
      'an item of an item',
      map({ name: 'outer', each: map({ name: 'inner', each: chain({ name: 'c', children: [ask] }) }) }),
    ],
    [
      'a tool',
      agent({
        name: 'desk',
        model: async () => ({ role: 'assistant', content: 'x' }),
        tools: [receive({ name: 'askUser', description: 'Asks.', input: z.object({}), events: { OK: z.object({}) } })],
      }),
    ],
  ])('are all driven through the root: %s', async (_, fn) => {
    const report = await coverPaths(fn)
    report.verify()
    expect(report.paths.some(({ description }) => description.includes('OK'))).toBe(true)
  })
})

const SEND =
  'ref.send(single ? { type: event.type, ...single, path: own } : { ...event, path: own, ...withParsed(payload) })'

/** Mistakes on the way of an event, each as a change of one file: what it says, and what it would say. */
const faults: Record<string, [file: string, is: string, becomes: string]> = {
  'the event does not get there': [
    'compile/external-events/delivery.ts',
    SEND,
    'void [ref, own, withParsed, payload, single]',
  ],
  'the event gets there twice': ['compile/external-events/delivery.ts', SEND, `[1, 2].forEach(() => ${SEND})`],
  'the wrong item takes it': [
    'border/external-events/machines.ts',
    '[[key, at(key)] as const]',
    `[[key, at('0')] as const]`,
  ],
  'every item takes it': [
    'compile/external-events/delivery.ts',
    SEND,
    'Object.values(ref._parent?.getSnapshot() as object).flatMap((work) => [...(Object(work).running?.values() ?? [])]).forEach((item) => item.send({ ...event, path: own, ...withParsed(payload) }))',
  ],
  'the wait is not known at the root': ['compile/machine.ts', 'around.below.add(type)', 'void around.below'],
}

type Copy = { coverPaths: typeof coverPaths; map: typeof map; receive: typeof receive; chain: typeof chain }

async function plant([file, is, becomes]: [string, string, string]): Promise<Copy> {
  mkdirSync(artifacts, { recursive: true })
  const folder = mkdtempSync(join(artifacts, 'planted-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(src, folder, { recursive: true, filter: (from) => !/inspector.page|tsconfig/.test(from) })
  // A copy of its own: nothing that all copies of a version share.
  const copies = join(folder, 'border/global-state.ts')
  writeFileSync(copies, readFileSync(copies, 'utf8').replace(/VERSION = '.*'/, `VERSION = '${folder}'`))
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text.split(is).length, `${file} has that text once`).toBe(2)
  writeFileSync(
    join(folder, file),
    text.replace(is, () => becomes),
  )
  const [core, testing] = await Promise.all([
    import(join(folder, 'index.ts')),
    import(join(folder, 'testing/index.ts')),
  ])
  return { ...(core as Copy), coverPaths: (testing as Copy).coverPaths }
}

describe('coverPaths sees', { timeout: 60_000 }, () => {
  const problemsOf = async (copy: Copy): Promise<(string | undefined)[]> => {
    const wait = copy.receive({ name: 'ask', events: { OK: z.object({ v: z.number() }) } })
    // What comes twice is taken by the next one.
    const each = copy.chain({ name: 'c', children: [wait, wait.as('again')] })
    const { paths } = await copy.coverPaths(copy.map({ name: 'm', each }))
    return paths.flatMap(({ problem }) => problem ?? [])
  }

  test.each(Object.entries(faults))('that %s', async (_, fault) => {
    expect(await problemsOf(await plant(fault))).not.toEqual([])
  })

  test('nothing in a copy without a fault', async () => {
    expect(await problemsOf(await plant(['compile/external-events/delivery.ts', SEND, SEND]))).toEqual([])
  })
})

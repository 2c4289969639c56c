import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as tinyllm from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { read, root } from './tools/repository.ts'

// A process may hold the package twice: what `import` loads, and what `require` loads. They are one package all the same.

type Tinyllm = typeof tinyllm
let imported: Tinyllm
let required: Tinyllm
beforeAll(async () => {
  if (!existsSync(`${root}dist/cjs/index.js`)) execFileSync(process.execPath, ['test/tools/build.js'], { cwd: root })
  imported = (await import(`${root}dist/index.js`)) as Tinyllm
  required = createRequire(import.meta.url)(`${root}dist/cjs/index.js`) as Tinyllm
})
afterEach(() => required.configure({ logger: undefined }))

test('they are two', () => {
  expect(Object.keys(required).toSorted()).toEqual(Object.keys(imported).toSorted())
  expect(required.fn).not.toBe(imported.fn)
})

test('what they share is that of this version', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  expect(read('src/border/global-state.ts')).toContain(`const VERSION = '${version}'`)
})

const directions: [name: string, copies: () => [inner: Tinyllm, outer: Tinyllm]][] = [
  ['of require in one of import', () => [required, imported]],
  ['of import in one of require', () => [imported, required]],
]

test.each(directions)('a pipeline %s runs, waits, is saved and goes on', async (_, copies) => {
  const [inner, outer] = copies()
  let calls = 0
  const add = inner.fn({
    name: 'add',
    input: z.object({ n: z.number() }),
    retry: { attempts: 2, backoff: { initial: 1 } },
    timeout: 1000,
    limit: inner.limit({ concurrency: 1 }),
    run: async ({ n }) => {
      if (calls++ === 0) throw new Error('busy')
      return n + 1
    },
  })
  const double = inner.map({ name: 'double', each: inner.fn({ name: 'each', run: (n: number) => n * 2 }) })
  const review = inner.receive({ name: 'review', events: { APPROVE: z.object({ by: z.string() }) } })
  const model = async () => ({ role: 'assistant', content: 'done' }) as const
  const answer = inner.agent({ name: 'answer', model, tools: [] })
  const all = outer.chain({
    name: 'all',
    limit: outer.limit({ concurrency: 1 }),
    children: [
      add,
      outer.parallel({
        name: 'both',
        children: { one: inner.pass(), two: inner.chain({ name: 'two', children: [(n: number) => [n], double] }) },
      }),
      (both: unknown) => JSON.stringify(both),
      outer.parallel({ name: 'asked', children: { answer, review } }),
    ],
  })
  const before = all.start({ n: 1 }, { id: 'run-1' })
  await expect.poll(() => before.getSnapshot().hasTag('waiting')).toBe(true)
  await expect.poll(() => JSON.stringify(before.getSnapshot().context)).toContain('done')
  const saved = JSON.stringify(before.getPersistedSnapshot())
  before.stop()
  const after = createActor(all.machine, { snapshot: JSON.parse(saved), input: { n: 1 } }).start()
  after.send({ type: 'APPROVE', by: 'Ada' })
  expect(await toPromise(after)).toEqual({ answer: 'done', review: { type: 'APPROVE', by: 'Ada' } })
  expect(calls).toBe(2)
  const replaced = all.override(add, () => 5)
  expect(replaced.machine.version).toBe(all.machine.version)
})

test.each(directions)('an error %s keeps its path, its cause and its class', async (_, copies) => {
  const [inner, outer] = copies()
  const cause = new TypeError('no')
  const fails = inner.fn({
    name: 'fails',
    run: () => {
      throw cause
    },
  })
  const { error } = await outer.chain({ name: 'outer', children: [fails] }).safeRun(undefined as never)
  expect(error).toMatchObject({ path: 'outer.fails', code: 'run' })
  expect(error).toBeInstanceOf(inner.PipelineError)
  expect(error).toBeInstanceOf(outer.PipelineError)
  expect(error?.cause).toBe(cause)
  expect(new inner.ModelError('length', 'x')).toBeInstanceOf(outer.ModelError)
})

test('a snapshot that was damaged inside a pipeline of the other copy is refused in the same words', async () => {
  const refusedWith = async (inner: Tinyllm, outer: Tinyllm) => {
    const endless = inner.fn({ name: 'endless', run: (_: string) => new Promise<string>(() => {}) })
    const all = outer.chain({ name: 'all', children: [endless] })
    const run = all.start('a', { id: 'run-1' })
    await expect.poll(() => Object.keys(run.getSnapshot().children)).toEqual(['all.endless'])
    const saved = JSON.parse(JSON.stringify(run.getPersistedSnapshot()))
    run.stop()
    saved.children['all.endless'].snapshot.input.idempotencyKey = 'another'
    const again = createActor(all.machine, { snapshot: saved, input: 'a' })
    const end = toPromise(again)
    again.start()
    const error = await end.then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    return error?.message
  }
  const told = await refusedWith(imported, imported)
  expect(told).toContain('which belongs to another call')
  expect(await refusedWith(required, imported)).toBe(told)
  expect(await refusedWith(imported, required)).toBe(told)
})

test('a limit by key, and the settings of the process, are those of both', async () => {
  const options = { key: 'of both', concurrency: 1 }
  expect(required.limit(options)).toBe(imported.limit(options))
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  required.configure({ logger: { debug: log, info: log, warn: log, error: log } })
  await imported.fn({ name: 'told', run: () => 1 }).run(undefined as never)
  expect(lines.join('\n')).toContain('told')
})

test.each(directions)('a leaf %s gets what its run and its machine were provided with', async (_, copies) => {
  const [inner, outer] = copies()
  const [one, other] = [inner.key<string>('one'), outer.key<string>('other')]
  const both = inner.fn({ name: 'both', run: (_: unknown, ctx) => `${ctx.get(one)} ${ctx.get(other)}` })
  const all = outer.chain({ name: 'all', children: [both] })
  for (const engine of ['fast', 'stock'] as const)
    expect(await all.run(1, { engine, provide: [one.with('a'), other.with('b')] })).toBe('a b')
  const inside = outer.actor({ name: 'inside', logic: outer.provided(both.machine, [one.with('c')]) })
  expect(await inside.run(1, { provide: [one.with('a'), other.with('b')] })).toBe('c b')
  const { error } = await all.safeRun(1, { provide: [one.with('a')] })
  expect(error).toMatchObject({
    code: 'run',
    path: 'all.both',
    message: expect.stringContaining('the key other has no'),
  })
  expect(error?.message.match(/failed while/g)).toHaveLength(1)
})

test('a limit of one copy counts what leaves of the other still do', async () => {
  let active = 0
  let most = 0
  const slow = required.fn({
    name: 'slow',
    run: async (_: number) => {
      most = Math.max(most, ++active)
      await new Promise((resolve) => setTimeout(resolve, 5))
      active--
    },
  })
  // A timeout leaves the state, while the work goes on.
  const hurried = imported.chain({
    name: 'hurried',
    timeout: 1,
    limit: imported.limit({ concurrency: 1 }),
    children: [slow],
  })
  await Promise.all([1, 2, 3].map((n) => hurried.safeRun(n)))
  expect(most).toBe(1)
})

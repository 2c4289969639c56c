import { createContext, runInContext } from 'node:vm'
import { chain, fn, map, parallel, PipelineError, receive } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { expect, test } from 'vitest'

/** Objects whose constructors are not ours, as in Jest, in a vm and in a second window. */
const realm = createContext({})
const foreign = <T>(code: string): T => runInContext(`(${code})`, realm) as T
type Plain = { list: { n: number }[] }

const plain = () => foreign<Plain>('{ list: [{ n: 1 }, { n: 2 }] }')
const total = fn({ name: 'total', run: ({ list }: Plain) => list.reduce((sum, { n }) => sum + n, 0) })

test('plain data of another realm goes in, through schemas, out, and into snapshots as any other', async () => {
  const schema = foreign<never>(
    `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: { list: [...value.list, { n: 3 }] } }) } }`,
  )
  const more = fn({ name: 'more', input: schema, output: schema, run: (input: Plain) => input })
  const pipeline = chain({ name: 'pipeline', children: [more as never, total] })
  expect(await pipeline.run(plain() as never)).toBe(9)
  expect(await pipeline.run(plain() as never, { engine: 'stock' })).toBe(9)
  const run = pipeline.start(plain() as never)
  expect(run.getSnapshot().context.slots[0]?.[0]?.input).toEqual({ list: [{ n: 1 }, { n: 2 }] })
  expect(JSON.parse(JSON.stringify(run.getSnapshot())).context.slots[0][0].input).toEqual(plain())
  expect(await toPromise(run)).toBe(9)
})

test('issues of another realm refuse as any others', async () => {
  const schema = foreign<never>(
    `{ '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no', path: ['a', { key: 'b' }] }] }) } }`,
  )
  const refused = await fn({ name: 'strict', input: schema, run: (n: number) => n }).safeRun(1 as never)
  expect(refused.success || refused.error).toMatchObject({
    code: 'input_validation',
    issues: [{ message: 'no', path: ['a', 'b'] }],
  })
})

test('functions, errors and promises of another realm run as any others', async () => {
  const late = fn({ name: 'late', run: foreign<(n: number) => Promise<number>>('async (n) => n + 1') })
  const broken = fn({ name: 'broken', run: foreign<() => never>(`() => { throw new TypeError('theirs') }`) })
  expect(await late.run(1)).toBe(2)
  const failed = await broken.safeRun(undefined)
  const error = failed.success || failed.error
  expect(error).toBeInstanceOf(PipelineError)
  expect(error).toMatchObject({ code: 'run', path: 'broken', cause: { name: 'TypeError', message: 'theirs' } })
})

test('lists, sets and generators of another realm are the items of a map', async () => {
  const each = map({ name: 'each', each: fn({ name: 'double', run: (n: number) => n * 2 }) })
  for (const code of ['[1, 2]', 'new Set([1, 2])', '(function* () { yield 1; yield 2 })()']) {
    expect(await each.run(foreign(code))).toEqual([2, 4])
  }
})

test('an event of another realm is taken', async () => {
  const anything = { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) }
  const wait = (name: string) => receive({ name, events: { GO: { '~standard': anything } } })
  const both = parallel({ name: 'both', children: { a: wait('a'), b: wait('b') } })
  const run = createActor(both.machine, { input: undefined }).start()
  const event = foreign<never>(`{ type: 'GO', path: 'both.a', data: { n: 1 } }`)
  expect(run.getSnapshot().can(event)).toBe(true)
  run.send(event)
  expect(run.getSnapshot().context.slots[0]?.[1]?.value).toEqual({ type: 'GO', data: { n: 1 } })
  run.stop()
})

test('a snapshot that a vm copied goes on', async () => {
  const pipeline = chain({ name: 'pipeline', children: [total, (n: number) => n * 10] })
  const input = { list: [{ n: 1 }, { n: 2 }] }
  const run = createActor(pipeline.machine, { input }).start()
  const saved = JSON.stringify(run.getPersistedSnapshot())
  run.stop()
  const snapshot = foreign<never>(saved)
  expect(await toPromise(createActor(pipeline.machine, { input, snapshot }).start())).toBe(30)
})

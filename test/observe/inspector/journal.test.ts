import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { chain, fn, map, parallel, receive } from 'tinyllm'
import { fold, newRun, parseJournal, type Redact, startInspector } from 'tinyllm/inspector'
import { describe, expect, test, vi } from 'vitest'
import { assign, createActor, setup } from 'xstate'
import { z } from 'zod'
import { createRedactor, isSecretKey } from '../../../src/observe/inspector/journal/redact.ts'
import { ValueDecoder, ValueEncoder } from '../../../src/observe/inspector/journal/value-encoding.ts'
import { root } from '../../tools/repository.ts'
import { until, view } from './connect.ts'

const temporary = () => join(mkdtempSync(join(tmpdir(), 'tinyllm-journal-')), 'run.jsonl')
const folded = (text: string) => {
  const run = newRun()
  for (const line of parseJournal(text)) fold(run, line)
  return run
}

async function recorded(
  use: (inspect: Awaited<ReturnType<typeof startInspector>>['inspect']) => unknown,
  redact?: Redact,
) {
  const record = temporary()
  const inspector = await startInspector({ port: 0, record, ...(redact && { redact }) })
  await use(inspector.inspect)
  await inspector.close()
  return readFileSync(record, 'utf8')
}

describe('values', () => {
  test('come back as they were, whatever was written before', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 12 }), (values) => {
        const [encoder, decoder] = [new ValueEncoder(createRedactor()), new ValueDecoder()]
        const seen: unknown[] = []
        for (const value of values) {
          // Part of what was there before, as contexts are.
          const next =
            typeof value === 'object' && value !== null && !Array.isArray(value)
              ? { ...(seen.at(-1) as object), ...value }
              : value
          const back = decoder.decode(JSON.parse(JSON.stringify(encoder.encode(next, seen.at(-1)))) as never)
          expect(back).toEqual(JSON.parse(JSON.stringify(createRedactor()('', next))))
          seen.push(next)
        }
      }),
    )
  })

  test('survive what JSON cannot hold', () => {
    const circular: Record<string, unknown> = {
      at: new Date(0),
      big: 1n,
      map: new Map([['a', 1]]),
      call: () => 1,
      none: undefined,
    }
    circular.self = circular
    const bad = Object.defineProperty({}, 'trap', {
      get: () => {
        throw new Error('no')
      },
      enumerable: true,
    })
    expect(createRedactor()('', { circular, bad, error: new TypeError('oh') })).toEqual({
      circular: { at: '1970-01-01T00:00:00.000Z', big: '1n', map: { a: 1 }, call: '[function]', self: '[circular]' },
      bad: '[unreadable]',
      error: { name: 'TypeError', message: 'oh' },
    })
  })
})

describe('secrets', () => {
  test('are known by the name of their key', () => {
    for (const key of ['apiKey', 'API_KEY', 'authorization', 'x-access-token', 'dbPassword', 'clientSecret', 'token'])
      expect(isSecretKey(key)).toBe(true)
    for (const key of ['maxTokens', 'inputTokens', 'idempotencyKey', 'author', 'key', 'tokenizer'])
      expect(isSecretKey(key)).toBe(false)
  })

  test('never reach the journal, wherever they are', async () => {
    const call = fn({
      name: 'call',
      run: ({ apiKey }: { apiKey: string; nested: object }, { emit }) => {
        emit({ type: 'note', password: 'hunter2-by-key' })
        return { list: [{ authorization: `Bearer ${apiKey}` }], text: `used sk-live0123456789abcdef to call` }
      },
    })
    const fails = fn({
      name: 'fails',
      run: () => {
        throw new Error('refused sk-live0123456789abcdef')
      },
    })
    const text = await recorded(async (inspect) => {
      await call.run({ apiKey: 'by-key-1', nested: { deep: [{ token: 'by-key-2' }] } }, { inspect })
      await fails.safeRun(undefined, { inspect })
    })
    for (const secret of ['by-key-1', 'by-key-2', 'hunter2', 'sk-live']) expect(text).not.toContain(secret)
    expect(text).toContain('[redacted]')
  })

  test('can be told by a hook, also in what only changed in part; a hook that throws hides', async () => {
    const redact: Redact = (key, value) => {
      if (key === 'boom') throw new Error('oops')
      return key === 'iban' ? '***' : value
    }
    const step = (name: string) =>
      fn({
        name,
        run: (value: { iban: string; n: number; boom: string }) => ({
          ...value,
          iban: `${value.iban}9`,
          n: value.n + 1,
        }),
      })
    const text = await recorded(
      (inspect) =>
        chain({ name: 'pay', children: [step('a'), step('b')] }).run(
          { iban: 'DE0001', n: 0, boom: 'bang' },
          { inspect },
        ),
      redact,
    )
    expect(text).not.toContain('DE0001')
    expect(text).not.toContain('bang')
    expect(folded(text).actors.get(0)?.output).toEqual({ iban: '***', n: 2, boom: '[redacted]' })
  })
})

describe('a journal', () => {
  test('tells the whole run: states, attempts, values, tokens, usage, errors', async () => {
    let calls = 0
    const chat = fn({
      name: 'chat',
      retry: { attempts: 2 },
      run: (value: { n: number }, { emit }) => {
        if (++calls === 1) throw new Error('busy')
        for (const delta of ['Hel', 'lo']) emit({ type: 'token', delta })
        emit({ type: 'usage', inputTokens: 10, outputTokens: 2, cost: 0.5 })
        return { ...value, text: 'Hello' }
      },
    })
    const text = await recorded((inspect) =>
      chain({ name: 'c', children: [chat, parallel({ name: 'p', children: { a: () => 1, b: () => 2 } })] }).run(
        { n: 1 },
        { inspect, id: 'run-7' },
      ),
    )
    const run = folded(text)
    expect(run).toMatchObject({ name: 'c', id: 'run-7', inputTokens: 10, outputTokens: 2, cost: 0.5 })
    const actor = run.actors.get(0)
    expect(actor).toMatchObject({ status: 'done', output: { a: 1, b: 2 } })
    const node = actor?.nodes.get(actor.chart?.byPath.get('c.chat') ?? -1)
    expect(node).toMatchObject({
      state: 'complete',
      attempt: 2,
      text: 'Hello',
      input: { n: 1 },
      output: { n: 1, text: 'Hello' },
    })
    expect(node?.spans.map(({ state }) => state)).toEqual([
      'validatingInput',
      'running',
      'waitingToRetry',
      'running',
      'validatingOutput',
    ])
  })

  test('can be read up to any line, and half a line at its end is no harm', async () => {
    const text = await recorded((inspect) =>
      chain({ name: 'c', children: [(n: number) => n + 1, (n: number) => n * 2] }).run(1, { inspect }),
    )
    const lines = parseJournal(text)
    for (let upTo = 0; upTo <= lines.length; upTo++)
      for (const run = newRun(); run.lines < upTo;) fold(run, lines[run.lines]!)
    expect(parseJournal(text.slice(0, -20)).length).toBe(lines.length - 1)
    expect(() => parseJournal('{"type":"run","run":"r1"}\nnonsense\n{}')).toThrow('Line 2')
  })

  test('holds runs of machines that are not ours, and ours inside them', async () => {
    const add = fn({ name: 'add', run: (n: number) => n + 1 })
    const app = setup({ actors: { add: add.machine } }).createMachine({
      id: 'app',
      context: { n: 1 },
      initial: 'adding',
      states: {
        adding: {
          invoke: {
            src: 'add',
            input: 1,
            onDone: { target: 'done', actions: assign({ n: ({ event }) => event.output }) },
          },
        },
        done: { type: 'final' },
      },
    })
    const text = await recorded(
      (inspect) => new Promise<void>((complete) => createActor(app, { inspect }).start().subscribe({ complete })),
    )
    const run = folded(text)
    expect(run.actors.get(0)).toMatchObject({ status: 'done', context: { n: 2 } })
    expect(run.actors.get(1)).toMatchObject({ parent: 0, src: 'add', status: 'done', output: 2 })
    expect(run.actors.get(0)?.chart?.states[1]).toMatchObject({ key: 'adding', invoke: ['add'] })
  })

  test('of 100 steps with a context of 100 KB stays under half a megabyte', async () => {
    const context = {
      text: 'x'.repeat(60_000),
      rows: Array.from({ length: 1000 }, (_, n) => ({ id: n, name: `row ${n}`, tags: ['a', 'b'] })),
      step: 0,
    }
    expect(JSON.stringify(context).length).toBeGreaterThan(100_000)
    const step = (name: string) => fn({ name, run: (value: typeof context) => ({ ...value, step: value.step + 1 }) })
    const [first, ...rest] = Array.from({ length: 100 }, (_, n) => step(`s${n}`))
    const long = chain({ name: 'long', children: [first!, ...(rest as never[])] })
    const inspector = await startInspector({ port: 0 })
    const viewer = await view(inspector)
    await long.run(context, { inspect: inspector.inspect })
    await until(() => viewer.seen.lines.at(-1)?.type === 'end')
    const run = newRun()
    for (const line of viewer.seen.lines) fold(run, line)
    expect(run.actors.get(0)?.output).toEqual({ ...context, step: 100 })
    expect(viewer.seen.bytes).toBeLessThan(500_000)
    viewer.close()
    await inspector.close()
  })
})

describe('an event that nobody takes', () => {
  const ask = receive({ name: 'ask', events: { OK: z.object({ n: z.number() }) } })

  test('is in the journal with its code and reason, also where no page sent it', async () => {
    const text = await recorded((inspect) => {
      const actor = chain({ name: 'c', children: [ask] }).start(undefined, { inspect })
      actor.send({ type: 'OK', n: 'one' } as never)
      actor.send({ type: 'OK', n: 1, path: 'c.nowhere' })
      actor.stop()
    })
    expect(folded(text).refusals).toMatchObject([
      { type: 'OK', code: 'invalid', path: 'c.ask', reason: expect.stringContaining('n') },
      { type: 'OK', code: 'unknown_path', path: 'c.nowhere' },
    ])
  })

  test('is answered to the page that sent it, as one that is taken is', async () => {
    const inspector = await startInspector({ port: 0 })
    const viewer = await view(inspector)
    const actor = ask.start(undefined, { inspect: inspector.inspect })
    await until(() => viewer.seen.runs.length === 1)
    const { run } = viewer.seen.runs[0]!
    for (const [id, n] of ['one', 2].entries())
      viewer.ask({ type: 'send', run, actor: 0, event: { type: 'OK', n }, id })
    await until(() => viewer.seen.replies.length === 2)
    expect(viewer.seen.replies).toEqual([
      { refused: 0, why: expect.stringContaining('n'), code: 'invalid' },
      { sent: 1 },
    ])
    expect(actor.getSnapshot().output).toEqual({ type: 'OK', n: 2 })
    viewer.close()
    await inspector.close()
  })
})

describe('the server', () => {
  test('gives a late viewer the whole run, and several viewers the same', async () => {
    const inspector = await startInspector({ port: 0 })
    const first = await view(inspector)
    const count = fn({ name: 'count', run: (n: number) => n + 1 })
    await Promise.all([count.run(1, { inspect: inspector.inspect }), count.run(2, { inspect: inspector.inspect })])
    const late = await view(inspector)
    await until(
      () =>
        late.seen.lines.filter(({ type }) => type === 'end').length === 2 &&
        first.seen.lines.length === late.seen.lines.length,
    )
    const ofRun = (lines: typeof late.seen.lines, run: string) => lines.filter((line) => line.run === run)
    for (const run of ['r1', 'r2']) expect(ofRun(late.seen.lines, run)).toEqual(ofRun(first.seen.lines, run))
    first.close()
    late.close()
    await inspector.close()
  })

  test('keeps no process alive, and what is recorded is written to the end', () => {
    const file = temporary()
    const script = file.replace('run.jsonl', 'script.ts')
    writeFileSync(
      script,
      `
      import { fn } from ${JSON.stringify(join(root, 'src/index.ts'))}
      import { startInspector } from ${JSON.stringify(join(root, 'src/observe/inspector/index.ts'))}
      const inspector = await startInspector({ port: 0, record: ${JSON.stringify(file)} })
      await fn({ name: 'once', run: () => 1 }).run(undefined, { inspect: inspector.inspect })
      `,
    )
    execFileSync(process.execPath, [join(root, 'node_modules/jiti/lib/jiti-cli.mjs'), script], {
      timeout: 20_000,
      cwd: root,
    })
    expect(folded(readFileSync(file, 'utf8')).actors.get(0)?.status).toBe('done')
  })

  test('never touches the run: neither when it breaks nor when it is closed', async () => {
    const inspector = await startInspector({ port: 0 })
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(() => inspector.inspect({ type: '@xstate.snapshot' } as never)).not.toThrow()
    expect(warn.mock.calls[0]?.[0]).toContain('The run itself continues')
    await inspector.close()
    expect(await fn({ name: 'after', run: () => 8 }).run(undefined, { inspect: inspector.inspect })).toBe(8)
  })
})

describe('what runs in a machine of its own', () => {
  const model = fn({
    name: 'model',
    run: (value: number, ctx) => {
      ctx.emit({ type: 'token', delta: 'hi' })
      ctx.emit({ type: 'usage', inputTokens: 3, outputTokens: 1 })
      return value
    },
  })
  const told = (text: string, type: string) => parseJournal(text).filter((line) => line.type === type)

  test('is counted once, of the items of a map', async () => {
    const text = await recorded((inspect) => map({ name: 'many', each: model }).run([1, 2], { inspect }))
    expect(folded(text)).toMatchObject({ inputTokens: 6, outputTokens: 2 })
    expect(told(text, 'token')).toHaveLength(2)
  })

  test('is below the leaf that runs it, whose words and tokens are its own', async () => {
    const inner = chain({ name: 'inner', children: [model] })
    const leaf = fn({ name: 'leaf', run: (value: number, ctx) => ctx.run(inner, value) })
    const text = await recorded((inspect) => chain({ name: 'outer', children: [leaf] }).run(1, { inspect }))
    const run = folded(text)
    expect(run).toMatchObject({ inputTokens: 3, outputTokens: 1 })
    expect(told(text, 'token')).toHaveLength(1)
    const [root, child] = [...run.actors.values()]
    expect(child).toMatchObject({ id: 'outer.leaf.inner', parent: root?.actor, status: 'done' })
    const at = (actor: typeof root, path: string) => actor?.nodes.get(actor.chart?.byPath.get(path) ?? -1)
    expect(at(child, 'outer.leaf.inner.model')).toMatchObject({ state: 'complete', text: 'hi', inputTokens: 3 })
    expect(at(root, 'outer.leaf')).toMatchObject({ state: 'complete', text: 'hi', inputTokens: 3 })
  })
})

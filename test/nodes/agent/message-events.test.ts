import { agent, fn, map, type RefusedEvent, waits } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

type Message = { role: string; content: string | null; tool_call_id?: string }
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const calls = (...list: readonly [name: string, input: object][]) => ({
  role: 'assistant' as const,
  content: null,
  tool_calls: list.map(([name, input], index) => ({
    id: `c${index + 1}`,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(input) },
  })),
})
const toolsIn = (messages: readonly Message[]) =>
  messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
/** First these calls, then the results as a text. */
const first =
  (...list: readonly [name: string, input: object][]) =>
  async ({ messages }: { messages: readonly unknown[] }) => {
    const told = toolsIn(messages as Message[])
    return told.length > 0 ? told.join(' | ') : calls(...list)
  }

const amount = z.object({ n: z.number().default(500) })
function payer(options: object, ...list: readonly [name: string, input: object][]) {
  const paid: number[] = []
  const pay = fn({ name: 'pay', description: 'Pays.', input: amount, run: ({ n }) => (paid.push(n), `paid ${n}`) })
  const note = fn({ name: 'note', description: 'Notes.', input: z.object({}), run: () => 'noted' })
  const it = agent({ name: 'it', model: first(...list) as never, tools: [pay, note], approve: true, ...options })
  return { it, paid }
}
async function begun(it: { machine: unknown }) {
  const run = createActor(it.machine as never, { input: 'Go' } as never) as any
  const refused: RefusedEvent[] = []
  run.on('refused', (event: RefusedEvent) => refused.push(event))
  run.subscribe({ error: () => {} })
  run.start()
  return { run, refused }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
const asking = (run: any, ...ids: readonly string[]) =>
  vi.waitFor(() => expect(waits(run.getSnapshot()).map(({ call }) => call?.id)).toEqual(ids))
const waiting = (run: any, name: string) => vi.waitFor(() => expect(waits(run.getSnapshot())[0]?.call?.name).toBe(name))

describe('an approval', () => {
  test('of true asks about every tool', async () => {
    const { it } = payer({}, ['note', {}])
    const { run } = await begun(it)
    await waiting(run, 'note')
    run.send({ type: 'APPROVE' })
    expect(await toPromise(run)).toBe('noted')
  })

  test('may change the arguments: those are checked, run, and told to the model', async () => {
    const { it, paid } = payer({}, ['pay', { n: 100 }])
    const { run, refused } = await begun(it)
    await waiting(run, 'pay')
    for (const wrong of [{ n: 'x' }, 5, null, 'n']) run.send({ type: 'APPROVE', arguments: wrong })
    expect(new Set(refused.map(({ code, path }) => `${code} ${path}`))).toEqual(new Set(['invalid it.act[c1].pay']))
    expect(refused).toHaveLength(4)
    expect(refused[0]?.reason).toContain('n: ')
    run.send({ type: 'APPROVE', arguments: { n: 5 } })
    const output = await toPromise(run)
    expect(paid).toEqual([5])
    expect(output).toBe('A person changed the arguments of this call to {"n":5}. paid 5')
  })

  test('with other arguments holds after a restore in the middle of the call', async () => {
    const { it, paid } = payer({}, ['pay', { n: 100 }])
    const { run } = await begun(it)
    await waiting(run, 'pay')
    run.send({ type: 'APPROVE', arguments: { n: 5 } })
    const saved = json(run.getPersistedSnapshot())
    run.stop()
    const again = createActor(it.machine, { snapshot: saved } as never)
    again.start()
    await toPromise(again)
    expect(paid).toEqual([5])
  })

  test.each([
    [{ ids: ['c1', 'c2'] }, [1, 2]],
    [{ ids: 'all' }, [1, 2]],
    [{ ids: ['c2'] }, [2]],
    [{ id: 'c1' }, [1]],
    [{ path: 'it.act[c2].pay' }, [2]],
    [{ path: 'it.act[c2]' }, [2]],
    [{ path: 'it', ids: ['c1'] }, [1]],
    [{ path: 'it', ids: 'all' }, [1, 2]],
  ])('may be of several calls at once: %j', async (word, done) => {
    const { it, paid } = payer({}, ['pay', { n: 1 }], ['pay', { n: 2 }])
    const { run, refused } = await begun(it)
    await asking(run, 'c1', 'c2')
    run.send({ type: 'APPROVE', ...word })
    if (done.length < 2) run.send({ type: 'REJECT' })
    await toPromise(run)
    expect([paid, refused]).toEqual([done, []])
  })

  test.each([
    [{ ids: ['c1', 'other'] }, 'not_now'],
    [{ ids: [] }, 'invalid'],
    [{ ids: 'some' }, 'invalid'],
    [{ id: 'c1', ids: ['c1'] }, 'invalid'],
    [{ ids: 'all', arguments: { n: 5 } }, 'invalid'],
    [{ ids: ['c1', 'c2'], arguments: { n: 5 } }, 'invalid'],
    [{ arguments: { n: 5 } }, 'ambiguous'],
    [{}, 'ambiguous'],
    [{ path: 'it' }, 'ambiguous'],
    [{ idd: 'c1' }, 'invalid'],
    [{ reason: 'for REJECT only' }, 'invalid'],
  ])('of %j is refused, and nothing is paid', async (word, code) => {
    const { it, paid } = payer({}, ['pay', { n: 1 }], ['pay', { n: 2 }])
    const { run, refused } = await begun(it)
    await waiting(run, 'pay')
    run.send({ type: 'APPROVE', ...word })
    expect([refused.map((event) => event.code), paid]).toEqual([[code], []])
    run.stop()
  })

  test('of one call leaves the others as they are', async () => {
    const { it, paid } = payer({}, ['pay', { n: 1 }], ['pay', { n: 2 }], ['pay', { n: 3 }])
    const { run, refused } = await begun(it)
    await asking(run, 'c1', 'c2', 'c3')
    await settled()
    const begins: string[] = []
    run.on('waiting', ({ path }: { path: string }) => begins.push(path))
    const [before] = waits(run.getSnapshot())
    run.send({ type: 'APPROVE', id: 'c2', arguments: { n: 20 } })
    run.send({ type: 'REJECT', id: 'c3' })
    await settled()
    expect([waits(run.getSnapshot()), begins, paid]).toEqual([[before], [], [20]])
    run.send({ type: 'APPROVE', id: 'c3' })
    expect(refused).toMatchObject([{ code: 'not_now', reason: expect.stringContaining('already been rejected') }])
    run.send({ type: 'APPROVE', id: 'c1' })
    await toPromise(run)
    expect(paid).toEqual([20, 1])
  })

  test('asks where the predicate throws, and says so once', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    const typo = () => {
      throw new Error('typo')
    }
    const { it } = payer({ approve: typo }, ['pay', { n: 1 }], ['pay', { n: 2 }])
    const { run } = await begun(it)
    await waiting(run, 'pay')
    expect(said.mock.calls.map(([text]) => String(text).split('\n')[0])).toEqual([
      'tinyllm: approve of agent it threw Error: typo. The call waits for a person; this warning is shown once.',
    ])
    said.mockRestore()
    run.stop()
  })

  test('that is refused with end ends the agent with the code rejected, without another try', async () => {
    const { it, paid } = payer({ retry: { attempts: 3 } }, ['pay', { n: 1 }], ['pay', { n: 2 }])
    const { run } = await begun(it)
    await waiting(run, 'pay')
    run.send({ type: 'REJECT', reason: 'fraud', end: true })
    await expect(toPromise(run)).rejects.toMatchObject({
      code: 'rejected',
      path: 'it',
      message: expect.stringContaining('fraud'),
    })
    expect(paid).toEqual([])
  })

  test('is an event of its own in the stream, and shows what will run', async () => {
    const { it } = payer({}, ['pay', { n: 1 }])
    const run = it.stream('Go') as ReturnType<typeof it.stream> & { actor: { send(event: object): void } }
    for await (const event of run) {
      if (event.type !== 'approvalRequested') continue
      expect(event).toEqual({
        type: 'approvalRequested',
        path: 'it.act[c1].pay',
        turn: 1,
        callId: 'c1',
        name: 'pay',
        input: { n: 1 },
      })
      run.actor.send({ type: 'APPROVE', id: event.callId })
    }
    expect.assertions(1)
  })
})

describe('MESSAGE', () => {
  /** Thoughts that end when they are told to. */
  function thinker(answers: readonly unknown[], options: object = {}) {
    const seen: string[][] = []
    const aborted: number[] = []
    const open: (() => void)[] = []
    const model = ({ messages }: { messages: readonly Message[] }, ctx: { signal: AbortSignal }) => {
      const turn = seen.push(messages.map(({ role, content }) => `${role}: ${content}`)) - 1
      ctx.signal.addEventListener('abort', () => aborted.push(turn))
      return new Promise((resolve) => open.push(() => resolve(answers[turn])))
    }
    const note = fn({ name: 'note', description: 'Notes.', input: z.object({}), run: () => 'noted' })
    return { it: agent({ name: 'it', model: model as never, tools: [note], ...options }), seen, aborted, open }
  }
  const turn = (open: readonly unknown[], count: number) => vi.waitFor(() => expect(open).toHaveLength(count))

  test('is heard before the next thought, after the results of the tools', async () => {
    const { it, seen, open } = thinker([calls(['note', {}]), 'done'])
    const { run } = await begun(it)
    await turn(open, 1)
    expect(run.getSnapshot().can({ type: 'MESSAGE', content: 'Hurry' })).toBe(true)
    run.send({ type: 'MESSAGE', content: 'Hurry' })
    open[0]?.()
    await turn(open, 2)
    expect(seen[1]?.slice(-2)).toEqual(['tool: noted', 'user: Hurry'])
    open[1]?.()
    expect(await toPromise(run)).toBe('done')
  })

  test('is not lost where the thought under way is the answer', async () => {
    const { it, seen, open } = thinker(['first', 'second'])
    const { run } = await begun(it)
    await turn(open, 1)
    run.send({ type: 'MESSAGE', content: 'And?' })
    open[0]?.()
    await turn(open, 2)
    expect(seen[1]).toEqual(['user: Go', 'assistant: first', 'user: And?'])
    open[1]?.()
    expect(await toPromise(run)).toBe('second')
  })

  test('now calls the thought off, which begins again under another key', async () => {
    const keys: string[] = []
    const model = async (
      { messages }: { messages: readonly Message[] },
      ctx: { idempotencyKey: string; signal: AbortSignal },
    ) => {
      keys.push(ctx.idempotencyKey)
      if (messages.length === 1) await new Promise((_, reject) => ctx.signal.addEventListener('abort', reject))
      return `heard ${messages.at(-1)?.content}`
    }
    const { run } = await begun(agent({ name: 'it', model: model as never, tools: [] }))
    await turn(keys, 1)
    run.send({ type: 'MESSAGE', content: 'Stop', mode: 'now' })
    expect(await toPromise(run)).toBe('heard Stop')
    expect(new Set(keys).size).toBe(2)
  })

  test('is kept in a saved run', async () => {
    const { it, open } = thinker([])
    const { run } = await begun(it)
    await turn(open, 1)
    run.send({ type: 'MESSAGE', content: 'Hurry' })
    const saved = json(run.getPersistedSnapshot())
    run.stop()
    const { it: other, seen, open: later } = thinker([calls(['note', {}]), 'done'])
    const again = createActor(other.machine, { snapshot: saved } as never)
    again.start()
    await turn(later, 1)
    later[0]?.()
    await turn(later, 2)
    later[1]?.()
    expect(await toPromise(again)).toBe('done')
    expect(seen[1]?.slice(-1)).toEqual(['user: Hurry'])
  })

  test('is for the outermost agent, or for the one whose path it has', async () => {
    const inner = thinker(['inner done'], { name: 'inner', description: 'Helps.' } as never)
    const helper = inner.it.as('inner') as never
    const outer = agent({ name: 'outer', model: first(['inner', { input: 'Help' }]) as never, tools: [helper] })
    const { run } = await begun(outer)
    await turn(inner.open, 1)
    run.send({ type: 'MESSAGE', content: 'To the inner', path: 'outer.act[c1].inner', mode: 'now' })
    await turn(inner.open, 2)
    expect(inner.seen[1]?.at(-1)).toBe('user: To the inner')
    run.send({ type: 'MESSAGE', content: 'To the outer' })
    expect(JSON.stringify(run.getSnapshot().context)).toContain('To the outer')
    run.stop()
  })

  test('needs a path where two agents run side by side', async () => {
    const { it, open } = thinker([])
    const run = map({ name: 'm', each: it }).start(['a', 'b'])
    const codes: string[] = []
    run.on('refused', ({ code }) => codes.push(code))
    await turn(open, 2)
    run.send({ type: 'MESSAGE', content: 'Who?' })
    run.send({ type: 'MESSAGE', content: 'You', path: 'm[1]' })
    expect(codes).toEqual(['ambiguous'])
    run.stop()
  })

  test.each([
    [{}, 'invalid'],
    [{ content: 5 }, 'invalid'],
    [{ content: 'x', mode: 'soon' }, 'invalid'],
    [{ content: 'x', extra: 1 }, 'invalid'],
    [{ content: 'x', path: 'other' }, 'unknown_path'],
  ])('of %j is refused', async (message, code) => {
    const { it, open } = thinker([])
    const { run, refused } = await begun(it)
    await turn(open, 1)
    run.send({ type: 'MESSAGE', ...message })
    expect(refused).toMatchObject([{ code }])
    run.stop()
  })

  test('is not listed among what is waited for, and is not taken after the agent', async () => {
    const { it, open } = thinker(['done'])
    const { run } = await begun(it)
    await turn(open, 1)
    expect(waits(run.getSnapshot())).toEqual([])
    open[0]?.()
    await toPromise(run)
    expect(run.getSnapshot().can({ type: 'MESSAGE', content: 'x' })).toBe(false)
  })
})

describe('CANCEL_CALL', () => {
  test('stops one call, and the model is told', async () => {
    const ended: string[] = []
    const slow = fn({
      name: 'slow',
      description: 'Takes long.',
      input: z.object({ n: z.number() }),
      run: ({ n }, { signal }) =>
        new Promise<string>((resolve, reject) => {
          if (n === 1) resolve('one')
          signal.addEventListener('abort', () => (ended.push(`aborted ${n}`), reject(new Error('aborted'))))
        }),
    })
    const { run, refused } = await begun(
      agent({ name: 'it', model: first(['slow', { n: 1 }], ['slow', { n: 2 }]) as never, tools: [slow] }),
    )
    await vi.waitFor(() => expect(run.getSnapshot().can({ type: 'CANCEL_CALL', id: 'c2' })).toBe(true))
    run.send({ type: 'CANCEL_CALL', id: 'c9' })
    expect(refused).toMatchObject([{ code: 'not_now', reason: expect.stringContaining('c9') }])
    run.send({ type: 'CANCEL_CALL', id: 'c2', reason: 'too slow' })
    // Whoever clicks twice is told.
    run.send({ type: 'CANCEL_CALL', id: 'c2', reason: 'again' })
    expect(refused.map(({ code: each }) => each)).toEqual(['not_now', 'not_now'])
    expect(await toPromise(run)).toBe('one | Error: a person stopped this call: too slow')
    expect(ended).toEqual(['aborted 2'])
  })
})

import { agent, type AnyFn, fn, limit, receive, type RunContext, waits } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { asksAbout, type Called, eventsOf, json, settled, turns } from './asked.ts'

const amount = z.object({ n: z.number() })

describe.each(['fast', 'stock'] as const)('a call of a tool, on the %s engine', (engine) => {
  const begin = (it: unknown): any => (it as AnyFn).start('Go', { engine, id: 'run' })
  const resume = (it: unknown, run: any): any => {
    const snapshot = json(run.getPersistedSnapshot())
    run.stop()
    const { machine } = it as { machine: { stock: object } }
    return createActor((engine === 'stock' ? machine.stock : machine) as never, { snapshot } as never).start()
  }
  /** A tool whose calls end when they are told to, by their numbers. */
  function gate(options: object = {}) {
    const open = new Map<number, () => void>()
    const seen: RunContext[] = []
    const begun: number[] = []
    const wait = fn({
      name: 'wait',
      description: 'Waits.',
      input: amount,
      ...options,
      run: ({ n }, ctx) => {
        begun.push(n)
        seen.push(ctx)
        return new Promise<string>((resolve, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))
          open.set(n, () => resolve(`done ${n}`))
        })
      },
    })
    return { wait, open, seen, begun }
  }
  const note = fn({ name: 'note', description: 'Notes.', input: z.object({}), run: () => 'noted' })
  const idle = fn({ name: 'idle', description: 'Is never called.', input: z.object({}), run: () => 'idle' })

  test('is an actor of its own: two of one tool are two in path and events; a tool that was not called never runs', async () => {
    const { wait, open } = gate()
    const model = turns([
      ['wait', { n: 1 }],
      ['wait', { n: 2 }],
    ])
    const it = agent({ name: 'it', model, tools: [wait, idle, note], approve: ['idle'] })
    const events: any[] = []
    for await (const event of it.stream('Go', { engine })) {
      events.push(event)
      if (open.size === 2) open.get(2)?.()
      if (event.type === 'toolResult') open.get(1)?.()
    }
    const at = (path: string) => events.filter((event) => event.path === path).map(({ type, state }) => state ?? type)
    for (const path of ['it.act[c1].wait', 'it.act[c2].wait']) {
      expect(at(path)).toEqual(['toolCall', 'validatingInput', 'running', 'validatingOutput', 'complete', 'toolResult'])
    }
    expect(events.filter(({ path }) => /idle|note|act\.wait/.test(path))).toEqual([])
    expect(events.filter(({ type }) => type === 'toolResult')).toMatchObject([
      { path: 'it.act[c2].wait', callId: 'c2', turn: 1, name: 'wait', success: true, content: 'done 2' },
      { path: 'it.act[c1].wait', callId: 'c1', turn: 1, name: 'wait', success: true, content: 'done 1' },
    ])
    // What the model reads is in its own order.
    expect(events.at(-1)).toEqual({ type: 'output', output: 'done 1 | done 2' })
  })

  test.each([
    ['a.b', 'a%2Eb'],
    ['[0]', '%5B0%5D'],
    ['#*\\%', '%23%2A%5C%25'],
    ['__proto__', '%__proto__'],
    ['toString', 'toString'],
    ['0', '0'],
    [' ü ', ' ü '],
  ])('with the id %j has a path of its own, by which it is answered, also after a restore', async (id, key) => {
    const { wait, open } = gate()
    const it = agent({
      name: 'it',
      model: turns([
        ['wait', { n: 1 }, id],
        ['wait', { n: 2 }, 'other'],
      ]),
      tools: [wait],
      approve: true,
    })
    let run = begin(it)
    await asksAbout(run, id, 'other')
    expect(waits(run.getSnapshot())[0]?.path).toBe(`it.act[${key}].wait`)
    run = resume(it, run)
    await asksAbout(run, id, 'other')
    run.send({ type: 'REJECT', id: 'other' })
    run.send({ type: 'APPROVE', path: `it.act[${key}].wait` })
    await vi.waitFor(() => expect(open.size).toBe(1))
    run = resume(it, run)
    await settled()
    const refused = eventsOf(run, 'refused')
    run.send({ type: 'APPROVE', id })
    expect(refused).toMatchObject([{ code: 'not_now', reason: expect.stringContaining('already been approved') }])
    open.get(1)?.()
    expect(await toPromise(run)).toBe('done 1 | A person rejected this call.')
  })

  test('is known to its tool by ctx.call', async () => {
    const { wait, open, seen } = gate()
    const run = begin(
      agent({ name: 'it', model: turns([['note', {}]], [['wait', { n: 1 }, 'x']]), tools: [wait, note] }),
    )
    await vi.waitFor(() => expect(open.size).toBe(1))
    expect(seen[0]?.call).toEqual({ id: 'x', name: 'wait', turn: 2 })
    expect(seen[0]?.path).toBe('it.act[x].wait')
    open.get(1)?.()
    await toPromise(run)
  })

  test('has an idempotency key of its id and its arguments, the same after a restore', async () => {
    const { wait, open, seen } = gate()
    const list: Called[] = [['wait', { n: 1 }], ['wait', { n: 1 }], ['wait', { n: 2 }]] // prettier-ignore
    const it = agent({ name: 'it', model: turns(list), tools: [wait], approve: true })
    let run = begin(it)
    await asksAbout(run, 'c1', 'c2', 'c3')
    run.send({ type: 'APPROVE', ids: ['c1', 'c2'] })
    await vi.waitFor(() => expect(seen).toHaveLength(2))
    run = resume(it, run)
    await vi.waitFor(() => expect(seen).toHaveLength(4))
    const [first, second, firstAgain, secondAgain] = seen.map(({ idempotencyKey }) => idempotencyKey)
    expect([firstAgain, secondAgain]).toEqual([first, second])
    expect(first).not.toBe(second)
    // The same as those of the call before, by the word of a person: another payment all the same.
    run.send({ type: 'APPROVE', id: 'c3', arguments: { n: 9 } })
    await vi.waitFor(() => expect(seen).toHaveLength(5))
    const changed = seen[4]?.idempotencyKey
    open.get(1)?.()
    run.stop()

    const asWritten = begin(it)
    await asksAbout(asWritten, 'c1', 'c2', 'c3')
    asWritten.send({ type: 'APPROVE', ids: 'all' })
    await vi.waitFor(() => expect(seen).toHaveLength(8))
    const keys = seen.slice(5).map(({ idempotencyKey }) => idempotencyKey)
    expect(keys.slice(0, 2)).toEqual([first, second])
    expect(keys[2]).not.toBe(changed)
    expect(keys[2]).toContain('c3')
    expect(changed).toContain('c3')
    asWritten.stop()
  })

  test.each([1, 2])(
    '%i at a time run in the order of the model, and one that asks takes no place',
    async (concurrency) => {
      const { wait, open, begun } = gate()
      const pay = fn({ name: 'pay', description: 'Pays.', input: amount, run: ({ n }) => `paid ${n}` })
      const list: Called[] = [['pay', { n: 0 }], ...[1, 2, 3, 4].map((n): Called => ['wait', { n }])]
      const it = agent({ name: 'it', model: turns(list), tools: [wait, pay], approve: ['pay'], concurrency })
      let run = begin(it)
      await asksAbout(run, 'c1')
      await settled()
      expect(begun).toEqual([1, 2, 3, 4].slice(0, concurrency))
      // A restored run keeps who runs and who waits.
      run = resume(it, run)
      await settled()
      expect(begun.slice(concurrency)).toEqual([1, 2, 3, 4].slice(0, concurrency))
      begun.splice(0, concurrency)
      run.send({ type: 'APPROVE', id: 'c1' })
      for (const n of [1, 2, 3, 4]) {
        await vi.waitFor(() => expect(begun).toContain(n))
        expect(begun.length).toBeLessThan(n + concurrency)
        open.get(n)?.()
        await settled()
      }
      expect(begun).toEqual([1, 2, 3, 4])
      expect(await toPromise(run)).toBe('paid 0 | done 1 | done 2 | done 3 | done 4')
    },
  )

  test('CANCEL_CALL ends one that runs, one that asks, one that waits for an answer, and one that waits for its turn', async () => {
    const { wait, begun } = gate()
    const askUser = receive({ name: 'askUser', description: 'Asks.', input: amount, events: { ANSWER: amount } })
    const pay = vi.fn(() => 'paid')
    const payment = fn({ name: 'pay', description: 'Pays.', input: amount, run: pay })
    const list: Called[] = [['wait', { n: 1 }], ['pay', { n: 2 }], ['askUser', { n: 3 }], ['wait', { n: 4 }]] // prettier-ignore
    const it = agent({
      name: 'it',
      model: turns(list),
      tools: [wait, payment, askUser],
      approve: ['pay'],
      concurrency: 2,
    })
    const run = begin(it)
    await vi.waitFor(() => expect(waits(run.getSnapshot())).toHaveLength(2))
    await vi.waitFor(() => expect(begun).toEqual([1]))
    const refused = eventsOf(run, 'refused')
    expect(run.getSnapshot().can({ type: 'CANCEL_CALL', id: 'c4' })).toBe(true)
    run.send({ type: 'CANCEL_CALL', id: 'c4' })
    run.send({ type: 'CANCEL_CALL', id: 'c2', reason: 'wrong account' })
    run.send({ type: 'CANCEL_CALL', id: 'c3', path: 'it' })
    run.send({ type: 'APPROVE', id: 'c2' })
    await settled()
    expect(waits(run.getSnapshot())).toEqual([])
    run.send({ type: 'CANCEL_CALL', id: 'c1', reason: 'too slow' })
    for (const wrong of [{ id: 'c1' }, { id: 'c9' }, {}, { id: 7 }, { id: 'c1', reason: 7 }, { id: 'c1', more: 1 }]) {
      run.send({ type: 'CANCEL_CALL', ...wrong })
    }
    expect(refused.map(({ code }) => code)).toEqual([
      'not_now',
      'not_now',
      'not_now',
      'invalid',
      'invalid',
      'invalid',
      'invalid',
    ])
    const stopped = 'Error: a person stopped this call'
    expect(await toPromise(run)).toBe(`${stopped}: too slow | ${stopped}: wrong account | ${stopped} | ${stopped}`)
    expect([begun, pay.mock.calls]).toEqual([[1], []])
  })

  test('is named by what its tool tells: tokens, progress and usage have its id and turn', async () => {
    const talk = fn({
      name: 'talk',
      description: 'Talks.',
      input: amount,
      run: ({ n }, { emit }) => {
        emit({ type: 'token', delta: `t${n}` })
        emit({ type: 'progress', value: n })
        emit({ type: 'usage', inputTokens: n, outputTokens: 0 })
        return n
      },
    })
    const run = begin(
      agent({
        name: 'it',
        model: turns([
          ['talk', { n: 1 }],
          ['talk', { n: 2 }],
        ]),
        tools: [talk],
      }),
    )
    const events = eventsOf(run, 'token', 'progress', 'usage')
    await toPromise(run)
    const told = (type: string) => events.filter((event) => event.type === type)
    for (const type of ['token', 'progress', 'usage']) {
      expect(told(type)).toMatchObject([1, 2].map((n) => ({ path: `it.act[c${n}].talk`, callId: `c${n}`, turn: 1 })))
    }
  })

  test('of a tool with a limit waits for that, and its approval comes first', async () => {
    const { wait, open, begun } = gate({ limit: limit({ concurrency: 1 }) })
    const run = begin(
      agent({
        name: 'it',
        model: turns([
          ['wait', { n: 1 }],
          ['wait', { n: 2 }],
        ]),
        tools: [wait],
        approve: true,
      }),
    )
    await asksAbout(run, 'c1', 'c2')
    run.send({ type: 'APPROVE', id: 'c2' })
    run.send({ type: 'APPROVE', id: 'c1' })
    await vi.waitFor(() => expect(begun).toEqual([2]))
    open.get(2)?.()
    await vi.waitFor(() => expect(begun).toEqual([2, 1]))
    open.get(1)?.()
    expect(await toPromise(run)).toBe('done 1 | done 2')
  })
})

import { agent, asTool, fn, type PipelineError, waits } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Dice } from '../../engine/dice.ts'
import { asksAbout, type Called, eventsOf, idsAsked, json, settled, turns } from './asked.ts'

const amount = z.object({ n: z.coerce.number().default(500) })

/** Pays and notes; what was paid, in that order. */
function desk(options: object, ...calls: readonly Called[]) {
  const paid: number[] = []
  const pay = fn({ name: 'pay', description: 'Pays.', input: amount, run: ({ n }) => (paid.push(n), `paid ${n}`) })
  const note = fn({ name: 'note', description: 'Notes.', input: z.object({}), run: () => 'noted' })
  const it = agent({ name: 'it', model: turns(calls), tools: [pay, note], ...options } as never)
  return { it: it as ReturnType<typeof agent>, paid, pay, note }
}

describe.each(['fast', 'stock'] as const)('what asks, on the %s engine', (engine) => {
  const begin = (it: { start(input: never, options: object): unknown }): any => it.start('Go' as never, { engine })

  test('a predicate and a person see the arguments as the schema of the tool made them', async () => {
    const seen: unknown[] = []
    const approve = (call: unknown) => (seen.push(call), true)
    const { it, paid } = desk({ approve }, ['pay', {}], ['pay', { n: '7' }])
    const run = begin(it)
    await asksAbout(run, 'c1', 'c2')
    expect(seen).toEqual([
      { id: 'c1', name: 'pay', input: { n: 500 } },
      { id: 'c2', name: 'pay', input: { n: 7 } },
    ])
    const told = waits(run.getSnapshot())
    expect(told.map(({ input }) => input)).toEqual([{ n: 500 }, { n: 7 }])
    expect(waits(json(run.getPersistedSnapshot()))).toEqual(told)
    expect(told[0]?.events.APPROVE).toMatchObject({
      properties: { arguments: { type: 'object', properties: { n: { default: 500 } } } },
    })
    run.send({ type: 'APPROVE', ids: 'all' })
    await toPromise(run)
    expect(paid).toEqual([500, 7])
  })

  test('a predicate that changes what it is given changes nothing of what runs', async () => {
    const approve = (call: { input: { n: number } }) => {
      call.input.n = 1
      return true
    }
    const { it, paid } = desk({ approve }, ['pay', { n: 7 }])
    const run = begin(it)
    await asksAbout(run, 'c1')
    expect(waits(run.getSnapshot())[0]?.input).toEqual({ n: 7 })
    run.send({ type: 'APPROVE' })
    await toPromise(run)
    expect(paid).toEqual([7])
  })

  test('arguments that do not fit go to the model at once: neither a predicate nor a person is asked', async () => {
    const approve = vi.fn(() => true)
    const { it, paid } = desk({ approve }, ['pay', { n: 'much' }])
    const run = begin(it)
    const asked = eventsOf(run, 'approvalRequested', 'waiting')
    expect(await toPromise(run)).toContain('n: Invalid input')
    expect([asked, approve.mock.calls, paid]).toEqual([[], [], []])
  })

  test('by the name of a tool: true asks always, a predicate by the input, and what has no name never', async () => {
    const seen: unknown[] = []
    const approve = { pay: (input: { n: number }, call: object) => (seen.push([input, call]), input.n > 100) }
    const { it, paid } = desk({ approve }, ['pay', { n: 5 }], ['pay', { n: 200 }], ['note', {}])
    const run = begin(it)
    const ended = eventsOf(run, 'toolResult')
    await asksAbout(run, 'c2')
    await vi.waitFor(() => expect(ended.map(({ callId }) => callId).toSorted()).toEqual(['c1', 'c3']))
    expect(seen).toEqual([
      [{ n: 5 }, { id: 'c1', name: 'pay', input: { n: 5 } }],
      [{ n: 200 }, { id: 'c2', name: 'pay', input: { n: 200 } }],
    ])
    run.send({ type: 'REJECT' })
    expect(await toPromise(run)).toBe('paid 5 | A person rejected this call. | noted')
    expect(paid).toEqual([5])

    const always = begin(desk({ approve: { note: true } }, ['pay', {}], ['note', {}]).it)
    await asksAbout(always, 'c2')
    always.send({ type: 'APPROVE' })
    expect(await toPromise(always)).toBe('paid 500 | noted')
  })

  test('a tool that was dressed to ask does, whatever the agent says of the others', async () => {
    const { pay, note, paid } = desk({})
    const dressed = asTool(pay, { name: 'transfer', approve: ({ n }) => n >= 100 })
    const model = turns([
      ['transfer', { n: 99 }],
      ['transfer', { n: 100 }],
      ['note', {}],
    ])
    const own = begin(agent({ name: 'it', model, tools: [dressed, note] }))
    await asksAbout(own, 'c2')
    own.send({ type: 'REJECT' })
    await toPromise(own)
    const both = begin(
      agent({ name: 'it', model, tools: [asTool(dressed, { approve: true }), note], approve: ['note'] }),
    )
    await asksAbout(both, 'c1', 'c2', 'c3')
    both.send({ type: 'REJECT', ids: 'all' })
    await toPromise(both)
    expect(paid).toEqual([99])
  })

  test.each([
    ['throws', () => JSON.parse('{') as boolean],
    ['returns a promise', async () => false],
  ])('a predicate of a tool that %s asks, and this is said once', async (_, approve) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { it } = desk({ approve: { pay: approve } }, ['pay', { n: 1 }], ['pay', { n: 2 }])
    const run = begin(it)
    await asksAbout(run, 'c1', 'c2')
    expect(said).toHaveBeenCalledOnce()
    said.mockRestore()
    run.stop()
  })

  test.each([1, 2, 3])('twenty ask at once, and are answered in any order (seed %i)', async (seed) => {
    const dice = new Dice(seed)
    const calls = Array.from({ length: 20 }, (_, n): Called => ['pay', { n }])
    const { it, paid } = desk({ approve: ['pay'], concurrency: 1 }, ...calls, ['note', {}])
    let run = begin(it)
    const ended = eventsOf(run, 'toolResult')
    const open = calls.map((_, n) => `c${n + 1}`)
    await asksAbout(run, ...open)
    // What asks nobody has run meanwhile.
    await vi.waitFor(() => expect(ended.map(({ callId }) => callId)).toEqual(['c21']))
    const results: string[] = []
    const approved: number[] = []
    while (open.length > 0) {
      const [id] = open.splice(dice.int(open.length), 1) as [string]
      const n = Number(id.slice(1)) - 1
      const isYes = dice.chance(0.6)
      run.send({ type: isYes ? 'APPROVE' : 'REJECT', id })
      results[n] = isYes ? `paid ${n}` : 'A person rejected this call.'
      if (isYes) approved.push(n)
      if (dice.chance(0.3)) await settled(1)
      if (dice.chance(0.2)) {
        await settled()
        const snapshot = json(run.getPersistedSnapshot())
        run.stop()
        run = createActor(it.machine, { snapshot } as never).start()
      }
      expect(idsAsked(run)).toEqual(open)
    }
    expect(await toPromise(run)).toBe([...results, 'noted'].join(' | '))
    // At most one at a time, in the order of the words.
    expect(paid).toEqual(approved)
  })

  test('a word with other arguments is for one call: it is checked, runs, and stays as the model wrote it', async () => {
    const { it, paid } = desk({ approve: true, transcript: true }, ['pay', { n: 1 }], ['pay', { n: 2 }])
    const run = begin(it)
    const refused = eventsOf(run, 'refused')
    await asksAbout(run, 'c1', 'c2')
    run.send({ type: 'APPROVE', id: 'c2', arguments: { n: 'much' } })
    run.send({ type: 'APPROVE', ids: ['c1', 'c2'], arguments: { n: 3 } })
    run.send({ type: 'APPROVE', ids: 'all', arguments: { n: 3 } })
    expect(refused.map(({ code, path }) => [code, path])).toEqual([
      ['invalid', 'it.act[c2].pay'],
      ['invalid', 'it.act[c1].pay'],
      ['invalid', 'it.act[c1].pay'],
    ])
    run.send({ type: 'APPROVE', ids: ['c2'], arguments: { n: '3' } })
    run.send({ type: 'APPROVE', path: 'it.act[c1]', arguments: { n: 4 } })
    const { output, messages } = (await toPromise(run)) as { output: string; messages: any[] }
    expect(output).toBe(
      'A person changed the arguments of this call to {"n":4}. paid 4 | A person changed the arguments of this call to {"n":"3"}. paid 3',
    )
    expect(paid).toEqual([3, 4])
    expect(messages[1].tool_calls.map((call: any) => call.function.arguments)).toEqual(['{"n":1}', '{"n":2}'])
  })

  test.each([
    [{ id: 'c1' }, 'c1'],
    [{ ids: ['c2'] }, 'c2'],
    [{ path: 'it.act[c2].pay' }, 'c2'],
    [{}, 'c1'],
  ])('a word that ends the agent ends it at once, whatever else runs or asks: %j', async (word, id) => {
    const aborted: unknown[] = []
    const slow = fn({
      name: 'slow',
      description: 'Takes long.',
      input: z.object({}),
      run: (_, { signal }) =>
        new Promise<string>(() => signal.addEventListener('abort', () => aborted.push(signal.reason))),
    })
    const { pay, paid } = desk({})
    const model = turns([
      ['pay', { n: 1 }],
      ['pay', { n: 2 }],
      ['slow', {}],
    ])
    const run = begin(agent({ name: 'it', model, tools: [pay, slow], approve: ['pay'] }))
    await asksAbout(run, 'c1', 'c2')
    await settled()
    run.send({ type: 'REJECT', ...word, reason: 'fraud', end: true })
    await expect(toPromise(run)).rejects.toMatchObject({
      code: 'rejected',
      path: 'it',
      message: `it was ended by a person, who rejected the call ${id} of pay. Their reason: fraud`,
    })
    const { messages } = (await toPromise(run).catch((error: unknown) => error)) as PipelineError
    expect(messages?.map(({ role, content }) => `${role}: ${String(content)}`).slice(2)).toEqual(
      ['c1', 'c2', 'c3'].map((each) =>
        each === id
          ? 'tool: A person rejected this call. Their reason: fraud'
          : 'tool: Error: this call was stopped before it ended.',
      ),
    )
    expect(paid).toEqual([])
    await vi.waitFor(() => expect(aborted).toHaveLength(1))
  })

  test('a rejected call ends nothing by endWith, and stopWhen sees its status', async () => {
    const rounds: unknown[] = []
    const stopWhen = ({ calls }: { calls: readonly { status: string }[] }) => {
      rounds.push(calls.map(({ status }) => status))
      return false
    }
    const calls: readonly Called[] = [['pay', { n: 1 }], ['pay', { n: 'much' }], ['note', {}]] // prettier-ignore
    const { it } = desk({ approve: ['pay'], endWith: 'pay', stopWhen, outputRetries: 0 }, ...calls)
    const run = begin(it)
    await asksAbout(run, 'c1')
    run.send({ type: 'REJECT' })
    await expect(toPromise(run)).rejects.toMatchObject({ code: 'output_validation' })
    expect(rounds).toEqual([['rejected', 'failed', 'complete']])
  })
})

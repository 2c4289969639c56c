import {
  agent,
  type AnyFn,
  chain,
  type ChatMessage,
  fn,
  loop,
  parallel,
  receive,
  type RefusedEvent,
  waits as waitsIn,
} from 'tinyllm'
import { type AnyActorRef, createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { own, type Script, ways, type WrittenCall } from './models.ts'
import { Dice } from '../../engine/dice.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const isWaiting = (state: { hasTag(tag: string): boolean }) => state.hasTag('waiting')
const waits = (actor: AnyActorRef) => waitFor(actor as never, isWaiting as never)
const settled = () => new Promise((resolve) => setTimeout(resolve, 1))

/** What is asked now: at which path, about which call, with which arguments. */
const asked = (actor: AnyActorRef) =>
  waitsIn(actor.getSnapshot()).map(({ path, call, input }) => ({
    path,
    id: call?.id ?? '',
    n: (input as { n: number }).n,
  }))

const idsOf = (messages: readonly ChatMessage[]) => ({
  calls: messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [],
  ),
  answers: messages.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : [])),
})

/** A tool that moves money, and what it moved. */
function bank() {
  const paid: number[] = []
  const pay = fn({
    name: 'pay',
    description: 'Pays.',
    input: z.object({ n: z.number() }),
    run: ({ n }) => `paid ${paid.push(n)}`,
  })
  return { pay, paid }
}
const payer = (model: never, pay: AnyFn, name = 'it', rest: object = {}) =>
  agent({ name, model, tools: [pay], approve: ['pay'], ...rest } as never) as AnyFn

function refusals(actor: AnyActorRef): RefusedEvent[] {
  const list: RefusedEvent[] = []
  ;(actor as unknown as { on(type: string, take: (event: RefusedEvent) => void): void }).on('refused', (event) =>
    list.push(event),
  )
  return list
}

/** One payment a turn, under these ids. */
const pays =
  (turns: readonly (readonly WrittenCall[])[]): Script =>
  (turn) =>
    turns[turn] ?? 'Done.'
const call = (n: number, id?: unknown): WrittenCall => ({ name: 'pay', input: { n }, ...(id !== undefined && { id }) })

describe.each(Object.entries(ways))('the ids of calls, by %s', (_, make) => {
  test.each<[string, unknown]>([
    ['gives none', undefined],
    ['gives the same in every turn', 'call_0'],
    ['gives empty ones', ''],
    ['gives what is no text', 7],
    ['gives null', null],
  ])('a server that %s: a click pays one call, once', async (_, id) => {
    const { pay, paid } = bank()
    const { model, requests } = await make(pays([[call(1, id)], [call(9999, id)]]))
    const actor = payer(model, pay).start('Go') as AnyActorRef
    const refused = refusals(actor)
    await waits(actor)
    const click = { type: 'APPROVE', id: asked(actor)[0]?.id }
    actor.send(click)
    await waitFor(actor as never, (() => asked(actor)[0]?.n === 9999) as never)
    expect((actor.getSnapshot() as { can(event: object): boolean }).can(click)).toBe(false)
    actor.send(click)
    actor.send({ ...click, type: 'REJECT' })
    await settled()
    expect(paid).toEqual([1])
    expect(refused).toMatchObject(
      Array.from({ length: 2 }, () => ({
        code: 'not_now',
        reason: expect.stringContaining('has already been approved'),
      })),
    )
    actor.send({ type: 'REJECT', id: asked(actor)[0]?.id })
    expect(await toPromise(actor)).toBe('Done.')
    expect(paid).toEqual([1])
    const { calls, answers } = idsOf(requests.at(-1) as ChatMessage[])
    expect(calls).toEqual(answers)
    expect(new Set(calls).size).toBe(2)
    if (typeof id === 'string' && id) expect(calls[0]).toBe(id)
  })

  test('two calls of one id are two calls, and the events name each', async () => {
    const { pay, paid } = bank()
    const { model, requests } = await make(pays([[call(1, 'a'), call(2, 'a'), call(3), call(4, 'call_1')]]))
    const events: { type: string; callId: string }[] = []
    const actor = agent({ name: 'it', model, tools: [pay] }).start('Go')
    actor.on('*', (event) => void events.push(event as never))
    await toPromise(actor)
    expect(paid).toEqual([1, 2, 3, 4])
    const { calls, answers } = idsOf(requests.at(-1) as ChatMessage[])
    expect(calls).toEqual(['a', expect.any(String), expect.any(String), 'call_1'])
    expect(new Set(calls).size).toBe(4)
    expect(answers).toEqual(calls)
    for (const type of ['toolCall', 'toolResult']) {
      expect(events.filter((event) => event.type === type).map(({ callId }) => callId)).toEqual(calls)
    }
  })
})

describe('a word on a call', () => {
  const twice = pays([[call(1, 'x')], [call(2, 'x')], [call(3, 'x')]])

  test('is refused while nothing asks, once it was judged; REJECT and then APPROVE does not pay', async () => {
    const { pay, paid } = bank()
    let goOn = () => {}
    const slow = fn({ name: 'slow', run: () => new Promise<void>((resolve) => (goOn = resolve)) })
    const it = payer(own(pays([[call(1, 'x')]])).model, pay)
    const actor = chain({ name: 'all', children: [it, slow] }).start('Go') as AnyActorRef
    const refused = refusals(actor)
    await waits(actor)
    actor.send({ type: 'REJECT', id: 'x' })
    actor.send({ type: 'APPROVE', id: 'x' })
    await settled()
    actor.send({ type: 'APPROVE', id: 'x' })
    actor.send({ type: 'APPROVE', id: 'x', path: 'all.it' })
    actor.send({ type: 'APPROVE', id: 'y' })
    expect(refused).toMatchObject([
      ...Array.from({ length: 3 }, () => ({
        code: 'not_now',
        reason: expect.stringContaining('x of all.it has already been rejected'),
      })),
      { code: 'not_now', reason: 'Nothing waits for APPROVE now. The states that can wait for it: all.it.act[*].pay.' },
    ])
    expect(paid).toEqual([])
    goOn()
    await toPromise(actor)
  })

  test('says by its code why it is refused', async () => {
    const { pay } = bank()
    const actor = payer(own(twice).model, pay).start('Go') as AnyActorRef
    const refused = refusals(actor)
    actor.send({ type: 'APPROVE' })
    await waits(actor)
    actor.send({ type: 'APPROVE', id: 'y' })
    actor.send({ type: 'APPROVE', path: 'it.think' })
    actor.send({ type: 'APPROVE', path: 7 as never })
    actor.send({ type: 'REJECT', reason: 7 } as never)
    expect(refused.map(({ code, path }) => [code, path])).toEqual([
      ['not_now', 'it'],
      ['not_now', 'it.act[x].pay'],
      ['unknown_path', 'it.think'],
      ['unknown_path', 'it'],
      ['invalid', 'it.act[x].pay'],
    ])
    actor.stop()
  })

  test('survives a restart: what was judged stays judged, and no id comes again', async () => {
    const { pay, paid } = bank()
    const it = payer(own(twice).model, pay)
    let actor = it.start('Go', { id: 'run' }) as AnyActorRef
    const clicks: object[] = []
    for (let turn = 0; turn < 3; turn++) {
      await waits(actor)
      const snapshot = json(actor.getPersistedSnapshot())
      actor.stop()
      actor = createActor(it.machine, { snapshot: snapshot as never, input: '' }).start()
      for (const click of clicks) actor.send(click as never)
      const click = { type: 'APPROVE', id: asked(actor)[0]?.id }
      expect(clicks).not.toContainEqual(click)
      clicks.push(click)
      actor.send(click)
      await settled()
    }
    await toPromise(actor)
    expect(paid).toEqual([1, 2, 3])
  })

  test.each<[string, (it: AnyFn) => AnyFn]>([
    [
      'a retry around it',
      (it) => chain({ name: 'again', children: [it, () => Promise.reject(new Error('no'))], retry: { attempts: 2 } }),
    ],
    [
      'a loop around it',
      (it) =>
        loop({
          name: 'again',
          body: chain({ name: 'body', children: [it, () => 'Go'] }),
          until: ({ iteration }) => iteration === 2,
          maxIterations: 2,
        }),
    ],
  ])('is not for a call of another attempt or round: %s', async (_, around) => {
    const { pay, paid } = bank()
    const actor = around(payer(own(pays([[call(1, 'x')]])).model, pay)).start('Go') as AnyActorRef
    const refused = refusals(actor)
    const ended = toPromise(actor).catch(() => 'failed')
    await waits(actor)
    const click = { type: 'APPROVE', id: 'x', path: asked(actor)[0]?.path }
    actor.send(click)
    await settled()
    await waits(actor)
    expect(asked(actor)[0]?.id).not.toBe('x')
    for (const late of [click, { type: 'APPROVE', path: click.path }, { type: 'APPROVE', id: 'x' }]) actor.send(late)
    const already = { code: 'not_now', reason: expect.stringContaining('x of again') }
    expect(refused).toMatchObject([already, already, already])
    expect(paid).toEqual([1])
    actor.send({ type: 'REJECT' })
    await ended
    expect(paid).toEqual([1])
  })

  test('given messages count: their ids are used', async () => {
    const { pay } = bank()
    const { model, requests } = own((turn) => (turn === 1 ? [call(1, 'x')] : 'Done.'))
    const given: ChatMessage[] = [
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'x', type: 'function', function: { name: 'pay', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'x', content: 'done' },
    ]
    await agent({ name: 'it', model, tools: [pay] }).run({ messages: given })
    const { calls } = idsOf(requests.at(-1) as ChatMessage[])
    expect(calls[0]).toBe('x')
    expect(new Set(calls).size).toBe(2)
  })
})

describe('two agents that ask', () => {
  const both = (a: Script, b: Script) => {
    const banks = { a: bank(), b: bank() }
    const children = { a: payer(own(a).model, banks.a.pay, 'a'), b: payer(own(b).model, banks.b.pay, 'b') }
    return { banks, it: parallel({ name: 'both', children }) as unknown as AnyFn }
  }
  const can = (actor: AnyActorRef, event: object) => (actor.getSnapshot() as { can(event: object): boolean }).can(event)
  const begun = async (it: AnyFn) => {
    const actor = it.start('Go') as AnyActorRef
    await waitFor(actor as never, (() => asked(actor).length === 2) as never)
    return { actor, refused: refusals(actor) }
  }

  test('under one id: a path says which is meant; a word without one is ambiguous, and so is a second click', async () => {
    const { banks, it } = both(pays([[call(1, 'x')]]), pays([[call(2, 'x')]]))
    const { actor, refused } = await begun(it)
    for (const event of [{ type: 'APPROVE', id: 'x' }, { type: 'APPROVE' }]) {
      expect(can(actor, event)).toBe(false)
      actor.send(event)
    }
    expect(refused).toMatchObject(
      Array.from({ length: 2 }, () => ({
        code: 'ambiguous',
        reason: expect.stringContaining('both.a.act[x].pay, both.b.act[x].pay'),
      })),
    )
    const click = { type: 'APPROVE', id: 'x', path: 'both.b' }
    expect(can(actor, click)).toBe(true)
    actor.send(click)
    actor.send(click)
    await settled()
    actor.send({ type: 'APPROVE', id: 'x' })
    expect(refused.slice(2)).toMatchObject([{ code: 'not_now', path: 'both.b.act[x].pay' }, { code: 'ambiguous' }])
    expect([banks.a.paid, banks.b.paid]).toEqual([[], [2]])
    actor.send({ type: 'APPROVE', id: 'x', path: 'both.a.act[x].pay' })
    await toPromise(actor)
    expect([banks.a.paid, banks.b.paid]).toEqual([[1], [2]])
  })

  test('under two ids: each word finds its own', async () => {
    const { banks, it } = both(pays([[call(1, 'x')]]), pays([[call(2, 'y')]]))
    const { actor, refused } = await begun(it)
    actor.send({ type: 'APPROVE', id: 'z' })
    expect(refused).toMatchObject([
      {
        code: 'not_now',
        reason: expect.stringContaining('both.b.act[y].pay waits for a decision on y (pay) now, not on z'),
      },
    ])
    expect(can(actor, { type: 'APPROVE', id: 'y' })).toBe(true)
    actor.send({ type: 'APPROVE', id: 'y' })
    actor.send({ type: 'REJECT', id: 'x' })
    await toPromise(actor)
    expect([banks.a.paid, banks.b.paid]).toEqual([[], [2]])
  })

  test('one after the other: a late click on the first is not for the second', async () => {
    const [one, two] = [bank(), bank()]
    const first = payer(own(pays([[call(1, 'x')]])).model, one.pay, 'first')
    const second = payer(own(pays([[call(2, 'x')]])).model, two.pay, 'second')
    const actor = chain({ name: 'all', children: [first, second] }).start('Go') as AnyActorRef
    const refused = refusals(actor)
    await waits(actor)
    actor.send({ type: 'APPROVE', id: 'x' })
    await settled()
    await waits(actor)
    actor.send({ type: 'APPROVE', id: 'x' })
    expect(refused).toMatchObject([{ code: 'ambiguous' }])
    actor.send({ type: 'APPROVE', id: 'x', path: 'all.second' })
    await toPromise(actor)
    expect([one.paid, two.paid]).toEqual([[1], [2]])
  })

  test('beside a receive of the same event, a path is asked for', async () => {
    const { pay, paid } = bank()
    const person = receive({ name: 'person', events: { APPROVE: z.object({ id: z.string() }) } })
    const it = parallel({
      name: 'both',
      children: { agent: payer(own(pays([[call(1, 'x')]])).model, pay, 'agent'), person },
    })
    const { actor, refused } = await begun(it as unknown as AnyFn)
    actor.send({ type: 'APPROVE', id: 'x' })
    expect(refused).toMatchObject([{ code: 'ambiguous' }])
    actor.send({ type: 'APPROVE', id: 'x', path: 'both.agent' })
    await settled()
    expect(paid).toEqual([1])
    actor.stop()
  })
})

describe('whatever ids a server gives', () => {
  const odd: readonly unknown[] = [
    undefined, '', null, 7, {}, 'call_0', 'call_1', 'call_2', 'x', '__proto__', 'constructor', 'toString', 'a'.repeat(500),
    'call_1.5', ' ', 'ü', '0',
  ] // prettier-ignore

  test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    'a click pays at most the call that it names, once (seed %i)',
    async (seed) => {
      const dice = new Dice(seed)
      let n = 0
      const turns = dice.list(1 + dice.int(4), () => dice.list(1 + dice.int(3), () => call(++n, dice.pick(odd))))
      const agents = 1 + dice.int(2)
      const { pay, paid } = bank()
      const models = dice.list(agents, () => own(pays(turns)))
      const children = Object.fromEntries(
        models.map(({ model }, place) => [`a${place}`, payer(model, pay, `a${place}`)]),
      )
      const it = parallel({ name: 'all', children }) as unknown as AnyFn
      let actor = it.start('Go', { id: 'run', engine: dice.pick(['fast', 'stock'] as const) }) as AnyActorRef
      /** Every click so far, and the call for which the page showed its button. */
      const clicks: { event: { type: string; id: string; path?: string }; at: string }[] = []
      const approved: number[] = []
      for (let step = 0; step < 200; step++) {
        await settled()
        const open = asked(actor)
        if ((actor.getSnapshot() as { status: string }).status !== 'active') break
        const now = open.length > 0 ? dice.pick(open) : undefined
        if (now && dice.chance(0.6)) {
          const event = {
            type: dice.chance(0.6) ? 'APPROVE' : 'REJECT',
            id: now.id,
            ...(dice.chance(0.7) && { path: now.path }),
          }
          clicks.push({ event, at: now.path })
          const can = (actor.getSnapshot() as { can(event: object): boolean }).can(event)
          if (can && event.type === 'APPROVE') approved.push(now.n)
          actor.send(event)
        } else if (clicks.length > 0 && dice.chance(0.7)) {
          // A click that was made before comes again, and does nothing: unless it was refused, and its call still asks.
          const { event, at } = dice.pick(clicks)
          const still = open.find(({ path, id }) => path === at && id === event.id)
          const can = (actor.getSnapshot() as { can(event: object): boolean }).can(event)
          if (!still) expect(can).toBe(false)
          else if (can && event.type === 'APPROVE') approved.push(still.n)
          actor.send(event)
        } else {
          const snapshot = json(actor.getPersistedSnapshot())
          actor.stop()
          actor = createActor(it.machine, { snapshot: snapshot as never, input: '' }).start()
        }
      }
      expect((actor.getSnapshot() as { status: string }).status).toBe('done')
      expect(paid.toSorted()).toEqual(approved.toSorted())
      for (const { requests } of models) {
        const { calls, answers } = idsOf(requests.at(-1) as ChatMessage[])
        expect(new Set(calls).size).toBe(calls.length)
        expect(answers).toEqual(calls)
      }
    },
  )
})

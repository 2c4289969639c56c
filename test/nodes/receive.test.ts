import { chain, fn, parallel, receive, type RunEvent } from 'tinyllm'
import { createActor, SimulatedClock, toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const approval = receive({
  name: 'approval',
  events: { APPROVE: z.object({ by: z.string().min(2) }), REJECT: z.object({ reason: z.string().default('none') }) },
})
const pipeline = chain({ name: 'order', children: [fn({ name: 'price', run: (n: number) => n * 2 }), approval] })
const both = parallel({ name: 'both', children: { legal: approval, money: approval } })

const waits = (actor: Parameters<typeof waitFor>[0]) =>
  waitFor(actor as never, (s: { hasTag(tag: string): boolean }) => s.hasTag('waiting'))
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('receive', () => {
  test('waits for an event and gives it, checked', async () => {
    const actor = pipeline.start(1)
    await waits(actor)
    actor.send({ type: 'REJECT' })
    expect(await toPromise(actor)).toEqual({ type: 'REJECT', reason: 'none' })
  })

  test('can() tells which events are taken', async () => {
    const actor = pipeline.start(1)
    const can = (event: object) => actor.getSnapshot().can(event as never)
    expect(can({ type: 'APPROVE', by: 'Ada' })).toBe(false)
    await waits(actor)
    expect(can({ type: 'APPROVE', by: 'Ada' })).toBe(true)
    expect(can({ type: 'APPROVE', by: 'Ada', path: 'order.approval' })).toBe(true)
    expect(can({ type: 'APPROVE', by: 'Ada', path: 'order.price' })).toBe(false)
    expect(can({ type: 'APPROVE', by: '' })).toBe(false)
    expect(can({ type: 'SIGN' })).toBe(false)
    actor.stop()
  })

  test('refuses what does not fit, says why, and stays', async () => {
    const actor = pipeline.start(1)
    const refused: { reason: string; path?: string; code: string }[] = []
    actor.on('refused', (event) => refused.push(event))
    actor.send({ type: 'APPROVE', by: 'Ada' })
    await waits(actor)
    const before = actor.getSnapshot().value
    actor.send({ type: 'APPROVE', by: '' })
    expect(actor.getSnapshot().value).toEqual(before)
    expect(refused).toMatchObject([
      { path: 'order', reason: 'Nothing waits for APPROVE now. The states that can wait for it: order.approval.' },
      { path: 'order.approval', reason: expect.stringContaining('by: Too small') },
    ])
    actor.send({ type: 'APPROVE', by: 'Ada' })
    expect(await toPromise(actor)).toEqual({ type: 'APPROVE', by: 'Ada' })
  })

  test('where several wait, the event needs a path, and is never delivered twice', async () => {
    const actor = both.start(undefined)
    const refused: { reason: string; path?: string; code: string }[] = []
    actor.on('refused', (event) => refused.push(event))
    await waits(actor)
    actor.send({ type: 'APPROVE', by: 'Ada' })
    actor.send({ type: 'APPROVE', by: 'Ada', path: 'both.nobody' })
    expect(refused).toMatchObject([
      {
        path: 'both',
        reason: expect.stringContaining('More than one state waits for APPROVE: both.legal, both.money. Send it with'),
      },
      {
        path: 'both.nobody',
        reason: 'both.nobody does not wait for APPROVE now. The states that can wait for it: both.legal, both.money.',
      },
    ])
    actor.send({ type: 'APPROVE', by: 'Ada', path: 'both.money' })
    // Now only one waits, and it needs no path any more.
    actor.send({ type: 'REJECT', reason: 'no' })
    expect(await toPromise(actor)).toEqual({
      legal: { type: 'REJECT', reason: 'no' },
      money: { type: 'APPROVE', by: 'Ada' },
    })
  })

  test('takes an event when the functions before it lay deeper, and have left the context', async () => {
    const deep = chain({ name: 'deep', children: [fn({ name: 'price', run: (n: number) => n * 2 })] })
    const actor = chain({ name: 'order', children: [deep, approval] }).start(1)
    await waits(actor)
    actor.send({ type: 'APPROVE', by: 'Ada' })
    expect(await toPromise(actor)).toEqual({ type: 'APPROVE', by: 'Ada' })
  })

  test('survives a restore, with its deadline', async () => {
    const limited = receive({ name: 'limited', events: { GO: z.object({}) }, timeout: 1000 })
    const clock = new SimulatedClock()
    const actor = createActor(limited.machine, { input: undefined, clock }).start()
    await waits(actor)
    clock.increment(900)
    const snapshot = json(actor.getPersistedSnapshot())
    actor.stop()
    const later = new SimulatedClock()
    later.set(900)
    const restored = createActor(limited.machine, { snapshot, clock: later })
    const ended = toPromise(restored)
    restored.start()
    later.increment(50)
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(restored.getSnapshot().status).toBe('active')
    later.increment(60)
    await expect(ended).rejects.toMatchObject({ code: 'timeout', path: 'limited' })
  })

  test('an event after a restore is taken', async () => {
    const actor = pipeline.start(1)
    await waits(actor)
    const restored = createActor(pipeline.machine, {
      snapshot: json(actor.getPersistedSnapshot()),
      input: undefined,
    }).start()
    restored.send({ type: 'APPROVE', by: 'Ada' })
    expect(await toPromise(restored)).toEqual({ type: 'APPROVE', by: 'Ada' })
  })

  test('the refusal is an event of the stream', async () => {
    const seen: RunEvent[] = []
    const actor = pipeline.start(1)
    actor.on('*', (event) => seen.push(event as RunEvent))
    actor.send({ type: 'REJECT' })
    expect(seen).toMatchObject([{ type: 'refused', event: { type: 'REJECT' } }])
    actor.stop()
  })

  test('the chart has the schemas of its events, for whoever draws a form', () => {
    const { meta } = (receive({ name: 'r', events: { GO: z.object({ by: z.string() }) } }).machine.config ??
      {}) as never as {
      meta: { events: { GO: unknown } }
    }
    expect(meta.events.GO).toMatchObject({ type: 'object', properties: { by: { type: 'string' } } })
  })

  test.each([
    [{}, /has no events/],
    [{ 'a.*': z.object({}) }, /cannot wait for "a\.\*"/],
    [{ 'xstate.done': z.object({}) }, /cannot wait for/],
    [{ GO: 1 }, /events\.GO is not a schema/],
  ])('refuses the definition %j', (events, message) => {
    expect(() => receive({ name: 'r', events: events as never })).toThrow(message)
  })
})

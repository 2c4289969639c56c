import { chain, fn, receive, type StandardSchema } from 'tinyllm'
import { toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

/** What a wait for `EVENT` gives for it, or why it is refused. */
async function sent(schema: StandardSchema, payload: object = {}): Promise<unknown> {
  const wait = receive({ name: 'wait', events: { EVENT: schema as StandardSchema<object> } })
  const actor = chain({ name: 'all', children: [fn({ name: 'first', run: () => 1 }), wait] }).start(undefined)
  await waitFor(actor, (state) => state.hasTag('waiting'))
  const refused: string[] = []
  actor.on('refused', ({ reason }) => refused.push(reason))
  const event = { ...payload, type: 'EVENT' } as const
  const can = actor.getSnapshot().can(event)
  actor.send(event)
  expect(can).toBe(refused.length === 0)
  if (refused.length === 0) return toPromise(actor)
  actor.stop()
  return refused[0]
}

const empty: StandardSchema<{}> = {
  '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value: value as {} }) },
}

describe('the payload of an event', () => {
  test.each([
    ['z.object({})', z.object({})],
    ['z.strictObject({})', z.strictObject({})],
    ['z.looseObject({})', z.looseObject({})],
    ['z.record()', z.record(z.string(), z.string())],
    ['z.void()', z.void()],
    ['z.undefined()', z.undefined()],
    ['z.unknown()', z.unknown()],
    ['z.any()', z.any()],
    ['an optional object', z.object({ a: z.string() }).optional()],
    ['an object or nothing', z.object({ a: z.string() }).or(z.void())],
    ['a union with an empty object', z.object({ a: z.string() }).or(z.object({}))],
    ['another library', empty],
  ])('may be none: %s', async (_, schema) => {
    expect(await sent(schema)).toEqual({ type: 'EVENT' })
  })

  test('may be whatever a schema leaves open', async () => {
    expect(await sent(z.looseObject({}), { a: 1 })).toEqual({ type: 'EVENT', a: 1 })
    expect(await sent(z.unknown(), { a: 1 })).toEqual({ type: 'EVENT', a: 1 })
  })

  test('may be filled in by its schema', async () => {
    expect(await sent(z.object({ a: z.string() }).default({ a: 'x' }))).toEqual({ type: 'EVENT', a: 'x' })
  })

  test('is refused where there is one and should be none', async () => {
    expect(await sent(z.strictObject({}), { a: 1 })).toContain('Unrecognized key: "a"')
    expect(await sent(z.void(), { a: 1 })).toContain('expected void')
  })

  test('is refused where there is none and should be one, in the words of the whole schema', async () => {
    expect(await sent(z.object({ a: z.string() }))).toContain('a: Invalid input: expected string')
  })

  test('must become an object', async () => {
    const reason = await sent(
      z.object({ a: z.string() }).transform(({ a }) => a),
      { a: 'x' },
    )
    expect(reason).toContain('its schema returns a string for the payload, which must be an object')
  })

  test.each([
    ['string', z.string()],
    ['array', z.array(z.string())],
    ['null', z.null()],
    ['string or number', z.union([z.string(), z.number()])],
  ])('is an object, which is said where it is defined: %s', (kind, schema) => {
    expect(() => receive({ name: 'wait', events: { EVENT: schema as never } })).toThrow(
      `receive wait: events.EVENT takes ${kind}, and the payload of an event is an object. Use z.object({ … }), and z.object({}) if it has none.`,
    )
  })

  test.each([
    ['path', 'the path of the state that it is for', z.object({ path: z.number() })],
    ['type', 'which of the events it is', z.looseObject({ type: z.literal('EVENT'), by: z.string() })],
    ['type', 'which of the events it is', z.discriminatedUnion('type', [z.object({ type: z.literal('a') })])],
    ['path', 'the path of the state that it is for', z.object({ by: z.string() }).and(z.object({ path: z.string() }))],
  ])('has no field that every event has, which is said where it is defined: %s', (field, meaning, schema) => {
    expect(() => receive({ name: 'wait', events: { EVENT: schema as never } })).toThrow(
      new TypeError(
        `receive wait: events.EVENT has a field ${field}, and ${field} of an event is ${meaning}. Give the field another name.`,
      ),
    )
    expect(() => receive({ name: 'wait', events: { EVENT: z.object({ of: schema }) } })).not.toThrow()
  })
})

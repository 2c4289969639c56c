import { chain, type EventsOf, flow, fn, type OutputOf, parallel, receive, type StandardSchema } from 'tinyllm'
import { createActor } from 'xstate'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

const payload = z.object({ by: z.string(), note: z.string().default('') })
const approval = receive({ name: 'approval', events: { APPROVE: payload, REJECT: z.object({}) } })

// An event without payload is its type alone, and may name who is meant.
const actor = approval.start(undefined)
actor.send({ type: 'REJECT' })
actor.send({ type: 'REJECT', path: 'approval' })
actor.send({ type: 'APPROVE', by: 'Ada' })
createActor(approval.machine, { input: undefined }).send({ type: 'REJECT' })
expectTypeOf(actor.getSnapshot().can({ type: 'REJECT' })).toEqualTypeOf<boolean>()
expectTypeOf<OutputOf<typeof approval>>().toEqualTypeOf<
  { type: 'APPROVE'; by: string; note: string } | { type: 'REJECT' }
>()

// So it is in what is made of it.
const order = chain({ name: 'order', children: [fn({ name: 'price', run: (n: number) => n * 2 }), approval] })
order.start(1).send({ type: 'REJECT' })
const asked = flow({
  name: 'asked',
  input: z.object({ q: z.string() }),
  steps: (s) => s.step(approval).step('end', ({ outputs }) => outputs.approval.type),
})
asked.start({ q: '' }).send({ type: 'REJECT' })
parallel({ name: 'both', children: { legal: approval, money: approval } })
  .start(undefined)
  .send({ type: 'REJECT', path: 'both.legal' })

// Whatever says that there is nothing.
const nothing = receive({
  name: 'nothing',
  events: {
    STRICT: z.strictObject({}),
    VOID: z.void(),
    UNDEFINED: z.undefined(),
    OPTIONAL: z.object({ a: z.string() }).optional(),
    DEFAULT: z.object({ a: z.string() }).default({ a: 'x' }),
  },
}).start(undefined)
nothing.send({ type: 'STRICT' })
nothing.send({ type: 'VOID' })
nothing.send({ type: 'UNDEFINED' })
nothing.send({ type: 'OPTIONAL' })
nothing.send({ type: 'OPTIONAL', a: 'x' })
nothing.send({ type: 'DEFAULT' })
// @ts-expect-error -- it has no payload
nothing.send({ type: 'STRICT', a: 1 })
// @ts-expect-error -- it has no payload
nothing.send({ type: 'VOID', a: 1 })

// The empty objects of other libraries (valibot's, arktype's), and one that is joined with another.
declare const empty: StandardSchema<{}>
declare const object: StandardSchema<object>
const others = receive({
  name: 'others',
  events: { EMPTY: empty, OBJECT: object, BOTH: z.object({}).and(z.object({ id: z.string() })) },
}).start(undefined)
others.send({ type: 'EMPTY' })
others.send({ type: 'OBJECT' })
others.send({ type: 'BOTH', id: '1' })
// @ts-expect-error -- it has an id
others.send({ type: 'BOTH' })

// Whatever does not say what there is.
const anything = receive({
  name: 'anything',
  events: { LOOSE: z.looseObject({}), UNKNOWN: z.unknown(), ANY: z.any(), RECORD: z.record(z.string(), z.unknown()) },
})
const open = anything.start(undefined)
open.send({ type: 'LOOSE' })
open.send({ type: 'LOOSE', a: 1 })
open.send({ type: 'UNKNOWN' })
open.send({ type: 'UNKNOWN', a: 1 })
open.send({ type: 'ANY', a: 1 })
open.send({ type: 'RECORD', a: 1 })

// Of a union each member by itself.
const either = receive({
  name: 'either',
  events: {
    PICK: z.union([z.object({}), z.object({ id: z.string() })]),
    PAY: z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), number: z.string() }),
      z.object({ by: z.literal('cash') }),
    ]),
  },
})
const picked = either.start(undefined)
picked.send({ type: 'PICK' })
picked.send({ type: 'PICK', id: '1' })
picked.send({ type: 'PAY', by: 'cash' })
picked.send({ type: 'PAY', by: 'card', number: '1' })
// @ts-expect-error -- a card has a number
picked.send({ type: 'PAY', by: 'card' })
expectTypeOf<Extract<OutputOf<typeof either>, { type: 'PAY' }>>().toEqualTypeOf<
  { type: 'PAY'; by: 'card'; number: string } | { type: 'PAY'; by: 'cash' }
>()
expectTypeOf<Extract<EventsOf<typeof either>, { type: 'PICK' }>>().toEqualTypeOf<
  { type: 'PICK'; path?: string } | { type: 'PICK'; path?: string; id: string }
>()

// What is sent differs from what comes out.
const moved = receive({ name: 'moved', events: { AT: z.object({ at: z.string().transform(Number) }) } })
moved.start(undefined).send({ type: 'AT', at: '1' })
expectTypeOf<OutputOf<typeof moved>>().toEqualTypeOf<{ type: 'AT'; at: number }>()

// Keys of any name.
const scored = receive({
  name: 'scored',
  events: {
    SCORES: z.record(z.string(), z.number()),
    NOTES: z.object({ n: z.number() }).catchall(z.string()),
    NESTED: z.record(z.string(), z.object({ a: z.number() })),
    NAMED: z.partialRecord(z.enum(['a', 'b']), z.number()),
  },
})
const scores = scored.start(undefined)
scores.send({ type: 'SCORES', ada: 1 })
scores.send({ type: 'SCORES', ada: 1, path: 'scored' })
scores.send({ type: 'SCORES' })
scores.send({ type: 'NOTES', n: 1, other: 'x' })
scores.send({ type: 'NESTED', a: { a: 1 }, path: undefined })
scores.send({ type: 'NAMED', a: 1 })
// @ts-expect-error -- a score is a number
scores.send({ type: 'SCORES', ada: true })
// @ts-expect-error -- n is a number
scores.send({ type: 'NOTES', n: 'x' })
// @ts-expect-error -- there is no such name
scores.send({ type: 'NAMED', c: 1 })
declare const came: OutputOf<typeof scored>
if (came.type === 'SCORES') expectTypeOf(came['ada']).toEqualTypeOf<number | undefined>()
if (came.type === 'NOTES') expectTypeOf(came.n).toEqualTypeOf<number>()

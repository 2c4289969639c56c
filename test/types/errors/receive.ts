import { chain, fn, receive } from 'tinyllm'
import { z } from 'zod'

const approval = receive({
  name: 'approval',
  events: { APPROVE: z.object({ by: z.string() }), REJECT: z.object({}) },
})
const order = chain({
  name: 'order',
  children: [approval, fn({ name: 'told', run: ({ type }: { type: string }) => type })],
})

// wrong: an event without its payload
approval.start(undefined).send({ type: 'APPROVE' })

// wrong: a payload for an event that has none
approval.start(undefined).send({ type: 'REJECT', reason: 'late' })

// wrong: an event that nothing waits for
order.start(undefined).send({ type: 'SIGN' })

// wrong: a payload that is a text
receive({ name: 'a', events: { SAY: z.string() } })

// wrong: a payload that is a list, beside one that is right
receive({ name: 'b', events: { PICK: z.array(z.string()), REJECT: z.object({}) } })

// wrong: a payload of which no object is made
receive({ name: 'c', events: { AT: z.object({ at: z.string() }).transform(({ at }) => at) } })

// wrong: no schema at all
receive({ name: 'd', events: { REJECT: true } })

// wrong: a field that is the state an event is for
receive({ name: 'e', events: { MOVE: z.object({ path: z.string() }) } })

// wrong: a field that is the event's own name
receive({ name: 'f', events: { MOVE: z.object({ type: z.literal('MOVE'), to: z.string() }), REJECT: z.object({}) } })

// wrong: the same in one of several
receive({ name: 'g', events: { MOVE: z.union([z.object({ to: z.string() }), z.object({ path: z.string() })]) } })

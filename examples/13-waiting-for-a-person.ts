// Waiting for a person: a large refund waits, for days if need be. The run is saved, and another process goes on.
// Run it: npx tinyllm run examples/13-waiting-for-a-person.ts
import { flow, fn, receive } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { z } from 'zod'

const approval = receive({
  name: 'approval',
  events: { APPROVE: z.object({ by: z.string() }), REJECT: z.object({}) },
  timeout: 7 * 24 * 60 * 60 * 1000, // ms: a week, whatever is restarted in between
})

const pay = fn({
  name: 'pay',
  // The key is the same when a saved run goes on: a payment service pays once for it.
  run: async ({ amount }: { amount: number }, { idempotencyKey }) => ({ paid: amount, reference: idempotencyKey }),
})

export const refund = flow({
  name: 'refund',
  input: z.object({ order: z.string(), amount: z.number().positive() }),
  steps: (s) =>
    s
      .when(({ input }) => input.amount > 100, approval)
      .endWhen(
        ({ outputs }) => outputs.approval?.type === 'REJECT',
        () => ({ paid: 0, reference: 'none' }),
      )
      .step(pay, ({ input }) => input),
})

export const sample = { order: 'A-17', amount: 42 } // not much: nobody is asked

export async function main() {
  const large = { order: 'A-18', amount: 420 }

  // The process that takes the request. `waiting` says what may be sent, as JSON Schemas: enough to draw a form.
  const run = refund.stream(large, { id: 'refund-A-18' })
  let saved = ''
  for await (const event of run) {
    if (event.type !== 'waiting') continue
    console.error(`${event.path} waits for ${Object.keys(event.events).join(' or ')}`)
    saved = JSON.stringify(run.actor.getPersistedSnapshot()) // to a database, say; run.actor.send(…) answers here
    break // leaving the loop stops the run
  }

  // Another process, days later. The input is in the snapshot; XState's types ask for one all the same.
  const after = createActor(refund.machine, { snapshot: JSON.parse(saved), input: large }).start()
  after.send({ type: 'APPROVE', by: 'Grace' })
  return toPromise(after)
}

// node examples/13-waiting-for-a-person.ts (before Node 22.18: npx jiti examples/13-waiting-for-a-person.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

// Answers inside a fan-out: each refund of a list waits for its own review, and the run is saved in between.
// Run it: npx tinyllm run examples/23-review-many.ts
import { chain, fn, map, receive, waits } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { z } from 'zod'

const Refund = z.object({ order: z.string(), amount: z.number() })

const score = fn({
  name: 'score',
  input: Refund,
  run: (refund) => ({ ...refund, risk: refund.amount > 100 ? 'high' : 'low' }),
})
const review = receive({
  name: 'review',
  events: {
    APPROVE: z.object({ by: z.string(), amount: z.number().optional().describe('Less than what was asked for') }),
    REJECT: z.object({ reason: z.string() }),
  },
  timeout: 7 * 24 * 60 * 60 * 1000, // ms: a week
})

export const refunds = map({ name: 'refunds', each: chain({ name: 'refund', children: [score, review] }) })

export const sample = [] // nothing to review, so that nobody is asked

export async function main() {
  const orders = [
    { order: 'A-17', amount: 42 },
    { order: 'A-18', amount: 420 },
  ]
  const run = refunds.start(orders)
  const refused: string[] = []
  run.on('refused', ({ code }) => refused.push(code))
  await new Promise((resolve) => setTimeout(resolve, 10))

  // Two wait for it, so it must say which is meant.
  run.send({ type: 'APPROVE', by: 'Ada' })
  run.send({ type: 'APPROVE', by: 'Ada', path: 'refunds[0].review' })
  const saved = JSON.stringify(run.getPersistedSnapshot())
  run.stop()

  // Elsewhere, without the pipeline: who waits, for what, and on which input.
  const open = waits(JSON.parse(saved)).map(({ path, input, events }) => ({ path, input, types: Object.keys(events) }))

  const after = createActor(refunds.machine, { snapshot: JSON.parse(saved), input: orders }).start()
  for (const { path } of open) after.send({ type: 'REJECT', reason: 'too much', path })
  return { refused, open, output: await toPromise(after) }
}

// node examples/23-review-many.ts (before Node 22.18: npx jiti examples/23-review-many.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

// Approving calls: an agent asks about two payments at once; the run is saved, and a person answers from another process.
// Run it: npx tinyllm run examples/24-approving-calls.ts
import { agent, type ChatModel, fn, waits } from 'tinyllm'
import { createActor, toPromise, waitFor } from 'xstate'
import { z } from 'zod'

const pay = fn({
  name: 'pay',
  description: 'Pays an amount, in euros.',
  input: z.object({ to: z.string(), amount: z.number().positive() }),
  run: async ({ to, amount }) => `${amount} to ${to}`,
})

/** A script in the place of openAIChat({ … }): it pays whom the user names, and says what came of it. */
const model: ChatModel = async ({ messages }) => {
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
  if (results.length > 0) return { role: 'assistant', content: results.join(' / ') }
  const calls = [...`${messages[0]?.content}`.matchAll(/(\w+) (\d+)/g)].map(([, to, amount], at) => ({
    id: `c${at}`,
    type: 'function' as const,
    function: { name: 'pay', arguments: JSON.stringify({ to, amount: Number(amount) }) },
  }))
  return { role: 'assistant', content: null, tool_calls: calls }
}

export const clerk = agent({
  name: 'clerk',
  model,
  tools: [pay],
  approve: { pay: ({ amount }) => amount > 100 },
  approvalTimeout: 7 * 24 * 60 * 60 * 1000, // ms: after a week a call that no one answered is rejected
  timeout: 60_000, // ms of the agent's own work: a person's time does not count
})

export const sample = 'Pay Eve 20.' // not much: no one is asked

export async function main() {
  const many = 'Pay Ada 500, Bob 900 and Eve 20.'
  const before = clerk.start(many, { id: 'pay-1' })
  await waitFor(before, (snapshot) => waits(snapshot).length === 2)
  const saved = JSON.stringify(before.getPersistedSnapshot())
  before.stop()

  // Elsewhere, from the saved run alone: what is asked. Each has a JSON Schema for its answer, in `events`.
  const asked = waits(JSON.parse(saved)).map(({ path, call, input }) => ({ path, id: call?.id, input }))

  const after = createActor(clerk.machine, { snapshot: JSON.parse(saved), input: many }).start()
  after.send({ type: 'REJECT', id: 'c1', reason: 'paid already' }) // in any order
  after.send({ type: 'APPROVE', id: 'c0', arguments: { to: 'Ada', amount: 50 } })
  return { asked, output: await toPromise(after) }
}

// node examples/24-approving-calls.ts (before Node 22.18: npx jiti examples/24-approving-calls.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

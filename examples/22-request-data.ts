// Request data: the database and the user come with the run. They are in no input, no prompt and no saved run.
// Run it: npx tinyllm run examples/22-request-data.ts
import { agent, type ChatModel, fn, key } from 'tinyllm'
import { z } from 'zod'

type Database = { ordersOf(userId: string): Promise<{ item: string; total: number }[]> }

const db = key<Database>('db')
const user = key<{ id: string }>('user')

/** The model chooses the amount, and can never ask for the orders of somebody else. */
const orders = fn({
  name: 'orders',
  description: 'Lists the orders of the user.',
  input: z.object({ atLeast: z.number() }),
  run: async ({ atLeast }, ctx) => {
    const all = await ctx.get(db).ordersOf(ctx.get(user).id)
    return all.filter(({ total }) => total >= atLeast).map(({ item }) => item)
  },
})

/** A script in the place of openAIChat({ … }): it calls the tool, and repeats what that says. */
const model: ChatModel = async ({ messages }) => {
  const result = messages.find(({ role }) => role === 'tool')
  if (result) return { role: 'assistant', content: `You ordered ${result.content}` }
  const called = { name: 'orders', arguments: '{"atLeast":100}' }
  return { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function', function: called }] }
}

export const support = agent({ name: 'support', model, tools: [orders], timeout: 60_000 })

const shop: Database = {
  ordersOf: async (id) => (id === 'ada' ? [{ item: 'a lathe', total: 900 }] : [{ item: 'a pen', total: 2 }]),
}

export const sample = 'Which of my orders cost 100 or more?'
/** What `tinyllm run` gives the run. */
export const provide = [db.with(shop), user.with({ id: 'ada' })]

export async function main() {
  const answer = (id: string) => support.run(sample, { provide: [db.with(shop), user.with({ id })] })
  return { ada: await answer('ada'), bob: await answer('bob') }
}

// node examples/22-request-data.ts (before Node 22.18: npx jiti examples/22-request-data.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

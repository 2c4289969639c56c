// A decision: a function, usually a model, names one of the choices; that branch runs with the decision's input.
// Run it: npx tinyllm run examples/04-decision.ts
import { decision, fn, llmCall } from 'tinyllm'

// Models like to say "Refund." when asked for one word: case, quotes and a final full stop do not matter.
const classify = llmCall({
  name: 'classify',
  timeout: 5000,
  model: async (messages): Promise<string> => {
    const question = String(messages.at(-1)?.content)
    if (question.includes('money')) return 'Refund.'
    return question.includes('broken') ? '"repair"' : 'I am not sure'
  },
})

export const support = decision({
  name: 'support',
  decide: classify,
  branches: {
    refund: fn({ name: 'refund', run: (question: string) => ({ queue: 'billing', question }) }),
    repair: fn({ name: 'repair', run: (question: string) => ({ queue: 'workshop', question }) }),
  },
})

export const sample = 'I want my money back'

export async function main() {
  const { queue } = await support.run(sample)

  // An answer that is none of the choices never falls through: the run fails and quotes what was said.
  const lost = await support.safeRun('Hello?')
  return { queue, lost: lost.success ? undefined : `${lost.error.code}: ${lost.error.message}` }
}

// node examples/04-decision.ts (before Node 22.18: npx jiti examples/04-decision.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

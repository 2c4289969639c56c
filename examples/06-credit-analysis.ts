// A loan application: a model classifies it; a good one is confirmed by mail while its background is checked.
// Run it: npx tinyllm run examples/06-credit-analysis.ts
// With OPENAI_API_KEY set it asks OpenAI; without one, a script answers.
import { chain, decision, fn, parallel, pass } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { z } from 'zod'

const application = z.object({ loanApplication: z.string() })

const template = openAIPromptTemplate({
  name: 'template',
  input: application,
  sections: [
    openAISystemMessage('You will be given a loan application. Answer with one word: good or bad.'),
    openAIUserMessage('{loanApplication}'),
  ],
})

const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0, timeout: 30_000 })

const emailNotification = fn({
  name: 'emailNotification',
  input: application,
  run: async () => ({ sent: true }),
})

const backgroundCheck = fn({
  name: 'backgroundCheck',
  input: application,
  run: async ({ loanApplication }) => ({ completed: true, words: loanApplication.split(' ').length }),
})

const pipeline = decision({
  name: 'creditAnalysis',
  decide: chain({ name: 'classify', children: [template, chat] }),
  branches: {
    good: parallel({ name: 'onGoodCredit', children: { emailNotification, backgroundCheck } }),
    bad: pass(),
  },
})

/** Without a key, a script answers in the place of the model; everything else stays as it is. */
export const creditAnalysis = process.env.OPENAI_API_KEY
  ? pipeline
  : pipeline.override(chat, (prompt) => (JSON.stringify(prompt).includes('excellent') ? 'Good.' : 'Bad.'))

export const sample = { loanApplication: 'An excellent credit history and a steady income' }

export async function main() {
  const good = await creditAnalysis.run(sample)
  const bad = await creditAnalysis.run({ loanApplication: 'Three defaults in two years' })
  return { good, bad }
}

// node examples/06-credit-analysis.ts (before Node 22.18: npx jiti examples/06-credit-analysis.ts)
if (process.argv[1] === import.meta.filename) console.dir(await main(), { depth: null })

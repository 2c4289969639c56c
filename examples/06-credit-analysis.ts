// A loan application: a model classifies it; a good one is confirmed by mail while its background is checked.
// Run it: npx jiti examples/06-credit-analysis.ts (from Node 22.18 on also: node examples/06-credit-analysis.ts)
// With OPENAI_API_KEY set it asks OpenAI, without one a scripted answer stands in for the model.
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

export const creditAnalysis = decision({
  name: 'creditAnalysis',
  decide: chain({ name: 'classify', children: [template, chat] }),
  branches: {
    good: parallel({ name: 'onGoodCredit', children: { emailNotification, backgroundCheck } }),
    bad: pass(),
  },
})

/** The same pipeline without a network: the chat, wherever it stands, answers from a script. */
const scripted = creditAnalysis.override(chat, (prompt) =>
  JSON.stringify(prompt).includes('excellent') ? 'Good.' : 'Bad.',
)

export async function main(pipeline = scripted) {
  const good = await pipeline.run({ loanApplication: 'An excellent credit history and a steady income' })
  const bad = await pipeline.run({ loanApplication: 'Three defaults in two years' })
  return { good, bad }
}

if (process.argv[1] === import.meta.filename) {
  console.dir(await main(process.env.OPENAI_API_KEY ? creditAnalysis : undefined), { depth: null })
}
